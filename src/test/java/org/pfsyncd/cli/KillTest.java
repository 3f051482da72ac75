package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.journal.JournalDirectory;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.Recovery;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.PortException;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * {@code kill -9} of a real daemon at random instants under load: what a peer saw acknowledged is
 * there afterwards, what the next start replays is what ring and journal say, and no hand is
 * needed.
 */
@Tag("privileged")
class KillTest {
    private static final int CREATOR_ID = 0xc9c9c9c9;
    private static final int BURST = 8;
    private static final Pattern REPLAYED =
            Pattern.compile("\"replayed_digest\":\"([0-9a-f]{16})\"");

    @TempDir Path directory;

    private final LongHashSet acknowledged = new LongHashSet();
    private long nextId = 1;

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

    private void killRepeatedly(int kills) throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path runDir = Files.createTempDirectory(Path.of("/dev/shm"), "pfsyncd-kill");
        try (DemoNode node = new DemoNode(Program.command(), directory, runDir, "raw");
                SocketPort port = open()) {
            node.start();
            for (int i = 0; i < kills; i++) {
                load(port, TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(300)), node);
                String expected = replay(runDir, i);
                node.start();
                Matcher replayed = REPLAYED.matcher(node.status());
                assertTrue(replayed.find());
                assertEquals(expected, replayed.group(1), "kill " + i + ", seed " + seed);
            }
        } finally {
            TemporaryDirectory.delete(runDir);
        }
        assertTrue(
                acknowledged.size() > kills * 20,
                "only " + acknowledged.size() + " acknowledgements");
    }

    private static SocketPort open() {
        try {
            return SocketPort.open(
                    new PortConfig(
                            PortConfig.PFSYNC,
                            "lo",
                            DemoFirewall.NODE_ADDRESS,
                            DemoFirewall.ADDRESS,
                            0,
                            1 << 22));
        } catch (PortException e) {
            Assumptions.abort("skipped: " + e.getMessage());
            throw e;
        }
    }

    /**
     * Inserts as fast as they are acknowledged until the time is over, and kills in the middle of
     * it.
     */
    private void load(SocketPort port, long durationNs, DemoNode node) throws IOException {
        FrameWalker walker = new FrameWalker();
        FrameVisitor listener =
                new FrameVisitor() {
                    @Override
                    public void onId(MessageKind kind, IdDecoder id) {
                        if (kind == MessageKind.INS_ACK) {
                            acknowledged.add(id.id());
                        }
                    }
                };
        long startNs = System.nanoTime();
        boolean isKilled = false;
        long endNs = startNs + durationNs;
        while (!isKilled || System.nanoTime() - endNs < 0) {
            if (!isKilled) {
                burst(port);
            }
            port.poll(
                    (buffer, offset, length, info) ->
                            walker.walk(buffer, offset, length, FrameWalker.ACCEPT_V5, listener),
                    64);
            if (!isKilled && System.nanoTime() - endNs >= 0) {
                node.kill();
                isKilled = true;
                endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
            }
        }
    }

    private void burst(SocketPort port) {
        NameTable names = new NameTable();
        StateRecord state =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(1500));
        for (int i = 0; i < BURST; i++) {
            DemoFirewall.fill(state, names, nextId, (int) nextId);
            FrameEncoder encoder = new FrameEncoder().begin(frame, 0, Dialect.V1301, 1500);
            encoder.addState(MessageKind.INS, state, names, 0);
            port.send(frame, 0, encoder.finish());
            nextId++;
        }
    }

    /** What ring and journal say after the kill: everything acknowledged is in it. */
    private String replay(Path runDir, int kill) throws IOException {
        JournalRing ring = Recovery.leftRing(runDir.resolve("ring"));
        try (JournalReader reader =
                new JournalReader(new JournalDirectory(directory.resolve("data/journal")), ring)) {
            Replayed replayed =
                    new Replayer(
                                    reader,
                                    TableConfig.ofCapacity(100_000),
                                    Counters.inMemory().node())
                            .replay(ReplayLimit.NONE);
            try {
                assertEquals("", replayed.lossReport(), "kill " + kill);
                assertTrue(replayed.isEndProven());
                assertAllThere(replayed);
                return String.format(Locale.ROOT, "%016x", replayed.table().digest());
            } finally {
                replayed.table().close();
            }
        } finally {
            ring.close();
        }
    }

    private void assertAllThere(Replayed replayed) {
        int realm = replayed.names().intern("firewalls");
        StateRecord into =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        for (long id : acknowledged) {
            assertTrue(
                    replayed.table().get(realm, id, CREATOR_ID, into),
                    "acknowledged and lost: " + id);
        }
    }
}
