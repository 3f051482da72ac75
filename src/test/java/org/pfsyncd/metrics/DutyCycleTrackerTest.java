package org.pfsyncd.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Which cycles count. */
class DutyCycleTrackerTest {
    private static final long FIRST_NS = -77;

    private final CounterSet<NodeCounter> counters = Counters.inMemory().node();
    private final DutyCycleTracker tracker =
            new DutyCycleTracker(
                    counters,
                    NodeCounter.SYNC_CYCLE_MAX_NS,
                    NodeCounter.SYNC_CYCLE_OVER,
                    1_000_000);

    @Test
    void shouldLeaveOutTheStart() {
        tracker.begin(FIRST_NS, false);
        tracker.begin(FIRST_NS + 267_000_000, true);
        tracker.begin(FIRST_NS + DutyCycleTracker.WARM_UP_NS, true);
        assertEquals(0, counters.get(NodeCounter.SYNC_CYCLE_MAX_NS));
        assertEquals(0, counters.get(NodeCounter.SYNC_CYCLE_OVER));
        tracker.begin(FIRST_NS + DutyCycleTracker.WARM_UP_NS + 1_000_001, true);
        assertEquals(1_000_001, counters.get(NodeCounter.SYNC_CYCLE_MAX_NS));
        assertEquals(1, counters.get(NodeCounter.SYNC_CYCLE_OVER));
    }
}
