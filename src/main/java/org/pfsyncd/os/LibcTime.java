package org.pfsyncd.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** clock_gettime(2). Any thread; a call allocates. */
@SuppressWarnings("restricted")
public final class LibcTime {
    /** {@code linux/time.h}. */
    private static final int CLOCK_BOOTTIME = 7;

    private static final long NS_PER_S = 1_000_000_000L;

    private static final MethodHandle CLOCK_GETTIME =
            Native.bind("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private LibcTime() {}

    /**
     * CLOCK_BOOTTIME, nanoseconds since the boot, time spent suspended included; {@code -errno} of
     * a kernel that does not know it (before 2.6.39).
     */
    public static long bootNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            int result = (int) CLOCK_GETTIME.invokeExact(state, CLOCK_BOOTTIME, time);
            return result < 0
                    ? Native.fold(result, state)
                    : time.get(JAVA_LONG, 0) * NS_PER_S + time.get(JAVA_LONG, Long.BYTES);
        } catch (Throwable t) {
            throw new AssertionError("clock_gettime is declared to throw nothing", t);
        }
    }
}
