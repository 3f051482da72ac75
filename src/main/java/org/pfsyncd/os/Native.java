package org.pfsyncd.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * A C function that takes up to six integers and pointers and returns an {@code int} or what fits
 * into one; the bindings themselves stand in {@code Libc*} classes, as static constants: the
 * compiler then sees through to the call, since it trusts the fields of a record.
 *
 * <p>All functions are linked as one type, of six {@code long}s: what a function does not declare
 * is zero, and of an argument it reads as much as it declares. Linux on x86-64 and AArch64 passes
 * integers and pointers in that way, each in a register, variadic or not. Linked by its own
 * signature, each type costs every start of the program 15 ms (bench/results/2026-11-27-start.md).
 *
 * <p>Every call takes the call state first: scratch of {@link #CALL_STATE} layout, owned by the
 * calling thread. Results are kernel style: {@code -errno} for a failure. {@code critical} linkage
 * is banned: a call that blocks that way holds up every safepoint.
 */
@SuppressWarnings("restricted")
record Native(String name, MethodHandle handle) {
    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

    private static final ThreadLocal<MemorySegment> THREAD_STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));
    private static final long ERRNO_OFFSET =
            CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle ANY =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG),
                    Linker.Option.captureCallState("errno"));

    /** Binds a function of the C library. */
    static Native bind(String name) {
        MemorySegment symbol =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError("libc has no symbol " + name));
        return new Native(name, ANY.bindTo(symbol));
    }

    /** The calling thread's own scratch, for functions that are not on the message path. */
    static MemorySegment threadState() {
        return THREAD_STATE.get();
    }

    int call(MemorySegment state) {
        return call(state, 0, 0, 0, 0, 0, 0);
    }

    int call(MemorySegment state, long a) {
        return call(state, a, 0, 0, 0, 0, 0);
    }

    int call(MemorySegment state, long a, long b) {
        return call(state, a, b, 0, 0, 0, 0);
    }

    int call(MemorySegment state, long a, long b, long c) {
        return call(state, a, b, c, 0, 0, 0);
    }

    int call(MemorySegment state, long a, long b, long c, long d) {
        return call(state, a, b, c, d, 0, 0);
    }

    int call(MemorySegment state, long a, long b, long c, long d, long e) {
        return call(state, a, b, c, d, e, 0);
    }

    int call(MemorySegment state, long a, long b, long c, long d, long e, long f) {
        int result;
        try {
            result = (int) (long) handle.invokeExact(state, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError(name + " is declared to throw nothing", t);
        }
        return result >= 0 ? result : error(state);
    }

    /** {@code -errno} of the call before. */
    static int error(MemorySegment state) {
        return -state.get(JAVA_INT, ERRNO_OFFSET);
    }
}
