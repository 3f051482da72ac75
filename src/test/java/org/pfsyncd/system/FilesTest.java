package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.LoadSender;
import org.pfsyncd.support.Program;

/** {@code save}, {@code load} and {@code clear} of the real program against real processes. */
@Tag("system")
class FilesTest {
    private static final long LIMIT_MS = 20_000;
    private static final int STATES = 2_000;

    @TempDir Path directory;

    @Test
    void shouldCarryATableFromAKilledNodeToAnother() throws IOException {
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));
        try (LoadSender sender = new LoadSender(7);
                LoadSender silent = new LoadSender(8);
                DaemonProcess daemon = new DaemonProcess(first);
                DaemonProcess other = new DaemonProcess(second)) {
            daemon.configure(sender.group("always")).start();
            other.configure(silent.group("always")).start();
            sender.start();
            assertTrue(
                    Await.until(LIMIT_MS, () -> sender.acknowledged().size() >= STATES),
                    daemon::log);
            sender.stop();
            assertTrue(Await.until(LIMIT_MS, () -> isQuiet(daemon)), daemon::log);
            Object digest = daemon.status().get("digest");
            List<String> living = save(daemon, "living");
            // The last frames may still have been on their way.
            for (int i = 0; i < 10 && !digest.equals(daemon.status().get("digest")); i++) {
                digest = daemon.status().get("digest");
                living = save(daemon, "living");
            }
            daemon.kill();
            List<String> dead = save(daemon, "dead");
            assertEquals(living.subList(1, living.size()), dead.subList(1, dead.size()));
            assertEquals(digest, JsonTree.object(dead.get(dead.size() - 1)).get("digest"));

            verb(other, "load", directory.resolve("dead").toString());
            assertEquals(digest, other.status().get("digest"));
            assertEquals(other.status().get("states"), other.status().get("unconfirmed"));
            String creator = String.format("%08x", LoadSender.CREATOR_ID);
            String would = verb(other, "clear", "--creator", creator, "--dry-run");
            assertTrue(would.contains("would clear"), would);
            verb(other, "clear", "--creator", creator, "--port", "1030");
            BigDecimal left = (BigDecimal) other.status().get("states");
            assertTrue(left.signum() > 0 && left.intValue() < dead.size() - 2, left.toString());
            verb(other, "replay", "--expect", (String) other.status().get("digest"));
            other.kill();
            String after = verb(other, "replay", "--json");
            Map<String, Object> replayed =
                    JsonTree.object(
                            after.lines().filter(l -> l.startsWith("{")).findFirst().orElseThrow());
            assertEquals(left, replayed.get("states"));
        }
    }

    private static boolean isQuiet(DaemonProcess daemon) {
        Map<?, ?> journal = (Map<?, ?>) daemon.status().get("journal");
        return journal.get("sequence").equals(journal.get("appended"));
    }

    private List<String> save(DaemonProcess daemon, String name) throws IOException {
        verb(daemon, "save", directory.resolve(name).toString());
        return Files.readAllLines(directory.resolve(name));
    }

    private static String verb(DaemonProcess daemon, String... args) throws IOException {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "-c";
        all[args.length + 1] = daemon.config().toString();
        Program.Result result = Program.pfsyncd(all);
        assertEquals(0, result.exitCode(), result.out());
        return result.out();
    }
}
