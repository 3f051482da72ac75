package org.pfsyncd.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLockTest {
    private static final long OUR_PID = ProcessHandle.current().pid();

    @TempDir Path directory;

    private ProcessLock held;

    private void hold() throws IOException {
        held = ProcessLock.take(directory);
    }

    @AfterEach
    void release() {
        if (held != null) {
            held.close();
        }
    }

    @Test
    void shouldWriteWhoHoldsTheDirectory() throws IOException {
        hold();
        assertEquals(OUR_PID + "\n", Files.readString(directory.resolve("lock")));
    }

    @Test
    void shouldRefuseASecondHolderNamingPidDirectoryAndRemedy() throws IOException {
        hold();
        IOException refusal = assertThrows(IOException.class, () -> ProcessLock.take(directory));
        assertEquals(
                directory
                        + " is held by pid "
                        + OUR_PID
                        + ": stop that daemon, or set another node.data-dir",
                refusal.getMessage());

        release();
        hold();
    }

    @Test
    void shouldCloseItsOwnFileOnly() throws IOException {
        hold();
        ProcessLock first = held;
        first.close();
        hold(); // takes the lowest free descriptor, the one just given back
        first.close();
        assertThrows(IOException.class, () -> ProcessLock.take(directory));
    }

    /** A child has such a copy between fork(2) and exec(2), however short a time. */
    @Test
    void shouldBeFreeOnceClosedThoughACopyOfTheDescriptorIsOpen() throws IOException {
        hold();
        int copy = Native.bind("dup").call(Native.threadState(), held.descriptor());
        assertTrue(copy >= 0, "errno " + -copy);
        try {
            release();
            hold();
        } finally {
            LibcFiles.close(copy);
        }
    }

    @Test
    void shouldSayWhenTheHolderHasNotWrittenItsPidYet() throws IOException {
        hold();
        Files.writeString(directory.resolve("lock"), "");
        IOException refusal = assertThrows(IOException.class, () -> ProcessLock.take(directory));
        assertTrue(refusal.getMessage().contains("held by pid (just starting):"));
    }

    @Test
    void shouldReplaceALongerPidThatAnOlderHolderLeft() throws IOException {
        Files.writeString(directory.resolve("lock"), "4194304999999\n");
        hold();
        assertEquals(OUR_PID + "\n", Files.readString(directory.resolve("lock")));
    }

    @Test
    void shouldSayWhatToCheckWhenTheFileCannotBeOpened() {
        IOException refusal =
                assertThrows(
                        IOException.class, () -> ProcessLock.take(directory.resolve("absent")));
        assertTrue(refusal.getMessage().contains("(errno 2)"), refusal.getMessage());
    }

    @Test
    @Tag("system")
    void shouldBeFreeOnceTheHolderWasKilled() throws Exception {
        Process holder = startHolder();
        try {
            // The holder says so itself: one line, once it has the lock.
            assertEquals("held", holder.inputReader().readLine());
            IOException refusal =
                    assertThrows(IOException.class, () -> ProcessLock.take(directory));
            assertTrue(
                    refusal.getMessage().contains("held by pid " + holder.pid() + ":"),
                    refusal.getMessage());
        } finally {
            holder.destroyForcibly();
        }
        assertTrue(holder.waitFor(20, TimeUnit.SECONDS));
        hold();
    }

    private Process startHolder() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx32m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The other process: takes the lock, says so, and holds it until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            ProcessLock lock = ProcessLock.take(Path.of(arguments[0]));
            System.out.println("held");
            int ended = System.in.read();
            assert ended < 0 : "nobody writes to the holder";
            lock.close();
        }
    }
}
