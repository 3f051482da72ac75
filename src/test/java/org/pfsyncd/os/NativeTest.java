package org.pfsyncd.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Allocation;

/** All functions are linked as one type: arguments of every width and number must arrive whole. */
class NativeTest {
    private static final int EBADF = 9;
    private static final int ENOENT = 2;

    @TempDir private Path directory;

    @Test
    void shouldGiveTheErrorOfACallThatFails() {
        assertEquals(-EBADF, LibcFiles.close(-1));
        assertEquals(-ENOENT, LibcFiles.openReadOnly(directory.resolve("missing")));
    }

    @Test
    void shouldPassAnArgumentBehindTheDeclaredOnes() throws IOException {
        Path file = directory.resolve("file");
        LibcFiles.close(LibcFiles.open(file));
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        assertTrue(mode.contains(PosixFilePermission.OWNER_WRITE));
        assertFalse(mode.contains(PosixFilePermission.OTHERS_READ));
        assertFalse(mode.contains(PosixFilePermission.OWNER_EXECUTE));
    }

    @Test
    void shouldPassNumbersOfMoreThan32Bits() throws IOException {
        Path file = directory.resolve("file");
        assertEquals(0, LibcFiles.allocate(file, 5L << 30, 4096));
        assertEquals((5L << 30) + 4096, Files.size(file));
    }

    @Test
    void shouldPassNegativeNumbers() {
        Native getpriority = Native.bind("getpriority");
        Native kill = Native.bind("kill");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            int noSuchKind = -22;
            assertEquals(noSuchKind, getpriority.call(state, -1, 0));
            int group = Native.bind("getpgrp").call(state);
            assertEquals(0, kill.call(state, -group, 0), "the group of this process lives");
        }
    }

    @Test
    void shouldNameAFunctionThatIsMissing() {
        Error error = assertThrows(UnsatisfiedLinkError.class, () -> Native.bind("pfsync_magic"));
        assertEquals("libc has no symbol pfsync_magic", error.getMessage());
    }

    @Test
    void shouldAllocateNothing() {
        Native getppid = Native.bind("getppid");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            Allocation.assertNoneInSteadyState(() -> getppid.call(state));
        }
    }
}
