package org.pfsyncd.control;

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
 * @param syncCycleMaxNs longest duty cycle of the sync agent, nanoseconds.
 * @param clockAheadMs how far the wall clock is ahead of the node's time, milliseconds.
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
        long syncCycleMaxNs,
        long clockAheadMs) {

    public NodeStatus {
        groups = List.copyOf(groups);
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

    /**
     * The state table.
     *
     * @param states held.
     * @param capacity most it may hold.
     * @param unconfirmed replayed and not yet vouched for by a living source.
     * @param digest of the whole table.
     */
    public record Table(long states, long capacity, long unconfirmed, long digest) {}

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
     * @param silentNs since anything was heard, -1 if nothing ever was.
     * @param bulk what the requester does.
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
            List<Sender> senders) {

        public Group {
            senders = List.copyOf(senders);
        }
    }

    /**
     * Somebody heard on a segment.
     *
     * @param address as text.
     * @param dialect newest format heard from it.
     * @param frames heard.
     * @param silentNs since the last.
     * @param hasFingerprint whether it sends a rule-set fingerprint.
     */
    public record Sender(
            String address, String dialect, long frames, long silentNs, boolean hasFingerprint) {}
}
