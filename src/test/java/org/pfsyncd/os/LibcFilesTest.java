package org.pfsyncd.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibcFilesTest {
    private static final int MIB = 1 << 20;
    private static final int EBADF = 9;
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;

    @TempDir Path directory;

    @Test
    void shouldAllocateBlocksBehindASparseFile() throws IOException {
        Path file = directory.resolve("chunk");
        assertEquals(0, LibcFiles.allocate(file, MIB, 3L * MIB));
        assertEquals(4L * MIB, Files.size(file));
        long blocks = blocks(file);
        assertTrue(blocks * 512 >= 3L * MIB, "512-byte blocks behind it: " + blocks);
    }

    private static long blocks(Path file) throws IOException {
        try (java.io.BufferedReader out =
                new ProcessBuilder("stat", "-c", "%b", file.toString()).start().inputReader()) {
            return Long.parseLong(out.readLine());
        }
    }

    @Test
    void shouldReturnErrnoOfARefusedAllocation() {
        Path file = directory.resolve("chunk");
        assertEquals(EINVAL, LibcFiles.allocate(file, 0, 0));
        assertEquals(ENOENT, LibcFiles.allocate(directory.resolve("absent/chunk"), 0, 1));
    }

    @Test
    void shouldSayWhereAFileThatIsToBeMappedHasNoPlace() {
        Path file = directory.resolve("absent/counters");
        IOException refusal = assertThrows(IOException.class, () -> LibcFiles.require(file, 4_096));
        assertEquals(
                file
                        + ": 4096 bytes refused (errno 2): make room in "
                        + file.getParent()
                        + ", or check owner and permissions",
                refusal.getMessage());
    }

    @Test
    void shouldCreateFilesThatOthersCannotRead() throws IOException {
        Path file = directory.resolve("secret");
        int fd = LibcFiles.open(file);
        assertTrue(fd >= 0);
        assertEquals(0, LibcFiles.lock(fd));
        assertEquals(0, LibcFiles.close(fd));
        assertEquals(-EBADF, LibcFiles.close(-1));
        assertEquals(-EBADF, LibcFiles.lock(-1));
        assertTrue(
                Files.getPosixFilePermissions(file).stream()
                        .noneMatch(p -> p.name().startsWith("OTHERS")));
    }
}
