package org.pfsyncd.agent;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.journal.Cause;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.Knowledge;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.RecordConsumer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Writes the table into the journal in slices, the tombstones first, then one map segment a slice,
 * mixed with the deltas that arrive meanwhile (design section 4). Owned by the sync agent.
 *
 * <p>A slice is the segment as it stands at its place in the sequence, so whoever replays from the
 * beginning of the snapshot overwrites with it, passes over updates and deletes of states that no
 * slice has brought yet, and has the table when the end comes. Paced in bytes a second, and it
 * waits while the ring is a quarter full.
 */
final class Snapshotter {
    private static final int END_LENGTH = 16;
    private static final long PEER_PAUSE_NS = 5_000_000_000L;
    private static final double RING_SHARE = 0.25;
    private static final long BURST_BYTES = 1 << 20;

    /** In a document: 44 kB, a fraction of the smallest ring. */
    private static final int TOMBSTONES_A_SLICE = 1_000;

    private final MirrorTable table;
    private final NameTable names;
    private final JournalPublisher publisher;
    private final CounterSet<NodeCounter> counters;
    private final long bytesPerSecond;
    private final DeltaBatch slice;
    private final Cause cause = new Cause();
    private final UnsafeBuffer end =
            new UnsafeBuffer(
                    new byte[END_LENGTH + Knowledge.NODES_LIMIT * DeltaType.POSITION_LENGTH]);
    private final RecordConsumer consumer;

    private boolean isWanted;
    private int nextSegment = -1;
    private long nextTombstone;
    private long tombstonesEnd;
    private long allowanceBytes;
    private long refilledNs;
    private boolean isRefilled;
    private long deltaBytes;
    private long servedPeerNs;
    private boolean hasServedPeer;

    Snapshotter(
            MirrorTable table,
            NameTable names,
            JournalPublisher publisher,
            CounterSet<NodeCounter> counters,
            long bytesPerSecond) {
        this.table = table;
        this.names = names;
        this.publisher = publisher;
        this.counters = counters;
        this.bytesPerSecond = bytesPerSecond;
        // Twice the largest segment that the map can hold before it refuses.
        slice = new DeltaBatch(names, 2 << 20);
        consumer = this::append;
    }

    /** A snapshot is needed: at start, after a hole. One that is running starts over. */
    void want() {
        isWanted = true;
        nextSegment = -1;
    }

    /**
     * A peer cannot go on without one that lies behind what it missed; at most one each 5 s, for
     * the peer's tail finds it a moment later.
     */
    void wantForPeer(long nowNs) {
        if (!isWanted && (!hasServedPeer || nowNs - servedPeerNs >= PEER_PAUSE_NS)) {
            hasServedPeer = true;
            servedPeerNs = nowNs;
            want();
        }
    }

    /** Deltas were published; once they outweigh the table twice, a new snapshot is due. */
    void onDeltas(int bytes) {
        deltaBytes += bytes;
        if (!isWanted
                && deltaBytes
                        > 2 * Math.max(BURST_BYTES, table.size() * StateRecord.JOURNALED_LENGTH)) {
            want();
        }
    }

    /** Whether one is due or under way. */
    boolean isWanted() {
        return isWanted;
    }

    /** At most one document. Returns 1 if one was published. */
    int work(long nowNs, long nowMs) {
        if (!isWanted) {
            return 0;
        }
        refill(nowNs);
        if (allowanceBytes <= 0 || publisher.fill() > RING_SHARE) {
            return 0;
        }
        if (nextSegment < 0) {
            return begin(nowMs);
        }
        if (nextTombstone < tombstonesEnd) {
            return tombstones(nowMs);
        }
        return nextSegment < table.segmentCount() ? slice(nowMs) : end(nowMs);
    }

    private void refill(long nowNs) {
        // The first time any elapsed time is right: the monotonic clock may start anywhere.
        long elapsedNs = isRefilled ? Math.min(nowNs - refilledNs, 1_000_000_000L) : 1_000_000_000L;
        if (elapsedNs > 1_000_000L) {
            isRefilled = true;
            allowanceBytes =
                    Math.min(
                            BURST_BYTES,
                            allowanceBytes + bytesPerSecond * elapsedNs / 1_000_000_000L);
            refilledNs = nowNs;
        }
    }

    private int begin(long nowMs) {
        slice.reset();
        slice.appendAllNames();
        if (!publish(Document.KIND_SNAPSHOT_BEGIN, nowMs)) {
            return 0;
        }
        // An empty table has no slices. They would only repeat what comes in meanwhile: to an empty
        // node a quarter of a transfer, which then went back to the peer as well.
        nextSegment = table.size() == 0 ? table.segmentCount() : 0;
        nextTombstone = 0;
        tombstonesEnd = table.tombstones().end();
        deltaBytes = 0;
        return 1;
    }

    /** Those who die from now on have a DELETE behind the snapshot's beginning. */
    private int tombstones(long nowMs) {
        slice.forgetNames();
        slice.reset();
        long next = table.tombstones().append(nextTombstone, TOMBSTONES_A_SLICE, slice);
        if (slice.count() > 0 && !publish(Document.KIND_TOMBSTONES, nowMs)) {
            return 0;
        }
        nextTombstone = next;
        return 1;
    }

    private int slice(long nowMs) {
        slice.reset();
        table.readSegment(nextSegment, consumer);
        if (slice.count() > 0 && !publish(Document.KIND_SNAPSHOT_SLICE, nowMs)) {
            return 0;
        }
        nextSegment++;
        counters.increment(NodeCounter.SNAPSHOT_SLICES);
        return 1;
    }

    private int end(long nowMs) {
        end.putLong(0, table.digest(), LITTLE_ENDIAN);
        end.putLong(8, table.size(), LITTLE_ENDIAN);
        slice.reset();
        Knowledge knowledge = table.knowledge();
        for (int i = 0; i < knowledge.size(); i++) {
            slice.appendPosition(
                    DeltaType.SOURCE,
                    knowledge.nodeId(i),
                    knowledge.incarnation(i),
                    knowledge.sequence(i));
        }
        end.putBytes(END_LENGTH, slice.buffer(), 0, slice.length());
        cause.ofNode(Document.KIND_SNAPSHOT_END, nowMs, slice.count());
        if (publisher.publish(cause, end, 0, END_LENGTH + slice.length()) < 0) {
            return 0;
        }
        isWanted = false;
        nextSegment = -1;
        return 1;
    }

    private boolean publish(int kind, long nowMs) {
        cause.ofNode(kind, nowMs, slice.count());
        allowanceBytes -= slice.length();
        return publisher.publish(cause, slice.buffer(), 0, slice.length()) >= 0;
    }

    private void append(StateRecord record) {
        slice.appendSnapshot(record);
    }

    NameTable names() {
        return names;
    }
}
