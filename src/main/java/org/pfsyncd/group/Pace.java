package org.pfsyncd.group;

/**
 * How many states may be sent now: a rate with a small burst, so that a receiver that is as fast as
 * the rate never sees more at once than it can take. Owned by the sync agent; time is an argument.
 */
final class Pace {
    private static final long SECOND_NS = 1_000_000_000L;

    private final long burstNs;
    private final int leastBurst;
    private long rate;
    private long limit;
    private long allowance;
    private long refilledNs;
    private boolean isRefilled;

    /**
     * @param rate states a second, 1 to 10,000,000.
     * @param burstNs what gathers while nothing is sent is the rate's share of this, nanoseconds;
     *     at most a second.
     * @param leastBurst but no less than this, states.
     */
    Pace(int rate, long burstNs, int leastBurst) {
        this.burstNs = burstNs;
        this.leastBurst = leastBurst;
        rate(rate);
    }

    void rate(int statesPerSecond) {
        rate = statesPerSecond;
        limit = Math.max(leastBurst * SECOND_NS, rate * burstNs);
        allowance = Math.min(allowance, limit);
    }

    /** States that may be sent at this instant. */
    int available(long nowNs) {
        // An instant at which the lowest rate has surely filled the bucket, so nothing overflows.
        long elapsedNs = isRefilled ? Math.max(0, nowNs - refilledNs) : Long.MAX_VALUE;
        allowance =
                elapsedNs >= (limit - allowance) / rate
                        ? limit
                        : Math.min(limit, allowance + elapsedNs * rate);
        refilledNs = nowNs;
        isRefilled = true;
        return (int) (Math.max(0, allowance) / SECOND_NS);
    }

    void take(int states) {
        allowance -= states * SECOND_NS;
    }
}
