package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.LoadSender;
import org.pfsyncd.support.NetworkNamespaces;
import org.pfsyncd.support.NodeFiles;
import org.pfsyncd.support.Program;

/** The host fails the daemon: its interface goes and comes back, its disk fills up. */
@Tag("privileged")
@Tag("apart")
class HostTroubleTest {
    private static final long LIMIT_MS = 30_000;

    @TempDir Path directory;

    @Test
    void shouldNoticeThatItsInterfaceWentAndCameBack() throws IOException {
        try (NetworkNamespaces namespaces = NetworkNamespaces.create();
                DaemonProcess daemon =
                        new DaemonProcess(directory, "ip", "netns", "exec", namespaces.nameB())) {
            daemon.configure(
                    """
                    [[group]]
                    name = "firewalls"
                    syncdev = "sync0"
                    """);
            daemon.start();
            namespaces.deleteInterface();
            awaitReason(daemon, "interface down or missing");
            namespaces.createInterface();
            awaitReason(daemon, "interface was created anew");
        }
    }

    @Test
    void shouldKeepMirroringWhileTheDiskIsFullAndRecoverWhenItIsNot() throws IOException {
        onASmallDisk(
                7,
                (daemon, sender) -> {
                    fill(daemon, 2 << 20);
                    await(daemon, "stopped", () -> isStopped(daemon));
                    awaitGrowth(daemon);
                });
    }

    @Test
    void shouldStartOnAFullDiskAndRecoverWhenThereIsSpace() throws IOException {
        onASmallDisk(
                8,
                (daemon, sender) -> {
                    fill(daemon, 2 << 20);
                    await(daemon, "stopped", () -> isStopped(daemon));
                    daemon.kill();
                    sender.stop();
                    fill(daemon, 0);
                    daemon.start();
                    assertTrue(states(daemon) > 100, "what was recorded is there");
                    assertTrue(isStopped(daemon));
                    sender.start();
                    awaitGrowth(daemon);
                });
    }

    @Test
    void shouldSayWhyItDoesNotStartWhereTheRingHasNoRoom() throws IOException {
        startWithoutRoom(
                "16m", "ring: no room for a ring of 33559296 bytes", "lower journal.ring-size");
    }

    @Test
    void shouldSayWhyItDoesNotStartWhereTheCountersHaveNoRoom() throws IOException {
        startWithoutRoom("64k", "counters: ", "No space left on device");
    }

    private void startWithoutRoom(String size, String wanted, String alsoWanted)
            throws IOException {
        try (DaemonProcess daemon = new DaemonProcess(directory)) {
            Path runDir = daemon.runDir();
            Assumptions.assumeTrue(Program.isRoot(), "skipped: needs root for a small file system");
            Program.Result mounted =
                    Program.run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", runDir + "");
            assertEquals(0, mounted.exitCode(), mounted.out());
            try {
                daemon.configure("[[group]]\nname = \"firewalls\"\nsyncdev = \"lo\"\n");
                String said = assertThrows(AssertionError.class, daemon::start).getMessage();
                assertTrue(said.contains(runDir + "/" + wanted), said);
                assertTrue(said.contains("make room in " + runDir), said);
                assertTrue(said.contains(alsoWanted), said);
                assertFalse(said.contains("\tat ") || said.contains("defect"), said);
                try (Stream<Path> left = Files.list(runDir)) {
                    assertTrue(left.noneMatch(file -> file.toString().endsWith(".new")), said);
                }
            } finally {
                unmount(runDir);
            }
        }
    }

    /** The kernel may still be taking the memory of a killed process apart. */
    private static void unmount(Path directory) {
        boolean isDone =
                Await.until(
                        LIMIT_MS,
                        () -> {
                            try {
                                return Program.run("umount", directory + "").exitCode() == 0;
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        assertTrue(isDone, directory + " is still mounted");
    }

    private interface Trouble {
        void happen(DaemonProcess daemon, LoadSender sender) throws IOException;
    }

    /** Fills the disk, then makes room: in the end everything is in the journal. */
    private void onASmallDisk(int net, Trouble trouble) throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        boolean isMounted =
                Program.run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", data.toString())
                                .exitCode()
                        == 0;
        Assumptions.assumeTrue(isMounted, "skipped: needs root for a small file system");
        try (LoadSender sender = new LoadSender(net);
                DaemonProcess daemon = new DaemonProcess(directory)) {
            daemon.configure(sender.group("always")).start();
            sender.start();
            await(daemon, "acknowledgements", () -> sender.acknowledged().size() > 100);
            trouble.happen(daemon, sender);
            sender.stop();
            Files.delete(filler(daemon));
            await(daemon, "going on", () -> !isStopped(daemon));
            await(daemon, "everything in the journal", () -> isReplayEqual(daemon));
        } finally {
            unmount(data);
        }
    }

    /**
     * What replay reads beside the living daemon equals the table, once the snapshot is written.
     */
    private static boolean isReplayEqual(DaemonProcess daemon) {
        try {
            Replayed replayed = daemon.files().replay();
            try {
                return !replayed.isIncomplete()
                        && daemon.status().get("digest").equals(NodeFiles.digest(replayed));
            } finally {
                replayed.table().close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path filler(DaemonProcess daemon) {
        return daemon.dataDir().resolve("filler");
    }

    /** Leaves so many bytes of the file system, or a little less. */
    private static void fill(DaemonProcess daemon, long leftBytes) throws IOException {
        Path filler = filler(daemon);
        try (OutputStream out =
                Files.newOutputStream(
                        filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] block = new byte[4096];
            while (Files.getFileStore(filler).getUsableSpace() > leftBytes) {
                out.write(block);
            }
        }
    }

    private static boolean isStopped(DaemonProcess daemon) {
        return Boolean.TRUE.equals(((Map<?, ?>) daemon.status().get("journal")).get("stopped"));
    }

    private static void awaitGrowth(DaemonProcess daemon) {
        int before = states(daemon);
        await(daemon, "more states", () -> states(daemon) > before + 1_000);
    }

    private static int states(DaemonProcess daemon) {
        return ((BigDecimal) daemon.status().get("states")).intValueExact();
    }

    private static void awaitReason(DaemonProcess daemon, String reason) {
        await(daemon, reason, () -> ((String) daemon.status().get("reason")).contains(reason));
        assertEquals(false, daemon.status().get("in_sync"));
    }

    private static void await(
            DaemonProcess daemon, String what, java.util.function.BooleanSupplier condition) {
        assertTrue(
                Await.until(LIMIT_MS, condition),
                () -> what + " not seen: " + daemon.status() + "\n" + daemon.log());
    }
}
