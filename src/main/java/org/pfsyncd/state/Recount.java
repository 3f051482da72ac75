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
    private static final int STATES_A_SLICE = 1_000;

    private final StateStore store;
    private final TableDigest kept;
    private final TableDigest counted;
    private final RecordConsumer adder;
    private int next;
    private long slicedMs;
    private boolean isActive;
    private boolean isAnotherWanted;
    private long ended;
    private long wrong;

    Recount(StateStore store, TableDigest kept, NameTable names) {
        this.store = store;
        this.kept = kept;
        counted = new TableDigest(names);
        adder = counted::add;
    }

    /**
     * Wants everything counted from now on. What is under way goes on to its end: whoever asks
     * again and again keeps nobody else from an answer.
     *
     * @return what {@link #ended} has to reach.
     */
    public long start() {
        if (isActive) {
            isAnotherWanted = true;
            return ended + 2;
        }
        begin();
        return ended + 1;
    }

    private void begin() {
        counted.clear();
        next = 0;
        isActive = true;
        kept.followedBy(this);
    }

    /**
     * Visits segments until it has seen about 1,000 states, once a millisecond at most.
     *
     * @return 1 if it did, 0 if there is nothing to do now.
     */
    public int slice(long nowMs) {
        if (!isActive || nowMs == slicedMs) {
            return 0;
        }
        slicedMs = nowMs;
        int work = 0;
        while (work < STATES_A_SLICE && next < store.segmentCount()) {
            work += 1 + store.readSegment(next, adder);
            next++;
        }
        if (next == store.segmentCount()) {
            end();
        }
        return 1;
    }

    private void end() {
        isActive = false;
        kept.followedBy(null);
        wrong += kept.take(counted);
        ended++;
        if (isAnotherWanted) {
            isAnotherWanted = false;
            begin();
        }
    }

    /** What is under way ends now: all records, and the sums with them, are about to change. */
    void finish() {
        if (isActive) {
            for (; next < store.segmentCount(); next++) {
                store.readSegment(next, adder);
            }
            end();
        }
    }

    /** A change of a record that has been counted counts, too; one of another is yet to be seen. */
    void onChange(StateRecord record, int bucket, long difference) {
        if (next > 0 && store.segmentOf(record) < next) {
            counted.shift(bucket, difference);
        }
    }

    /** Segments visited so far, of {@link MirrorTable#segmentCount}. */
    public int visited() {
        return next;
    }

    /** How often everything has been counted. */
    public long ended() {
        return ended;
    }

    /** Sums found wrong so far. */
    public long wrong() {
        return wrong;
    }
}
