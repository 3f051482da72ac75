package org.pfsyncd.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** clock_gettime(2). Any thread; a call allocates. */
public final class LibcTime {
    /** {@code linux/time.h}. */
    private static final int CLOCK_BOOTTIME = 7;

    private static final long NS_PER_S = 1_000_000_000L;

    private static final Native CLOCK_GETTIME = Native.bind("clock_gettime");

    private LibcTime() {}

    /**
     * CLOCK_BOOTTIME, nanoseconds since the boot, time spent suspended included; {@code -errno} of
     * a kernel that does not know it (before 2.6.39).
     */
    public static long bootNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            int result = CLOCK_GETTIME.call(Native.threadState(), CLOCK_BOOTTIME, time.address());
            return result < 0
                    ? result
                    : time.get(JAVA_LONG, 0) * NS_PER_S + time.get(JAVA_LONG, Long.BYTES);
        }
    }
}
