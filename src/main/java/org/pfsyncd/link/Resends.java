package org.pfsyncd.link;

/**
 * What the peer asked for again, and what was sent again a moment ago and need not be asked for
 * twice. Owned by the link agent.
 */
final class Resends {
    /** Silence after which the end of the stream is announced; doubles with each announcement. */
    static final long PROBE_NS = 500_000;

    static final long PROBE_MAXIMUM_NS = 100_000_000;

    /** A range sent again is not sent once more within this time. */
    private static final long GUARD_NS = 1_000_000;

    private static final int LIMIT = 64;

    private final long[] starts = new long[LIMIT];
    private final long[] ends = new long[LIMIT];
    private final long[] guardStarts = new long[LIMIT];
    private final long[] guardUntilNs = new long[LIMIT];
    private int first;
    private int count;
    private int guards;

    void clear() {
        first = 0;
        count = 0;
        guards = 0;
    }

    /** True if the range is new and there is room. */
    boolean ask(long from, long to, long nowNs) {
        for (int i = 0; i < Math.min(guards, LIMIT); i++) {
            if (guardStarts[i] == from && nowNs - guardUntilNs[i] < 0) {
                return false;
            }
        }
        if (count == LIMIT) {
            return false;
        }
        int at = (first + count++) % LIMIT;
        starts[at] = from;
        ends[at] = to;
        int guard = guards++ % LIMIT;
        guardStarts[guard] = from;
        guardUntilNs[guard] = nowNs + GUARD_NS;
        if (guards == 2 * LIMIT) {
            guards = LIMIT;
        }
        return true;
    }

    /** Moves to the next range of which something is still to be sent; false if there is none. */
    boolean next(long acknowledged) {
        while (count > 0) {
            starts[first] = Math.max(starts[first], acknowledged);
            if (starts[first] < ends[first]) {
                return true;
            }
            first = (first + 1) % LIMIT;
            count--;
        }
        return false;
    }

    long start() {
        return starts[first];
    }

    long end() {
        return ends[first];
    }

    void advance(int length) {
        starts[first] += length;
    }

    /** Bytes arrived: what asks for bytes before is over. */
    void onProgress(long acknowledged) {
        next(acknowledged);
    }
}
