package org.pfsyncd.metrics;

/**
 * The longest duty cycle of an agent and how often a cycle broke the threshold: the first two
 * numbers an operator looks at. Owned by the agent.
 */
public final class DutyCycleTracker {
    private final CounterSet counters;
    private final CounterId longest;
    private final CounterId overThreshold;
    private final long thresholdNs;
    private long startedNs;
    private boolean isTracking;

    /**
     * @param thresholdNs a cycle that takes longer is counted, nanoseconds.
     */
    public DutyCycleTracker(
            CounterSet counters, CounterId longest, CounterId overThreshold, long thresholdNs) {
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
        if (isTracking && didWork) {
            long cycleNs = nowNs - startedNs;
            counters.max(longest, cycleNs);
            if (cycleNs > thresholdNs) {
                counters.increment(overThreshold);
            }
        }
        startedNs = nowNs;
        isTracking = true;
    }
}
