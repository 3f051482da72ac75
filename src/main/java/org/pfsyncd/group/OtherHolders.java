package org.pfsyncd.group;

/**
 * Other members whose answer to a bulk request is under way: between their START and END, and as
 * long as full updates keep coming. Owned by the sync agent; allocates nothing.
 */
final class OtherHolders {
    /** No full update of theirs for this long: their END was lost. */
    static final long QUIET_NS = 3_000_000_000L;

    private long running;
    private long progressNs;
    private long starts;

    void onStart(int sender, long nowNs) {
        starts++;
        running |= bit(sender);
        progressNs = nowNs;
    }

    void onEnd(int sender) {
        running &= ~bit(sender);
    }

    void onUpdate(int sender, long nowNs) {
        if ((running & bit(sender)) != 0) {
            progressNs = nowNs;
        }
    }

    /** Whether an answer of theirs is still coming. */
    boolean isRunning(long nowNs) {
        if (running != 0 && nowNs - progressNs >= QUIET_NS) {
            running = 0;
        }
        return running != 0;
    }

    /** STARTs heard so far. */
    long starts() {
        return starts;
    }

    /** {@link SenderTable#LIMIT} senders are tracked; an untracked one is never waited for. */
    private static long bit(int sender) {
        return sender < 0 ? 0 : 1L << sender;
    }
}
