package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

/** Whose time is right, and when it is believed. */
class ClusterClockTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long START_NS = 7 * SECOND_NS;
    private static final long WALL_MS = 1_700_000_000_000L;
    private static final long ELDER_AGE_MS = 3_600_000;

    private final NodeClock clock = new NodeClock(this::wallMs, START_NS);
    private final ClusterClock cluster = new ClusterClock(clock, START_NS, 0, 0, true);
    private long nowNs = START_NS;

    private long wallMs() {
        return WALL_MS + (nowNs - START_NS) / 1_000_000;
    }

    @Test
    void shouldBelieveAnElderAtOnceRightAfterTheStart() {
        pass(ClusterClock.WAIT_NS - 1);
        assertEquals(-8_000, say(-8_000, ELDER_AGE_MS));
    }

    @Test
    void shouldNotBelieveFramesThatWaitedWhileTheProcessWasPaused() {
        pass(100 * SECOND_NS);
        for (long lateMs = 8_000; lateMs > 0; lateMs -= 1_000) {
            assertEquals(0, say(-lateMs, ELDER_AGE_MS), "all in the cycle after the pause");
        }
        pass(ClusterClock.DOUBT_NS);
        assertEquals(0, say(-8_000, ELDER_AGE_MS), "the fresh ones in between agreed");
        assertFalse(cluster.isShiftDue());
    }

    @Test
    void shouldBelieveAnElderThatKeepsSayingSo() {
        pass(100 * SECOND_NS);
        assertEquals(0, say(9_000, ELDER_AGE_MS));
        pass(ClusterClock.DOUBT_NS - 1);
        assertEquals(0, say(9_000, ELDER_AGE_MS));
        pass(1);
        assertEquals(9_000, say(9_000, ELDER_AGE_MS));
        assertEquals(9_000, cluster.takeShiftMs());
    }

    @Test
    void shouldNotTakeTwoLateFramesFarApartForOneDoubt() {
        pass(100 * SECOND_NS);
        assertEquals(0, say(-9_000, ELDER_AGE_MS));
        pass(100 * SECOND_NS);
        assertEquals(0, say(-9_000, ELDER_AGE_MS));
    }

    @Test
    void shouldNotBelieveAYoungerOne() {
        pass(100 * SECOND_NS);
        for (int i = 0; i < 5; i++) {
            assertEquals(0, say(9_000, 1_000));
            pass(SECOND_NS);
        }
    }

    private void pass(long ns) {
        nowNs += ns;
        clock.advance(nowNs);
    }

    private long say(long aheadMs, long ageMs) {
        return cluster.onPeer(clock.time() + aheadMs, ageMs, nowNs);
    }
}
