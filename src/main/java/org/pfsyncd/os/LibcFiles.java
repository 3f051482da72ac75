package org.pfsyncd.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * File bindings: allocation, locks. Any thread may call; none is on the message path. Results are
 * kernel style: 0 or more, or {@code -errno}.
 */
public final class LibcFiles {
    /** {@code fcntl.h}. */
    static final int O_RDWR = 2;

    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x80000;

    private static final int MODE = 0640;
    private static final int ENOSPC = 28;

    /** {@code sys/file.h}. */
    static final int LOCK_EX = 2;

    static final int LOCK_NB = 4;

    static final int LOCK_UN = 8;

    private static final Native OPEN = Native.bind("open");
    private static final Native CLOSE = Native.bind("close");
    private static final Native FLOCK = Native.bind("flock");
    private static final Native POSIX_FALLOCATE = Native.bind("posix_fallocate");

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
            MemorySegment name = arena.allocateFrom(path.toString());
            return OPEN.call(Native.threadState(), name.address(), flags, MODE);
        }
    }

    /** close(2). */
    public static int close(int fd) {
        return CLOSE.call(Native.threadState(), fd);
    }

    /** flock(2), exclusive, without waiting: 0, or -11 (EAGAIN) while another process holds it. */
    public static int lock(int fd) {
        return FLOCK.call(Native.threadState(), fd, LOCK_EX | LOCK_NB);
    }

    /** flock(2): gives the lock back, whoever else has a copy of the descriptor. */
    static int unlock(int fd) {
        return FLOCK.call(Native.threadState(), fd, LOCK_UN);
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
        try {
            return POSIX_FALLOCATE.call(Native.threadState(), fd, offset, length);
        } finally {
            close(fd);
        }
    }

    /**
     * {@link #allocate} for a file that is to be mapped: a store into a page that the file system
     * has no room for would end the process instead.
     *
     * @throws IOException if there is no room, or the file cannot be opened.
     */
    public static void require(Path path, long length) throws IOException {
        int error = allocate(path, 0, length);
        if (error != 0) {
            throw new IOException(
                    path
                            + ": "
                            + length
                            + " bytes refused (errno "
                            + error
                            + (error == ENOSPC ? ", no room" : "")
                            + "): make room in "
                            + path.getParent()
                            + ", or check owner and permissions");
        }
    }
}
