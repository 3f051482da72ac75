package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/**
 * Whether two records with one id are one state (design: ids repeat after a reboot when the host id
 * is fixed). Pure functions.
 */
final class Identity {
    private static final long TOLERANCE_MS = 10_000;

    /** One part in 1,024 of the age: two clocks may drift by 0.1 % over a state's life. */
    private static final int DRIFT_SHIFT = 10;

    private Identity() {}

    /** Same keys, interface and direction, and a creation within the tolerance. */
    static boolean isSame(StateRecord known, StateRecord received, long nowMs) {
        long difference = Math.abs(known.createdAtMs() - received.createdAtMs());
        return difference <= toleranceMs(known.createdAtMs(), nowMs)
                && ConnectionKey.isSameConnection(known, received);
    }

    /** True if a creation instant lies behind another by more than the tolerance. */
    static boolean isCreatedLater(long earlierMs, long laterMs, long nowMs) {
        return laterMs - earlierMs > toleranceMs(earlierMs, nowMs);
    }

    /**
     * Ages travel in whole seconds and up to a second late, so that the instant computed from them
     * wanders: 10 s, or 1/1,024 of the age where that is more.
     */
    static long toleranceMs(long createdAtMs, long nowMs) {
        return Math.max(TOLERANCE_MS, (nowMs - createdAtMs) >> DRIFT_SHIFT);
    }
}
