package org.pfsyncd.agent;

import org.pfsyncd.link.Hello;
import org.pfsyncd.link.PeerLink;

/** Sees to it that no name and no id stands for two nodes. Pure functions; rare, may allocate. */
final class Roster {
    private static final String REMEDY_NAME = "; give each node a node.name of its own";
    private static final String REMEDY_ID =
            "; one data directory is a copy of the other: delete its node-id and its journal";

    private Roster() {}

    /** What is wrong with the node that says hello, with both addresses; null if nothing is. */
    static String conflict(Peers self, PeerRuntime[] peers, PeerLink link, Hello hello) {
        String address = link.settings().address();
        if (hello.nodeId == self.nodeId()) {
            return "the nodes at "
                    + address
                    + " and "
                    + addressOf(hello, self.nodeId(), "this node")
                    + " have one id, "
                    + String.format("%016x", hello.nodeId)
                    + REMEDY_ID;
        }
        for (PeerRuntime peer : peers) {
            boolean isOther = peer.link() != link && peer.link().isUp();
            if (isOther && peer.link().peerId() == hello.nodeId) {
                return "the nodes at "
                        + address
                        + " and "
                        + peer.link().settings().address()
                        + " have one id, "
                        + String.format("%016x", hello.nodeId)
                        + REMEDY_ID;
            }
        }
        return conflictWithMembers(self, peers, link, hello);
    }

    /** What it tells of nodes that it talks with and that we may never hear. */
    private static String conflictWithMembers(
            Peers self, PeerRuntime[] peers, PeerLink link, Hello hello) {
        for (int i = 0; i < hello.memberCount; i++) {
            Hello.Member member = hello.members[i];
            if (member.name.equals(self.name()) && member.nodeId != self.nodeId()) {
                return twice(
                        member.name, member.address, addressOf(hello, self.nodeId(), "this node"));
            }
            for (PeerRuntime peer : peers) {
                boolean isClash =
                        peer.link() != link
                                && peer.link().isUp()
                                && peer.link().settings().name().equals(member.name)
                                && peer.link().peerId() != member.nodeId;
                if (isClash) {
                    return twice(member.name, member.address, peer.link().settings().address());
                }
            }
        }
        return null;
    }

    private static String twice(String name, String address, String other) {
        return "two nodes are called "
                + name
                + ", one at "
                + address
                + " and one at "
                + other
                + REMEDY_NAME;
    }

    private static String addressOf(Hello hello, long nodeId, String otherwise) {
        for (int i = 0; i < hello.memberCount; i++) {
            if (hello.members[i].nodeId == nodeId) {
                return hello.members[i].address;
            }
        }
        return otherwise;
    }
}
