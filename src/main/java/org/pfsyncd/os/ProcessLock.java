package org.pfsyncd.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lock that makes one process the owner of a directory: flock(2) on its file {@code lock},
 * which holds the owner's pid. The kernel releases it when the owner dies, however it dies. Opened
 * and closed by the starting thread.
 */
public final class ProcessLock implements AutoCloseable {
    private static final int EAGAIN = 11;

    private final int fd;

    private ProcessLock(int fd) {
        this.fd = fd;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException if another process holds it (the message names its pid), or the file
     *     cannot be opened.
     */
    public static ProcessLock take(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        int fd = LibcFiles.open(file);
        if (fd < 0) {
            throw new IOException(
                    file + " cannot be opened (errno " + -fd + "): check owner and permissions");
        }
        int result = LibcFiles.lock(fd);
        if (result < 0) {
            LibcFiles.close(fd);
            String holder = Files.readString(file).strip();
            throw new IOException(
                    result == -EAGAIN
                            ? directory
                                    + " is held by pid "
                                    + holder
                                    + ": stop that daemon, or set another node.data-dir"
                            : file
                                    + " cannot be locked (errno "
                                    + -result
                                    + "): use a local file system");
        }
        Files.writeString(
                file, ProcessHandle.current().pid() + "\n", StandardOpenOption.TRUNCATE_EXISTING);
        return new ProcessLock(fd);
    }

    @Override
    public void close() {
        LibcFiles.close(fd);
    }
}
