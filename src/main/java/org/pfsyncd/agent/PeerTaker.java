package org.pfsyncd.agent;

import org.agrona.DirectBuffer;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.LinkNode;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.state.Join;
import org.pfsyncd.state.MirrorTable;

/**
 * Takes one peer's journal into the table: documents, snapshots, positions. What changed stands in
 * the batch afterwards. Owned by the sync agent.
 */
final class PeerTaker {
    private static final long POSITION_PAUSE_MS = 1_000;

    private final MirrorTable table;
    private final Join join;
    private final CounterSet<PeerCounter> counters;
    private boolean isSnapshotRunning;
    private long positionSavedMs;

    PeerTaker(MirrorTable table, CounterSet<PeerCounter> counters) {
        this.table = table;
        this.counters = counters;
        join = table.newJoin();
    }

    /** A conversation begins. */
    void begin(long peerId) {
        join.forgetNames();
        join.takeAll(false);
        join.peerId(peerId);
        isSnapshotRunning = false;
    }

    boolean isSnapshotRunning() {
        return isSnapshotRunning;
    }

    /** False if the entry makes no sense. */
    boolean take(
            PeerLink link, LinkNode.Entry entry, DirectBuffer content, int offset, int length) {
        long nowMs = tableTimeMs;
        switch (entry.type) {
            case LinkEntry.NAMES -> {
                if (entry.isFirst()) {
                    join.forgetNames();
                }
                refused(join.apply(content, offset, length, nowMs));
            }
            case LinkEntry.DOCUMENT -> document(link, entry, content, offset, length);
            case LinkEntry.POSITION -> {
                if (isSnapshotRunning) {
                    return false;
                }
                join.advance(entry.incarnation, entry.sequence);
            }
            case LinkEntry.SNAPSHOT_BEGIN -> {
                isSnapshotRunning = true;
                join.takeAll(true);
            }
            case LinkEntry.SNAPSHOT_END -> {
                if (!isSnapshotRunning) {
                    return false;
                }
                isSnapshotRunning = false;
                join.endSnapshot(entry.incarnation, entry.sequence);
                refused(join.apply(content, offset, length, nowMs));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private long tableTimeMs;

    /** Node time of the cycle. */
    void now(long nowMs) {
        tableTimeMs = nowMs;
    }

    private void document(
            PeerLink link, LinkNode.Entry entry, DirectBuffer content, int offset, int length) {
        if (entry.isFirst()) {
            join.beginDocument(link.peerId(), entry.incarnation, entry.sequence);
        }
        join.partial(!entry.isLast());
        refused(join.apply(content, offset, length, tableTimeMs));
        if (entry.isLast()) {
            counters.increment(PeerCounter.LINK_DOCUMENTS);
            if (join.endDocument()) {
                counters.increment(PeerCounter.LINK_DUPLICATES);
            }
        }
    }

    private void refused(int deltas) {
        if (deltas > 0) {
            counters.add(PeerCounter.LINK_REFUSED_DELTAS, deltas);
        }
    }

    /**
     * Appends the peer's position to the batch that is about to be published. A position alone is
     * worth a document of its own only once a second.
     */
    void appendPosition(boolean hasContent, long nowMs) {
        boolean isDue = hasContent || Math.abs(nowMs - positionSavedMs) >= POSITION_PAUSE_MS;
        if (isDue && (hasContent || join.isPositionDue())) {
            join.appendPosition();
            positionSavedMs = nowMs;
        }
    }

    MirrorTable table() {
        return table;
    }
}
