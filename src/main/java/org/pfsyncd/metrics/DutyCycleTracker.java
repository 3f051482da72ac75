package org.pfsyncd.metrics;

/**
 * The longest duty cycle of an agent and how often a cycle broke the threshold: the first two
 * numbers an operator looks at. The first seconds are left out: then the program is being compiled,
 * and one cycle of that time would stand there for ever. Owned by the agent.
 */
public final class DutyCycleTracker {
    /** From the first cycle on. */
    static final long WARM_UP_NS = 10_000_000_000L;

    private final CounterSet<NodeCounter> counters;
    private final NodeCounter longest;
    private final NodeCounter overThreshold;
    private final long thresholdNs;
    private long firstNs;
    private long startedNs;
    private boolean isTracking;

    /**
     * @param thresholdNs a cycle that takes longer is counted, nanoseconds.
     */
    public DutyCycleTracker(
            CounterSet<NodeCounter> counters,
            NodeCounter longest,
            NodeCounter overThreshold,
            long thresholdNs) {
        this.counters = counters;
        this.longest = longest;
        this.overThreshold = overThreshold;
        this.thresholdNs = thresholdNs;
    }

    /**
     * Called first in a cycle, with the cycle's only clock reading: the time since the last call is
     * one cycle.
     */
    public void begin(long nowNs, boolean didWork) {
        if (isTracking && didWork && startedNs - firstNs >= WARM_UP_NS) {
            long cycleNs = nowNs - startedNs;
            counters.max(longest, cycleNs);
            if (cycleNs > thresholdNs) {
                counters.increment(overThreshold);
            }
        }
        firstNs = isTracking ? firstNs : nowNs;
        startedNs = nowNs;
        isTracking = true;
    }
}
