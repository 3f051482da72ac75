package org.pfsyncd.control;

import java.util.ArrayList;
import java.util.List;

/**
 * One screen about a node.
 *
 * @param node its name.
 * @param version of the program.
 * @param pid of the daemon.
 * @param startedMs start, epoch milliseconds.
 * @param nowMs the node's time, epoch milliseconds.
 * @param table the state table.
 * @param journal the journal.
 * @param groups each pfsync segment.
 * @param peers each other node that is configured.
 * @param syncCycleMaxNs longest duty cycle of the sync agent, nanoseconds.
 * @param clockAheadMs how far the wall clock is ahead of where the node's time follows it,
 *     milliseconds.
 * @param clockOffsetMs at which distance ahead of the wall clock the node's time is kept, because a
 *     peer or the journal says so, milliseconds.
 */
public record NodeStatus(
        String node,
        String version,
        long pid,
        long startedMs,
        long nowMs,
        Table table,
        Journal journal,
        List<Group> groups,
        List<Peer> peers,
        long syncCycleMaxNs,
        long clockAheadMs,
        long clockOffsetMs) {

    public NodeStatus {
        groups = List.copyOf(groups);
        peers = List.copyOf(peers);
    }

    /** True if every group is proven equal to its segment. */
    public boolean isInSync() {
        return groups.stream().allMatch(Group::isInSync);
    }

    /** Why not, named by group; {@code in sync} otherwise. */
    public String reason() {
        StringBuilder reasons = new StringBuilder();
        for (Group group : groups) {
            if (!group.isInSync()) {
                reasons.append(reasons.isEmpty() ? "" : "; ")
                        .append(group.name())
                        .append(": ")
                        .append(group.reason());
            }
        }
        return reasons.isEmpty() ? "in sync" : reasons.toString();
    }

    /** True if a load balancer or a takeover may rely on this node; see {@link #unreadyReason}. */
    public boolean isReady() {
        return unreadyReason().isEmpty();
    }

    /**
     * What keeps it from being ready: a group that is not in sync, a full table, a journal that
     * records nothing, a peer that is down or not in sync. Empty if nothing does.
     */
    public String unreadyReason() {
        List<String> reasons = new ArrayList<>();
        if (!isInSync()) {
            reasons.add(reason());
        }
        if (table.states() >= table.capacity()) {
            reasons.add(
                    "the table is full: "
                            + table.states()
                            + " of "
                            + table.capacity()
                            + " states; raise node.capacity");
        }
        if (journal.isStopped()) {
            reasons.add("the journal has stopped");
        }
        for (Peer peer : peers) {
            if (!peer.isReady()) {
                reasons.add("peer " + peer.name() + ": " + peer.trouble());
            }
        }
        return String.join("; ", reasons);
    }

    /**
     * The state table.
     *
     * @param states held.
     * @param capacity most it may hold.
     * @param unconfirmed replayed and not yet vouched for by a living source.
     * @param digest of the whole table.
     * @param replayedDigest of the table as the last start replayed it.
     */
    public record Table(
            long states, long capacity, long unconfirmed, long digest, long replayedDigest) {}

    /**
     * The journal.
     *
     * @param incarnation the present one.
     * @param sequence newest published.
     * @param appended newest appended to the queue.
     * @param isStopped whether nothing is recorded at present.
     * @param unrecorded documents that were not recorded.
     * @param lossReport what the last start could not read back, empty if nothing.
     */
    public record Journal(
            long incarnation,
            long sequence,
            long appended,
            boolean isStopped,
            long unrecorded,
            String lossReport) {}

    /**
     * One pfsync segment.
     *
     * @param name of the group.
     * @param role on the segment.
     * @param interfaceName syncdev.
     * @param isInSync whether the mirror is proven equal.
     * @param reason why not.
     * @param silentNs since a firewall spoke of states or a bulk update was done, -1 if never.
     * @param bulk what the requester does.
     * @param answer what the answering of others' requests does; empty in role listen.
     * @param announcer who announces there; null unless the role is relay.
     * @param senders who was heard.
     */
    public record Group(
            String name,
            String role,
            String interfaceName,
            boolean isInSync,
            String reason,
            long silentNs,
            String bulk,
            String answer,
            Announcer announcer,
            List<Sender> senders) {

        public Group {
            senders = List.copyOf(senders);
        }
    }

    /**
     * The relay whose turn it is to announce on a segment.
     *
     * @param isSelf whether it is this node.
     * @param creatorId of the relay, 8 hex digits; empty if it is nobody's turn.
     * @param address of another one; empty if it is this node or nobody.
     * @param sinceNs how long it has been so; -1 while this node cannot hear or speak there.
     * @param waiting states that wait to be announced by this node.
     */
    public record Announcer(
            boolean isSelf, String creatorId, String address, long sinceNs, int waiting) {}

    /**
     * Somebody heard on a segment.
     *
     * @param address as text.
     * @param dialect format heard last from it.
     * @param frames heard.
     * @param silentNs since the last.
     * @param hasFingerprint whether it sends a rule-set fingerprint.
     */
    public record Sender(
            String address, String dialect, long frames, long silentNs, boolean hasFingerprint) {}

    /**
     * Another node, its journal's way to us and ours to it. Positions are (incarnation, sequence)
     * of a journal, 0 and 0 before the first.
     *
     * @param name its node name.
     * @param address as text.
     * @param carrier {@code raw 253} or {@code udp 4240}.
     * @param isUp whether a conversation is going on.
     * @param isInSync whether both tables were equal at the last comparison and still may be.
     * @param reason why it is not up or not in sync; empty if it is.
     * @param isReceiveOnly whether nothing of our own journal is sent to it.
     * @param ackedIncarnation how far the peer has our journal.
     * @param ackedSequence how far the peer has our journal.
     * @param lagMessages documents of ours it has not acknowledged.
     * @param lagNs age of the oldest of them, nanoseconds; 0 if there are none.
     * @param receivedIncarnation how far we have the peer's journal.
     * @param receivedSequence how far we have the peer's journal.
     * @param behindMessages documents of the peer that we lack, as its last heartbeat says.
     * @param bucketsDiffering of the digest at the last comparison; -1 not compared yet.
     * @param comparedAgoNs since the last comparison, nanoseconds; -1 never.
     * @param repairedStates states that a comparison found different and put right.
     * @param lastRepairMs when the last was, epoch milliseconds; 0 never.
     * @param duplicates documents received whose content was here already.
     * @param isCatchingUp whether a snapshot is on its way in or out.
     */
    public record Peer(
            String name,
            String address,
            String carrier,
            boolean isUp,
            boolean isInSync,
            String reason,
            boolean isReceiveOnly,
            long ackedIncarnation,
            long ackedSequence,
            long lagMessages,
            long lagNs,
            long receivedIncarnation,
            long receivedSequence,
            long behindMessages,
            int bucketsDiffering,
            long comparedAgoNs,
            long repairedStates,
            long lastRepairMs,
            long duplicates,
            boolean isCatchingUp) {

        boolean isReady() {
            return isUp && isInSync;
        }

        /** What an operator reads where the peer is not ready. */
        String trouble() {
            String what = isUp ? "not in sync" : "down";
            return reason.isEmpty() ? what : what + ": " + reason;
        }
    }
}
