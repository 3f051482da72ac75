package org.pfsyncd.state;

import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Counts the sums of the digest again from the records themselves, a segment a slice, while the
 * table goes on changing ({@code src/docs/state.md} 6.4). Sums are kept by what each change adds
 * and takes away: a record that is not what was counted, by a fault of the memory or of ours, would
 * pass every comparison of sums. What is found wrong is put right, as a takeover has the records
 * and not the sums. Owned by the sync agent.
 */
public final class Recount {
    private final StateStore store;
    private final TableDigest kept;
    private final TableDigest counted;
    private final RecordConsumer adder;
    private int next;
    private long slicedMs;
    private boolean isActive;
    private int wrong;

    Recount(StateStore store, TableDigest kept, NameTable names) {
        this.store = store;
        this.kept = kept;
        counted = new TableDigest(names);
        adder = counted::add;
    }

    /** Begins, or begins again. */
    public void start() {
        counted.clear();
        next = 0;
        wrong = 0;
        isActive = true;
        kept.followedBy(this);
    }

    /**
     * Visits one segment (about 1,000 states), once a millisecond at most.
     *
     * @return 1 if it did, 0 if there is nothing to do now.
     */
    public int slice(long nowMs) {
        if (!isActive || nowMs == slicedMs) {
            return 0;
        }
        slicedMs = nowMs;
        store.readSegment(next, adder);
        next++;
        if (next == store.segmentCount()) {
            isActive = false;
            kept.followedBy(null);
            wrong = kept.take(counted);
        }
        return 1;
    }

    /** A change of a record that has been counted counts, too; one of another is yet to be seen. */
    void onChange(StateRecord record, int bucket, long difference) {
        if (next > 0 && store.segmentOf(record) < next) {
            counted.shift(bucket, difference);
        }
    }

    /** All records have changed at once, and the sums with them. */
    void restart() {
        if (isActive) {
            start();
        }
    }

    public boolean isActive() {
        return isActive;
    }

    /** Segments visited so far, of {@link MirrorTable#segmentCount}. */
    public int visited() {
        return next;
    }

    /** Buckets whose sum was found wrong by the last one that ended since {@link #start}. */
    public int wrong() {
        return wrong;
    }
}
