package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The node's time, whatever is done to the wall clock while it runs. */
class NodeClockTest {
    private static final long MS = 1_000_000;
    private static final long DAY_MS = 86_400_000;
    private static final long START_MS = 1_795_333_922_000L;

    private long wallMs = START_MS;
    private long nowNs = -5_000_000_000L;
    private final NodeClock clock = new NodeClock(() -> wallMs, nowNs);

    private long advance(long ms) {
        nowNs += ms * MS;
        wallMs += ms;
        return clock.advance(nowNs);
    }

    @Test
    void shouldGoWithTheMonotonicClockToTheMillisecond() {
        nowNs += MS - 1;
        assertEquals(START_MS, clock.advance(nowNs));
        nowNs += 1;
        assertEquals(START_MS + 1, clock.advance(nowNs));
        assertEquals(START_MS + 1, clock.time());
    }

    @Test
    void shouldNeverGoBackWhenTheWallClockDoes() {
        wallMs -= DAY_MS;
        long before = clock.time();
        for (int i = 0; i < 10_000; i++) {
            long now = advance(100);
            assertTrue(now > before, "went from " + before + " to " + now);
            before = now;
        }
        assertEquals(START_MS + 1_000_000 - 999, before, "slower by 1 ms for each second behind");
    }

    @Test
    void shouldNotJumpWhenTheWallClockDoes() {
        wallMs += DAY_MS;
        for (int i = 0; i < 10_000; i++) {
            advance(100);
        }
        assertEquals(START_MS + 1_000_000 + 999, clock.time(), "faster by 1 ms likewise");
    }

    @Test
    void shouldComeBackToTheWallClockAfterASmallStep() {
        wallMs -= 500;
        for (int i = 0; i < 10_000; i++) {
            advance(100);
        }
        assertEquals(wallMs, clock.time());
    }
}
