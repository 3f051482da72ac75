package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.LoadSender;
import org.pfsyncd.support.NodeFiles;
import org.pfsyncd.support.Program;
import org.pfsyncd.wire.StateRecord;

/**
 * {@code kill -9} of a real daemon at random instants under load: what a peer saw acknowledged is
 * there afterwards, what the next start replays is what ring and journal say, and no hand is
 * needed.
 */
@Tag("system")
@Tag("apart")
class KillTest {
    private static final String[] PID_NAMESPACE = {
        "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"
    };
    private static final int LATEST_MS = 300;
    private static final long LIMIT_MS = 10_000;

    @TempDir Path directory;

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void shouldLoseNothingAcknowledgedWhenKilledTwentyTimes() throws IOException {
        killRepeatedly(20);
    }

    @Test
    @Tag("night")
    @Timeout(value = 2400, unit = TimeUnit.SECONDS)
    void shouldLoseNothingAcknowledgedWhenKilledTwoHundredTimes() throws IOException {
        killRepeatedly(200);
    }

    /** As in a container: the next process has the pid of the one that died with its locks. */
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void shouldNotBeFooledByLocksWhenPidsRepeat() throws IOException {
        String[] probe = java.util.Arrays.copyOf(PID_NAMESPACE, PID_NAMESPACE.length + 1);
        probe[PID_NAMESPACE.length] = "true";
        Assumptions.assumeTrue(
                Program.run(probe).exitCode() == 0, "skipped: pid namespaces need root");
        int kills = 5;
        String log = killRepeatedly(kills, PID_NAMESPACE);
        long starts = log.lines().filter(line -> line.contains("started node=test pid=1 ")).count();
        assertEquals(kills + 1, starts, log);
    }

    private String killRepeatedly(int kills, String... prefix) throws IOException {
        long seed = Long.getLong("pfsyncd.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("-Dpfsyncd.seed=" + seed);
        Random random = new Random(seed);
        try (LoadSender sender = new LoadSender(1);
                DaemonProcess daemon = new DaemonProcess(directory, prefix)) {
            daemon.configure(sender.group("always")).start();
            for (int i = 0; i < kills; i++) {
                String where = "kill " + i + ", seed " + seed;
                sender.start();
                int before = sender.acknowledged().size();
                assertTrue(
                        Await.until(LIMIT_MS, () -> sender.acknowledged().size() > before),
                        () -> where + ": nothing is acknowledged\n" + daemon.log());
                Await.pause(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LATEST_MS)));
                daemon.kill();
                sender.stop();
                String expected = replay(daemon, sender, where);
                daemon.start();
                assertEquals(expected, daemon.status().get("replayed_digest"), where);
            }
            assertTrue(sender.acknowledged().size() > kills * 20, "too little load");
            assertFalse(daemon.log().contains("incarnation abandoned"), daemon::log);
            return daemon.log();
        }
    }

    /** What ring and journal say after the kill: everything acknowledged is in it. */
    private static String replay(DaemonProcess daemon, LoadSender sender, String where)
            throws IOException {
        Replayed replayed = daemon.files().replay();
        try {
            assertEquals("", replayed.lossReport(), where);
            assertTrue(replayed.isEndProven(), where);
            assertAllThere(sender, replayed);
            return NodeFiles.digest(replayed);
        } finally {
            replayed.table().close();
        }
    }

    private static void assertAllThere(LoadSender sender, Replayed replayed) {
        int realm = replayed.names().intern("firewalls");
        StateRecord into =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        for (long id : sender.acknowledged()) {
            assertTrue(
                    replayed.table().get(realm, id, LoadSender.CREATOR_ID, into),
                    "acknowledged and lost: " + id);
        }
    }
}
