package org.pfsyncd.agent;

import java.util.ArrayList;
import java.util.List;
import org.pfsyncd.control.NodeStatus;
import org.pfsyncd.control.VerifyStatus;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.state.MirrorTable;

/** What an operator is told of the peers. Runs on the sync agent's thread; may allocate. */
final class PeerStatuses {
    private PeerStatuses() {}

    static List<NodeStatus.Peer> of(SyncAgent agent) {
        List<NodeStatus.Peer> statuses = new ArrayList<>();
        for (PeerRuntime peer : agent.peers().runtimes()) {
            statuses.add(status(agent, peer));
        }
        return statuses;
    }

    private static NodeStatus.Peer status(SyncAgent agent, PeerRuntime peer) {
        PeerLink link = peer.link();
        Equality equality = peer.equality();
        Peers peers = agent.peers();
        boolean isShipping = link.isUp() && !link.settings().isReceiveOnly();
        long received = peers.knownSequence(link.peerId());
        boolean isSameIncarnation =
                peers.knownIncarnation(link.peerId()) == link.word().newestIncarnation();
        boolean isCatchingUp =
                peer.taker().isSnapshotRunning() || link.mailbox().isSnapshotRunning();
        String reason = reason(agent, peer, isCatchingUp);
        return new NodeStatus.Peer(
                link.settings().name(),
                link.settings().address(),
                link.settings().carrier(),
                link.isUp(),
                reason.isEmpty(),
                reason,
                link.settings().isReceiveOnly(),
                link.word().ackedIncarnation(),
                link.word().ackedSequence(),
                link.settings().isReceiveOnly() ? 0 : lag(agent, link),
                isShipping ? link.mailbox().waitingNs(agent.cycleNs()) : 0,
                peers.knownIncarnation(link.peerId()),
                received,
                Math.max(0, link.word().newestSequence() - (isSameIncarnation ? received : 0)),
                equality.differing(),
                equality.differing() < 0 ? -1 : agent.cycleNs() - equality.comparedNs(),
                peer.repair().repaired(),
                peer.repair().lastMs(),
                link.counters().get(PeerCounter.LINK_DUPLICATES),
                isCatchingUp);
    }

    /**
     * Documents of ours that the peer has not acknowledged, be it because it is down; those of
     * older incarnations once.
     */
    private static long lag(SyncAgent agent, PeerLink link) {
        boolean isSame = link.word().ackedIncarnation() == agent.publisher().incarnation();
        return Math.max(
                0, agent.publisher().sequence() - (isSame ? link.word().ackedSequence() : 0));
    }

    private static String reason(SyncAgent agent, PeerRuntime peer, boolean isCatchingUp) {
        if (!peer.link().isUp()) {
            return peer.link().reason();
        }
        if (peer.conflict().reason() != null) {
            return peer.conflict().reason();
        }
        if (isCatchingUp) {
            return "a snapshot is on its way";
        }
        if (peer.equality().differing() < 0) {
            return peer.link().settings().isReceiveOnly() || peer.link().shipsNothing()
                    ? "one way only: nothing to compare"
                    : "not compared yet";
        }
        int unproven = peer.equality().unprovenSince(agent.cycleNs() - Equality.PROOF_NS);
        return unproven == 0
                ? ""
                : unproven
                        + " buckets not proven equal for "
                        + Equality.PROOF_NS / 1_000_000_000L
                        + " s";
    }

    /** Starts a round: everything is to be proven from now on. */
    static long startVerify(SyncAgent agent, String name) {
        PeerRuntime peer = peer(agent, name);
        peer.equality().send(agent.cycleNs());
        return peer.equality().startVerify(agent.cycleNs(), peer.repair().repaired());
    }

    /** Where the round stands. */
    static VerifyStatus verify(SyncAgent agent, String name, long round) {
        PeerRuntime peer = peer(agent, name);
        Equality equality = peer.equality();
        if (round != equality.verifyRound()) {
            throw new IllegalArgumentException(
                    "round " + round + " with peer " + name + " is over: a later one was started");
        }
        boolean isCompared = equality.isVerified();
        boolean isDone = isCompared && equality.isRecounted();
        int unproven = equality.unprovenSince(equality.verifySinceNs());
        int differing =
                isCompared ? equality.verifyWrong() : Math.max(unproven, equality.differing());
        return new VerifyStatus(
                isDone,
                isDone && differing == 0,
                agent.table().size(),
                differing,
                agent.table().digest(),
                peer.repair().repaired() - equality.verifyRepairedBefore(),
                isCompared ? recounted(equality, agent.table()) : waitingFor(peer, unproven));
    }

    private static String waitingFor(PeerRuntime peer, long unproven) {
        if (!peer.link().isUp()) {
            return "peer is down: " + peer.link().reason();
        }
        return unproven + " buckets not proven equal yet";
    }

    /** A sum that is not that of our own records proves nothing. */
    private static String recounted(Equality equality, MirrorTable table) {
        if (!equality.isRecounted()) {
            return "counting this node's records again, segment "
                    + table.recount().visited()
                    + " of "
                    + table.segmentCount();
        }
        return equality.verifyWrong() == 0
                ? ""
                : "their sums were not those of this node's own records and have been counted"
                        + " again; test this machine's memory, then verify once more";
    }

    private static PeerRuntime peer(SyncAgent agent, String name) {
        StringBuilder known = new StringBuilder();
        for (PeerRuntime peer : agent.peers().runtimes()) {
            if (peer.link().settings().name().equals(name)) {
                return peer;
            }
            known.append(' ').append(peer.link().settings().name());
        }
        throw new IllegalArgumentException(
                "no peer is called "
                        + name
                        + (known.length() == 0
                                ? "; no peers configured: add a [[peer]]"
                                : "; peers here:" + known));
    }
}
