package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.Dialect;

/**
 * Who asked for the whole table and was not answered yet: one entry a dialect, into which further
 * requests merge, and who else has begun to answer. Bounded by the number of dialects, whoever asks
 * how often. Owned by the sync agent; allocates nothing.
 */
final class BulkRequests {
    /** Nobody else has answered for this long: then even an unproven mirror may. */
    static final long ALONE_NS = 3_000_000_000L;

    private static final int DIALECTS = Dialect.values().length;

    /** Nobody waits for an answer longer than this (12.4): an older request is forgotten. */
    static final long OLD_NS = 60_000_000_000L;

    private final CounterSet<GroupCounter> counters;
    private final boolean[] isWanted = new boolean[DIALECTS];
    private final boolean[] isTaken = new boolean[DIALECTS];
    private final long[] firstNs = new long[DIALECTS];
    private final long[] lastNs = new long[DIALECTS];
    private final long[] asking = new long[DIALECTS];
    private int turn;

    BulkRequests(CounterSet<GroupCounter> counters) {
        this.counters = counters;
    }

    /** A request; one that waits already takes it in. */
    void add(Dialect dialect, int sender, long nowNs) {
        int i = dialect.ordinal();
        if (isWanted[i]) {
            counters.increment(GroupCounter.ANSWERS_MERGED);
            asking[i] |= OtherHolders.bit(sender);
        } else {
            isWanted[i] = true;
            isTaken[i] = false;
            firstNs[i] = nowNs;
            asking[i] = OtherHolders.bit(sender);
        }
        lastNs[i] = nowNs;
    }

    /** An answer that was under way must begin again, and wait for others as if just asked. */
    void putBack(Dialect dialect, long requesters, long nowNs) {
        int i = dialect.ordinal();
        if (!isWanted[i]) {
            isWanted[i] = true;
            isTaken[i] = false;
            asking[i] = requesters;
            lastNs[i] = nowNs;
        }
        firstNs[i] = nowNs;
    }

    /** Another member has begun to answer requests of this header version. */
    void onOtherStart(int sender, int headerVersion) {
        for (int i = 0; i < DIALECTS; i++) {
            boolean isFor = Dialect.of(i).headerVersion() == headerVersion;
            isTaken[i] |= isWanted[i] && isFor && asking[i] != OtherHolders.bit(sender);
        }
    }

    /**
     * The dialect to answer now, or null: any that waits, in turn, if the mirror is proven; else
     * one that a firewall asked for and nobody has answered for three seconds. What another member
     * answers meanwhile is left to it, and while one answers somebody, it may be about to answer
     * this.
     *
     * @param origins a bit for each sender that is a firewall: to anybody else, who may be a member
     *     as unproven as we are, our END would be a proof of nothing.
     */
    Dialect next(long nowNs, boolean isProven, long origins, OtherHolders others) {
        for (int i = 0; i < DIALECTS; i++) {
            int at = (turn + i) % DIALECTS;
            if (!isWanted[at]) {
                continue;
            }
            if (isProven) {
                turn = (at + 1) % DIALECTS;
                return Dialect.of(at);
            }
            if (isTaken[at] || nowNs - lastNs[at] >= OLD_NS) {
                isWanted[at] = false;
                counters.increment(GroupCounter.BULK_ANSWERS_LEFT);
            } else if (others.isRunningFor(asking[at], nowNs)) {
                firstNs[at] = nowNs;
            } else if ((asking[at] & origins) != 0 && nowNs - firstNs[at] >= ALONE_NS) {
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

    /** Who asked, a bit for each sender. */
    long requesters(Dialect dialect) {
        return asking[dialect.ordinal()];
    }

    boolean isAnyWaiting() {
        boolean isAny = false;
        for (boolean wanted : isWanted) {
            isAny |= wanted;
        }
        return isAny;
    }
}
