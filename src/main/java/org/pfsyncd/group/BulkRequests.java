package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.wire.Dialect;

/**
 * Who asked for the whole table and was not answered yet: one entry a dialect, into which further
 * requests merge, and who else has begun to answer. Bounded by the number of dialects, whoever asks
 * how often. Owned by the sync agent; allocates nothing.
 */
final class BulkRequests {
    /** Nobody else has answered for this long: then even an unproven mirror may. */
    static final long ALONE_NS = 3_000_000_000L;

    private static final int DIALECTS = 4;
    private static final int SEVERAL = -2;

    private final CounterSet counters;
    private final boolean[] isWanted = new boolean[DIALECTS];
    private final boolean[] isTaken = new boolean[DIALECTS];
    private final long[] firstNs = new long[DIALECTS];
    private final long[] lastNs = new long[DIALECTS];
    private final int[] requesters = new int[DIALECTS];
    private int turn;

    BulkRequests(CounterSet counters) {
        this.counters = counters;
    }

    /** A request; one that waits already takes it in. */
    void add(Dialect dialect, int sender, long nowNs) {
        int i = dialect.ordinal();
        if (isWanted[i]) {
            counters.increment(CounterId.ANSWERS_MERGED);
            requesters[i] = requesters[i] == sender ? sender : SEVERAL;
        } else {
            isWanted[i] = true;
            isTaken[i] = false;
            firstNs[i] = nowNs;
            requesters[i] = sender;
        }
        lastNs[i] = nowNs;
    }

    /** An answer that was under way must begin again, and wait for others as if just asked. */
    void putBack(Dialect dialect, int requester, long nowNs) {
        int i = dialect.ordinal();
        if (!isWanted[i]) {
            isWanted[i] = true;
            isTaken[i] = false;
            requesters[i] = requester;
            lastNs[i] = nowNs;
        }
        firstNs[i] = nowNs;
    }

    /** Another member has begun to answer requests of this header version. */
    void onOtherStart(int sender, int headerVersion) {
        for (int i = 0; i < DIALECTS; i++) {
            boolean isFor = Dialect.of(i).headerVersion() == headerVersion;
            isTaken[i] |= isWanted[i] && isFor && requesters[i] != sender;
        }
    }

    /**
     * The dialect to answer now, or null: any that waits, in turn, if the mirror is proven; else
     * one that nobody else has answered for three seconds. What another member answers meanwhile is
     * left to it.
     */
    Dialect next(long nowNs, boolean isProven) {
        for (int i = 0; i < DIALECTS; i++) {
            int at = (turn + i) % DIALECTS;
            if (!isWanted[at]) {
                continue;
            }
            if (!isProven && isTaken[at]) {
                isWanted[at] = false;
                counters.increment(CounterId.BULK_ANSWERS_LEFT);
            } else if (isProven || nowNs - firstNs[at] >= ALONE_NS) {
                turn = (at + 1) % DIALECTS;
                return Dialect.of(at);
            }
        }
        return null;
    }

    void remove(Dialect dialect) {
        isWanted[dialect.ordinal()] = false;
    }

    /** When the newest of the merged requests came: the answer's endtime counts from there. */
    long lastNs(Dialect dialect) {
        return lastNs[dialect.ordinal()];
    }

    int requester(Dialect dialect) {
        return requesters[dialect.ordinal()];
    }

    boolean isAnyWaiting() {
        boolean isAny = false;
        for (boolean wanted : isWanted) {
            isAny |= wanted;
        }
        return isAny;
    }
}
