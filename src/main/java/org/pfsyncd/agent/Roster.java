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
            return sameId(hello.nodeId, address, addressOf(hello, self.nodeId(), "this node"));
        }
        for (PeerRuntime peer : peers) {
            boolean isOther = peer.link() != link && peer.link().isUp();
            if (isOther && peer.link().peerId() == hello.nodeId) {
                return sameId(hello.nodeId, address, peer.link().settings().address());
            }
        }
        return null;
    }

    /**
     * Whether a peer talks with a node that has the name or the id of another: null if not. The one
     * who tells it is healthy, so its conversation goes on; but nobody here is in sync until it is
     * put right.
     */
    static String conflictAmongMembers(
            Peers self, PeerRuntime[] peers, PeerLink link, Hello hello) {
        for (int i = 0; i < hello.memberCount; i++) {
            Hello.Member member = hello.members[i];
            boolean isSelf = member.nodeId == self.nodeId();
            if (member.name.equals(self.name()) != isSelf) {
                String here = isSelf ? "this node" : addressOf(hello, self.nodeId(), "this node");
                return isSelf
                        ? sameId(member.nodeId, member.address, here)
                        : twice(member.name, member.address, here);
            }
            for (PeerRuntime peer : peers) {
                String clash = peer.link() == link ? null : clash(peer.link(), member);
                if (clash != null) {
                    return clash;
                }
            }
        }
        return null;
    }

    private static String clash(PeerLink peer, Hello.Member member) {
        boolean isSameName = peer.settings().name().equals(member.name);
        boolean isSameId = peer.peerId() == member.nodeId;
        if (!peer.isUp() || isSameName == isSameId) {
            return null;
        }
        return isSameId
                ? sameId(member.nodeId, member.address, peer.settings().address())
                : twice(member.name, member.address, peer.settings().address());
    }

    private static String sameId(long nodeId, String address, String other) {
        return "the nodes at "
                + address
                + " and "
                + other
                + " have one id, "
                + String.format("%016x", nodeId)
                + REMEDY_ID;
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
