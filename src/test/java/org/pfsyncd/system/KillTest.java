package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.ChildJvm;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.LoadSender;

/**
 * {@code kill -9} at random instants under load: what was acknowledged is there after the restart,
 * the table is what {@code replay} said it would be, and nobody has to clean up.
 */
class KillTest {
    private static final String JOURNAL =
            """
            [journal]
            reserve = "1MiB"
            block-size = "8MiB"

            """;
    private static final int LATEST_MS = 600;

    @TempDir Path directory;

    @Test
    @Tag("system")
    void shouldLoseNothingAcknowledgedIn20Kills() throws IOException {
        killAndRestart(20);
    }

    @Test
    @Tag("night")
    void shouldLoseNothingAcknowledgedIn200Kills() throws IOException {
        killAndRestart(200);
    }

    private void killAndRestart(int rounds) throws IOException {
        long seed = Long.getLong("pfsyncd.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("KillTest: -Dpfsyncd.seed=" + seed);
        Random random = new Random(seed);
        try (LoadSender sender = new LoadSender(1);
                DaemonProcess daemon =
                        new DaemonProcess(directory, java.util.List.of())
                                .configure(JOURNAL + sender.group("always"))) {
            daemon.start();
            for (int round = 0; round < rounds; round++) {
                sender.start();
                int before = sender.acknowledged().size();
                boolean isLoaded =
                        ChildJvm.await(
                                10_000,
                                () ->
                                        sender.acknowledged().size() > before
                                                || before == LoadSender.IDS);
                assertTrue(isLoaded, () -> "nothing is acknowledged:\n" + daemon.log());
                int afterMs = random.nextInt(LATEST_MS);
                ChildJvm.await(afterMs, () -> false);
                daemon.kill();
                sender.stop();
                String expected = replayedDigest(daemon);
                daemon.start();
                checkRestarted(daemon, sender, expected, "round " + round + " seed " + seed);
            }
            System.out.printf(
                    "KillTest: %d kills, %d ids acknowledged, %d inserts sent%n",
                    rounds, sender.acknowledged().size(), sender.sent());
        }
    }

    private static void checkRestarted(
            DaemonProcess daemon, LoadSender sender, String expected, String where)
            throws IOException {
        Map<String, Object> status = daemon.status();
        assertEquals(expected, status.get("replayed_digest"), where);
        assertEquals(expected, status.get("digest"), where);
        Set<Long> held =
                daemon.states().stream()
                        .map(state -> Long.parseUnsignedLong((String) state.get("id"), 16))
                        .collect(Collectors.toSet());
        assertEquals(((BigDecimal) status.get("states")).intValueExact(), held.size(), where);
        Set<Long> missing = new TreeSet<>(sender.acknowledged());
        missing.removeAll(held);
        assertEquals(Set.of(), missing, where + ": acknowledged, and gone");
    }

    private static String replayedDigest(DaemonProcess daemon) throws IOException {
        ChildJvm.Result result =
                ChildJvm.pfsyncd("replay", "--json", "-c", daemon.config().toString());
        assertEquals(0, result.exitCode(), result.out());
        String json =
                result.out()
                        .lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(result.out()));
        return (String) JsonTree.object(json).get("digest");
    }
}
