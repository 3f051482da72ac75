package org.pfsyncd.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * File bindings: allocation, locks. Each call opens its own scratch, so any thread may call; none
 * is on the message path. Results are kernel style: 0 or more, or {@code -errno}.
 */
@SuppressWarnings("restricted")
public final class LibcFiles {
    /** {@code fcntl.h}. */
    static final int O_RDWR = 2;

    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x80000;

    /** {@code sys/file.h}. */
    static final int LOCK_EX = 2;

    static final int LOCK_NB = 4;

    private static final MethodHandle OPEN =
            Native.bindVariadic(
                    "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle CLOSE =
            Native.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FLOCK =
            Native.bind("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle POSIX_FALLOCATE =
            Native.bind(
                    "posix_fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle GETEUID =
            Native.bind("geteuid", FunctionDescriptor.of(JAVA_INT));

    private LibcFiles() {}

    /**
     * open(2) for reading and writing, created 0640 if missing. Returns the descriptor or {@code
     * -errno}.
     */
    public static int open(Path path) {
        return open(path, O_RDWR | O_CREAT | O_CLOEXEC);
    }

    /** open(2) for reading. Returns the descriptor or {@code -errno}. */
    public static int openReadOnly(Path path) {
        return open(path, O_CLOEXEC);
    }

    private static int open(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            int fd =
                    (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags, 0640);
            return (int) Native.fold(fd, state);
        } catch (Throwable t) {
            throw undeclared("open", t);
        }
    }

    /** close(2). */
    public static int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            int result = (int) CLOSE.invokeExact(state, fd);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("close", t);
        }
    }

    /** flock(2), exclusive, without waiting: 0, or -11 (EAGAIN) while another process holds it. */
    public static int lock(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            int result = (int) FLOCK.invokeExact(state, fd, LOCK_EX | LOCK_NB);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("flock", t);
        }
    }

    /**
     * posix_fallocate(3): backs a range of a file with blocks, so that no store into it can fail
     * for lack of space.
     *
     * @return 0, or a positive errno such as 28 (ENOSPC); a failed ext4 call may leave a part
     *     allocated.
     */
    public static int allocate(Path path, long offset, long length) {
        int fd = open(path);
        if (fd < 0) {
            return -fd;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            return (int) POSIX_FALLOCATE.invokeExact(state, fd, offset, length);
        } catch (Throwable t) {
            throw undeclared("posix_fallocate", t);
        } finally {
            close(fd);
        }
    }

    /** geteuid(2). */
    public static int effectiveUser() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) GETEUID.invokeExact(arena.allocate(Native.CALL_STATE));
        } catch (Throwable t) {
            throw undeclared("geteuid", t);
        }
    }

    private static AssertionError undeclared(String function, Throwable t) {
        return new AssertionError(function + " is declared to throw nothing", t);
    }
}
