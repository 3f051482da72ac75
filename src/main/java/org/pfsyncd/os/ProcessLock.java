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

    private int fd;

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
            throw new IOException(result == -EAGAIN ? held(directory) : refused(file, -result));
        }
        try {
            Files.writeString(
                    file,
                    ProcessHandle.current().pid() + "\n",
                    StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            new ProcessLock(fd).close();
            throw e;
        }
        return new ProcessLock(fd);
    }

    private static String held(Path directory) throws IOException {
        String pid = Files.readString(directory.resolve("lock")).strip();
        // Empty between the holder's taking the lock and its writing who it is.
        return directory
                + " is held by pid "
                + (pid.isEmpty() ? "(just starting)" : pid)
                + ": stop that daemon, or set another node.data-dir";
    }

    private static String refused(Path file, int errno) {
        return file + " cannot be locked (errno " + errno + "): use a local file system";
    }

    int descriptor() {
        return fd;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            // Closing alone would leave it to a child that is between fork(2) and exec(2).
            LibcFiles.unlock(fd);
            LibcFiles.close(fd);
            fd = -1; // the number may be another file's by the second time
        }
    }
}
