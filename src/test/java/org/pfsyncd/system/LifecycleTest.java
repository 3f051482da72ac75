package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.LoadSender;
import org.pfsyncd.support.Program;

/** A daemon's life as its administrator sees it: start, ask, reload, stop, and a second one. */
@Tag("system")
class LifecycleTest {
    private static final long STOP_LIMIT_MS = 2_000;
    private static final long LIMIT_MS = 10_000;
    private static final int LOAD = 20_000;

    @TempDir Path directory;

    @Test
    void shouldStopInTimeAndLeaveAProvenEnd() throws IOException {
        try (LoadSender sender = new LoadSender(2);
                DaemonProcess daemon = daemon(sender, "always")) {
            daemon.start();
            sender.start();
            awaitAcknowledged(daemon, sender, 1_000);
            long ms = daemon.stop();
            assertTrue(ms < STOP_LIMIT_MS, "stopped after " + ms + " ms");
            Map<String, Object> replayed =
                    object(pfsyncd(0, "replay", "--json", "-c", daemon.config().toString()));
            assertEquals(true, replayed.get("end_proven"), replayed.toString());
            assertEquals(false, replayed.get("incomplete"), replayed.toString());
            assertFalse(Files.exists(daemon.runDir().resolve("control")), "socket left behind");
            String config = daemon.config().toString();
            for (String verb : List.of("states", "replay")) {
                String out = pfsyncd(1, verb, "--at", "2026-01-01T00:00:00Z", "-c", config);
                assertTrue(out.contains("the journal begins later, at 20"), out);
            }
            String text = Files.readString(daemon.config());
            Files.writeString(daemon.config(), text.replace("\"lo\"", "\"elsewhere0\""));
            pfsyncd(0, "replay", "-c", config);
            String out = pfsyncd(2, "check", "-c", config);
            assertTrue(out.contains("\"elsewhere0\", which does not exist"), out);
        }
    }

