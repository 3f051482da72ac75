package org.pfsyncd.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * Links C functions with errno capture; the bindings themselves stand in {@code Libc*} classes.
 *
 * <p>Every bound handle takes the call state as its first argument: scratch of {@link #CALL_STATE}
 * layout, owned by the calling thread. {@code critical} linkage is banned: a call that blocks that
 * way holds up every safepoint.
 */
@SuppressWarnings("restricted")
final class Native {
    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    static final long ERRNO_OFFSET =
            CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final Linker LINKER = Linker.nativeLinker();

    private Native() {}

    /** Binds a C function with fixed arguments. The symbol is taken once, from {@code name}. */
    static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                symbol(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    /** Binds a variadic C function ({@code ioctl}, {@code open}, {@code fcntl}). */
    static MethodHandle bindVariadic(
            String name, FunctionDescriptor descriptor, int firstVariadicArgument) {
        return LINKER.downcallHandle(
                symbol(name),
                descriptor,
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariadicArgument));
    }

    /** {@code result} if it is not negative, else {@code -errno}: kernel style. */
    static long fold(long result, MemorySegment callState) {
        return result >= 0 ? result : -callState.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("libc has no symbol " + name));
    }
}
