package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RequestGuardTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long ID = 0x77L << 56;
    private static final int CREATOR = 0xc9c9c9c9;

    private final RequestGuard guard = new RequestGuard();
    private long nowNs = Long.MAX_VALUE - SECOND;

    private void assertNextAfter(long waitNs) {
        nowNs += waitNs - 1;
        assertFalse(guard.mayRequest(ID, CREATOR, nowNs), "one nanosecond early");
        nowNs++;
        assertTrue(guard.mayRequest(ID, CREATOR, nowNs));
    }

    @Test
    void shouldRepeatAfterOneTwoAndFourSecondsThenBeSilentForMinute() {
        assertTrue(guard.mayRequest(ID, CREATOR, nowNs));
        assertFalse(guard.mayRequest(ID, CREATOR, nowNs), "twice in one frame");
        assertNextAfter(SECOND);
        assertNextAfter(2 * SECOND);
        assertNextAfter(4 * SECOND);
        assertNextAfter(RequestGuard.SILENCE_NS);
        assertNextAfter(SECOND);
    }

    @Test
    void shouldForgetStateThatArrived() {
        assertTrue(guard.mayRequest(ID, CREATOR, nowNs));
        guard.forget(ID, CREATOR + 1);
        assertFalse(guard.mayRequest(ID, CREATOR, nowNs), "another creator's");
        guard.forget(ID, CREATOR);
        assertTrue(guard.mayRequest(ID, CREATOR, nowNs));
    }

    @Test
    void shouldAskForAShadowEverMoreSeldom() {
        guard.shadow(ID, CREATOR, nowNs);
        for (int i = 0; i < 8; i++) {
            assertNextAfter(Math.min(RequestGuard.SHADOW_NS << i, RequestGuard.SILENCE_NS));
            guard.shadow(ID, CREATOR, nowNs); // the answer collides too
            guard.shadow(ID, CREATOR, nowNs); // and that to somebody else's request
        }
        guard.forget(ID, CREATOR);
        assertTrue(guard.mayRequest(ID, CREATOR, nowNs), "it arrived, and was lost again");
    }

    @Test
    void shouldNotMixStatesUp() {
        assertTrue(guard.mayRequest(0, CREATOR, nowNs));
        assertTrue(guard.mayRequest(0, CREATOR + 1, nowNs));
        for (long id = 1; id <= 100_000; id++) {
            assertTrue(guard.mayRequest(id, CREATOR, nowNs), "never heard of, whatever the slot");
        }
    }
}
