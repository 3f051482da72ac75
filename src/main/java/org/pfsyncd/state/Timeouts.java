package org.pfsyncd.state;

import java.util.Arrays;
import org.pfsyncd.wire.TimeoutClass;

/**
 * Seconds a state lives without an update, by timeout class (spec pfsync.md section 5.3).
 * Immutable.
 */
public final class Timeouts {
    /** pf's own defaults. */
    public static final Timeouts DEFAULT = new Timeouts(defaults());

    private final int[] seconds;

    private Timeouts(int[] seconds) {
        this.seconds = seconds;
    }

    /** A copy in which one class lives differently; {@code seconds} is at least 0. */
    public Timeouts with(int timeoutClass, int seconds) {
        if (timeoutClass < 0 || timeoutClass >= TimeoutClass.COUNT || seconds < 0) {
            throw new IllegalArgumentException(
                    "timeout class "
                            + timeoutClass
                            + " with "
                            + seconds
                            + " s: classes are 0 to 24, seconds at least 0");
        }
        int[] copy = this.seconds.clone();
        copy[timeoutClass] = seconds;
        return new Timeouts(copy);
    }

    /** Seconds of a class; 0 for a number that is no class. */
    public long seconds(int timeoutClass) {
        return timeoutClass < TimeoutClass.COUNT ? seconds[timeoutClass] : 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Timeouts timeouts && Arrays.equals(seconds, timeouts.seconds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(seconds);
    }

    @Override
    public String toString() {
        return "Timeouts" + Arrays.toString(seconds);
    }

    /**
     * Classes 14 to 19 are never in a state; should one arrive it gets what pf would give it. The
     * adaptive limits 16 and 17 are counts of states, not seconds, so such a state gets 60 s.
     */
    private static int[] defaults() {
        return new int[] {
            120, 30, 86_400, 900, 45, 90, 60, 30, 60, 20, 10, 60, 30, 60, 60, 10, 60, 60, 0, 30,
            120, 30, 86_400, 900, 90
        };
    }
}
