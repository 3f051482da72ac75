package org.pfsyncd.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Asserts that a step allocates nothing on this thread once it is compiled. */
public final class Allocation {
    private static final int WINDOW_LIMIT = 50;
    private static final int STEPS_PER_WINDOW = 100_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /**
     * Reads the thread's allocated bytes around windows of 100,000 steps, up to 50 of them, and
     * asserts that the quietest is 0: the claim is about the steady state, and a recompilation may
     * charge any one window.
     */
    public static void assertNoneInSteadyState(Runnable step) {
        assertEquals(
                0,
                quietestWindowBytes(step, STEPS_PER_WINDOW),
                "bytes allocated in the quietest window");
    }

    /**
     * As {@link #assertNoneInSteadyState(Runnable)} with shorter windows, for steps that cost
     * microseconds.
     */
    public static void assertNoneInSteadyState(int stepsPerWindow, Runnable step) {
        assertEquals(
                0,
                quietestWindowBytes(step, stepsPerWindow),
                "bytes allocated in the quietest window");
    }

    /** Bytes allocated in the quietest window; for negative controls. */
    public static long quietestWindowBytes(Runnable step, int stepsPerWindow) {
        long quietest = Long.MAX_VALUE;
        for (int window = 0; window < WINDOW_LIMIT && quietest > 0; window++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < stepsPerWindow; i++) {
                step.run();
            }
            quietest = Math.min(quietest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return quietest;
    }
}
