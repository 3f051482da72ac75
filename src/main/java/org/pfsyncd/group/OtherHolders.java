package org.pfsyncd.group;

/**
 * Other members whose answer to a bulk request is under way: between their START and END, and as
 * long as full updates keep coming. START is one frame and may be lost: many full updates within a
 * second are an answer too, but only while they stay as many: some come at any time, in answer to
 * requests for single states. Owned by the sync agent; allocates nothing.
 */
final class OtherHolders {
    /** No full update of theirs for this long: their END was lost. */
    static final long QUIET_NS = 3_000_000_000L;

    /** So many full updates of one sender within {@link #RUN_NS} stand for a lost START. */
    static final int RUN_UPDATES = 8;

    static final long RUN_NS = 1_000_000_000L;

    private final long[] runNs = new long[SenderTable.LIMIT];
    private final int[] runUpdates = new int[SenderTable.LIMIT];
    private long running;
    private long inferred;
    private long progressNs;
    private long starts;

    void onStart(int sender, long nowNs) {
        starts++;
        inferred &= ~(running & bit(sender)); // a START behind its first updates
        running |= bit(sender);
        progressNs = nowNs;
    }

    /** What its END has overtaken on the way begins no new answer. */
    void onEnd(int sender, long nowNs) {
        running &= ~bit(sender);
        inferred &= ~bit(sender);
        if (sender >= 0) {
            runNs[sender] = nowNs;
            runUpdates[sender] = RUN_UPDATES;
        }
    }

    /** A full update; true if it shows that an answer whose START was not heard is under way. */
    boolean onUpdate(int sender, long nowNs) {
        boolean isRun = sender >= 0 && isRun(sender, nowNs);
        if ((running & bit(sender)) == 0) {
            inferred |= isRun ? bit(sender) : 0;
            return isRun;
        }
        if (isRun || (inferred & bit(sender)) == 0) {
            progressNs = nowNs;
        }
        return false;
    }

    private boolean isRun(int sender, long nowNs) {
        if (runUpdates[sender] == 0 || nowNs - runNs[sender] >= RUN_NS) {
            runNs[sender] = nowNs;
            runUpdates[sender] = 0;
        }
        return ++runUpdates[sender] == RUN_UPDATES;
    }

    /** Whether an answer of theirs is still coming. */
    boolean isRunning(long nowNs) {
        if (running != 0 && nowNs - progressNs >= QUIET_NS) {
            running = 0;
            inferred = 0;
        }
        return running != 0;
    }

    /**
     * Whether an answer is coming to at least one of those who ask.
     *
     * @param asking a bit for each; what the only one of them sends is no answer to it.
     */
    boolean isRunningFor(long asking, long nowNs) {
        boolean isOne = Long.bitCount(asking) == 1;
        return isRunning(nowNs) && (!isOne || (running & ~asking) != 0);
    }

    /** STARTs heard so far. */
    long starts() {
        return starts;
    }

    /** {@link SenderTable#LIMIT} senders are tracked; an untracked one is never waited for. */
    static long bit(int sender) {
        return sender < 0 ? 0 : 1L << sender;
    }
}