    @Test
    void shouldRefuseASecondDaemonOnTheSameDataNamingThePid() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("second"));
        try (LoadSender sender = new LoadSender(3);
                DaemonProcess daemon = daemon(sender, "always");
                DaemonProcess second = new DaemonProcess(elsewhere)) {
            daemon.start();
            second.configure(daemon.dataDir(), sender.group("always"));
            String out = pfsyncd(1, "run", "-c", second.config().toString());
            assertTrue(out.contains("held by pid " + daemon.pid()), out);
            assertEquals("test", daemon.status().get("node"), "the first one lives on");
        }
    }

    @Test
    void shouldSendNothingOnHangupWithoutAChangeAndApplyOne() throws IOException {
        try (LoadSender sender = new LoadSender(4);
                DaemonProcess daemon = daemon(sender, "never")) {
            daemon.start();
            assertTrue(Await.until(LIMIT_MS, () -> sentFrames(daemon) > 0), "the bulk request");
            long before = sentFrames(daemon);
            daemon.signal("HUP");
            awaitLog(daemon, "changed=nothing");
            assertEquals(before, sentFrames(daemon));
            sender.start();
            assertTrue(Await.until(LIMIT_MS, () -> states(daemon) > 100), daemon::log);
            assertEquals(0, sender.acknowledged().size(), "told never to acknowledge");
            daemon.configure(sender.group("always"));
            daemon.signal("HUP");
            awaitLog(daemon, "applied=[group.firewalls.ack]");
            awaitAcknowledged(daemon, sender, 1);
            Files.writeString(daemon.config(), "[[group]]\nnaem = \"typo\"\n");
            daemon.signal("HUP");
            awaitLog(daemon, "reload refused, nothing changed");
            awaitAcknowledged(daemon, sender, sender.acknowledged().size() + 1);
        }
    }

    @Test
    void shouldPrintThePromisedNames() throws IOException {
        try (LoadSender sender = new LoadSender(5);
                DaemonProcess daemon = daemon(sender, "always")) {
            daemon.start();
            sender.start();
            awaitAcknowledged(daemon, sender, 10);
            sender.stop();
            String config = daemon.config().toString();
            Map<String, Object> status = object(pfsyncd(0, "status", "--json", "-c", config));
            has(status, "node", "states", "digest", "in_sync", "reason", "groups", "journal");
            has((Map<?, ?>) status.get("journal"), "sequence", "incarnation");
            Map<String, Object> stats = object(pfsyncd(0, "stats", "--json", "-c", config));
            has(stats, "received-inet-packets", "dropped-bad-ttl", "sent-inet-packets");
            List<String> lines =
                    pfsyncd(0, "states", "--json", "-c", config)
                            .lines()
                            .filter(line -> line.startsWith("{"))
                            .toList();
            assertEquals(states(daemon), lines.size());
            has(
                    JsonTree.object(lines.get(0)),
                    "id",
                    "creatorid",
                    "ifname",
                    "af",
                    "proto",
                    "direction",
                    "wire",
                    "stack",
                    "src",
                    "dst",
                    "rt_addr",
                    "rule",
                    "anchor",
                    "nat_rule",
                    "creation",
                    "expire",
                    "packets",
                    "bytes",
                    "log",
                    "state_flags",
                    "timeout",
                    "timeout_name",
                    "sync_flags");
        }
    }

    @Test
    void shouldKeepItsFilesFromOthersAndItsHeapSmallUnderLoad() throws IOException {
        try (LoadSender sender = new LoadSender(6);
                DaemonProcess daemon = daemon(sender, "always")) {
            daemon.start();
            sender.start();
            awaitAcknowledged(daemon, sender, LOAD); // in a heap of 64 MiB
            assertFalse(daemon.log().contains("OutOfMemoryError"), daemon.log());
            assertFalse(daemon.log().contains("unexpected error"), daemon.log());
            List<String> wrong = new ArrayList<>();
            for (Path root : List.of(daemon.dataDir(), daemon.runDir().resolve("ring"))) {
                try (Stream<Path> paths = Files.walk(root)) {
                    for (Path path : paths.toList()) {
                        String mode =
                                PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                        String right = Files.isDirectory(path) ? "rwxr-x---" : "rw-r-----";
                        if (!mode.equals(right)) {
                            wrong.add(path + " " + mode);
                        }
                    }
                }
            }
            assertEquals(List.of(), wrong);
        }
    }

    private DaemonProcess daemon(LoadSender sender, String ack) throws IOException {
        return new DaemonProcess(directory).configure(sender.group(ack));
    }

    private static void awaitAcknowledged(DaemonProcess daemon, LoadSender sender, int count) {
        assertTrue(
                Await.until(3 * LIMIT_MS, () -> sender.acknowledged().size() >= count),
                () -> sender.acknowledged().size() + " acknowledged\n" + daemon.log());
    }

    private static void awaitLog(DaemonProcess daemon, String text) {
        assertTrue(
                Await.until(LIMIT_MS, () -> daemon.log().contains(text)),
                () -> "not said: " + text + "\n" + daemon.log());
    }

    private static long sentFrames(DaemonProcess daemon) {
        return daemon.counter("sent-inet-packets");
    }

    private static int states(DaemonProcess daemon) {
        return ((java.math.BigDecimal) daemon.status().get("states")).intValueExact();
    }

    private static String pfsyncd(int exitCode, String... args) throws IOException {
        Program.Result result = Program.pfsyncd(args);
        assertEquals(exitCode, result.exitCode(), result.out());
        return result.out();
    }

    private static Map<String, Object> object(String out) {
        return JsonTree.object(
                out.lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(out)));
    }

    private static void has(Map<?, ?> object, String... names) {
        for (String name : names) {
            assertTrue(object.containsKey(name), () -> name + " is missing in " + object.keySet());
        }
    }
}
