package org.pfsyncd.text;

import org.pfsyncd.wire.StateRecord;

/** Age and rest of a state in whole seconds. Stateless. */
final class StateTimes {
    private StateTimes() {}

    static long ageS(StateRecord state, long nowMs) {
        return Math.max(0, Math.floorDiv(nowMs - state.createdAtMs(), 1000L));
    }

    /**
     * Seconds left. A record fresh from a decoder has no instant of expiry, only what the sender
     * wrote. Rounded up where age is rounded down, so that their sum stands still, as in pfctl.
     */
    static long expireS(StateRecord state, long nowMs) {
        if (state.expiresAtMs() == 0) {
            return state.lifetimeS();
        }
        return Math.max(0, -Math.floorDiv(nowMs - state.expiresAtMs(), 1000L));
    }
}
