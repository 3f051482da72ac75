package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.journal.TailLog.join;
import static org.pfsyncd.journal.TailLog.range;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.journal.JournalTail.Phase;
import org.pfsyncd.wire.ClockShift;

/** A tail and files that are damaged, cut or deleted under it: it never throws and never skips. */
@Tag("system")
class JournalTailTroubleTest {
    private static final int LENGTH = 300;
    private static final long CYCLE_MS = 300_000;
    private static final long RETAIN_MS = 3_600_000;
    private static final int SEED = 20_260_203;

    @TempDir Path root;
    private JournalFixture journal;
    private TailLog log;

    @BeforeEach
    void start() throws IOException {
        journal = new JournalFixture(root, RETAIN_MS, 1L << 40).start();
        log = new TailLog(journal);
    }

    @AfterEach
    void close() {
        log.close();
        journal.kill();
    }

    private void restart() throws IOException {
        log.close();
        journal.kill();
        long nowMs = journal.nowMs;
        journal = new JournalFixture(root, RETAIN_MS, 1L << 40);
        journal.nowMs = nowMs;
        journal.start();
        log = new TailLog(journal);
    }

    @Test
    void shouldTruncateAtADamagedDocument() throws IOException {
        journal.write(20, LENGTH);
        log.seek(1, 3);
        flip(1, 12, 100);
        assertEquals(Phase.TRUNCATED, log.run());
        assertEquals(range(1, 4, 11), log.delivered);
        assertEquals(Phase.TRUNCATED, log.seek(1, 15).run(), "names before it are missing");
        journal.write(5, LENGTH);
        assertFalse(log.tail.next());
        assertEquals(0, log.tail.work(10));
    }

    @Test
    void shouldTruncateAtDamageBeforeAnythingFollows() throws IOException {
        journal.write(20, LENGTH);
        flip(1, 21, 100);
        assertEquals(Phase.TRUNCATED, log.seek(1, 10).run());
        assertEquals(range(1, 11, 20), log.delivered);
    }

    @Test
    void shouldFindAPositionBehindDamageFromASnapshotOn() throws IOException {
        journal.write(20, LENGTH);
        journal.writeSnapshot(LENGTH); // 22 to 24
        journal.write(3, LENGTH);
        journal.writeSnapshot(LENGTH); // 28 to 30
        journal.write(3, LENGTH);
        flip(1, 12, 100);
        assertEquals(Phase.READY, log.seek(1, 25).run());
        assertEquals(range(1, 22, 25), log.passed);
        assertEquals(range(1, 26, 33), log.delivered);
        flip(1, 28, 100);
        log.seekSnapshot();
        assertEquals(Phase.TRUNCATED, log.run(), "the newest is damaged");
        assertEquals(range(1, 22, 27), log.delivered);
        log.seekSnapshot();
        assertEquals(Phase.SEEKING, log.run());
        journal.writeSnapshot(LENGTH);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 34, 36), log.delivered);
    }

    @Test
    void shouldLetTheNextOpenDecideWhenAnOlderIncarnationEndsInDamage() throws IOException {
        journal.write(20, LENGTH);
        flip(1, 21, 100);
        restartAfterPowerLoss(20);
        journal.write(2, LENGTH);
        assertEquals(Phase.READY, log.seek(1, 10).run());
        assertEquals(join(range(1, 11, 20), range(2, 1, 3)), log.delivered);
        assertEquals(Phase.READY, log.seek(1, 21).run());
        assertTrue(log.tail.wasAhead(), "the peer has what the damage took");
        assertEquals(range(2, 1, 3), log.delivered);
        flip(1, 15, 100);
        assertEquals(Phase.TRUNCATED, log.seek(1, 10).run());
        assertEquals(range(1, 11, 14), log.delivered);
    }

    /** As a process start without a ring, whose replay came to this sequence. */
    private void restartAfterPowerLoss(long replayed) throws IOException {
        log.close();
        journal.kill();
        Files.delete(root.resolve("ring"));
        journal = new JournalFixture(root, RETAIN_MS, 1L << 40);
        journal.start(new OpenPayload(1, replayed, replayed, 0, 0, ClockShift.NONE, false));
        log = new TailLog(journal);
    }

    @Test
    void shouldTruncateWhatRetentionTook() throws IOException {
        for (int i = 0; i < 3; i++) { // a cycle each: 1 to 6, 7 to 11, 12 to 16
            journal.write(5, LENGTH);
            journal.nowMs += CYCLE_MS;
        }
        journal.writeSnapshot(LENGTH); // 17 to 19
        TailLog reading = new TailLog(journal).seek(1, 0);
        reading.tail.work(10);
        assertTrue(reading.tail.next());
        retain(1, 3);
        journal.write(2, LENGTH);
        assertEquals(Phase.TRUNCATED, log.seek(1, 7).run());
        assertEquals(List.of(), log.delivered);
        assertEquals(Phase.READY, log.seek(1, 18).run());
        assertEquals(range(1, 17, 18), log.passed);
        assertEquals(range(1, 19, 21), log.delivered);
        assertEquals(Phase.READY, log.seek(1, 16).run(), "the snapshot itself is there");
        assertEquals(range(1, 17, 21), log.delivered);
        assertEquals(Phase.TRUNCATED, reading.run(), "it may end what it has mapped");
        assertEquals(range(1, 2, 6), reading.delivered);
        reading.close();
    }

    @Test
    void shouldNeedOnlyTheEndOfAnIncarnationToGoOnWithTheNext() throws IOException {
        journal.write(5, LENGTH); // 1 to 6
        journal.nowMs += CYCLE_MS;
        journal.write(5, LENGTH); // 7 to 11
        restart();
        journal.writeSnapshot(LENGTH); // 2 to 4
        retain(1, 1);
        assertEquals(Phase.TRUNCATED, log.seek(1, 10).run(), "the names are gone");
        assertEquals(Phase.READY, log.seek(1, 11).run(), "the next one begins without names");
        assertEquals(List.of(), log.passed);
        assertEquals(range(2, 1, 4), log.delivered);
        retain(1, 1);
        assertFalse(Files.exists(journal.directory().path(1)));
        assertEquals(Phase.TRUNCATED, log.seek(1, 10).run());
        assertEquals(Phase.READY, log.seek(1, 11).run());
        assertEquals(range(2, 1, 4), log.delivered);
    }

    @Test
    void shouldSurviveAFileThatIsCutUnderIt() throws IOException {
        journal.write(200, LENGTH);
        for (int cut = 190; cut > 0; cut -= 21) {
            log.seek(1, 0);
            log.tail.work(10);
            assertTrue(log.tail.next());
            try (FileChannel file = FileChannel.open(store(1), StandardOpenOption.WRITE)) {
                file.truncate((long) positionOf(1, cut) & -4096);
            }
            assertEquals(Phase.TRUNCATED, log.run());
            assertTrue(log.delivered.size() < cut);
            assertEquals(range(1, 2, 1 + log.delivered.size()), log.delivered);
        }
    }

    @Test
    void shouldNeverDeliverWhatIsNotDenseWhateverIsScribbledOver() throws IOException {
        journal.write(300, LENGTH);
        byte[] sound = Files.readAllBytes(store(1));
        int end = positionOf(1, 301) + LENGTH;
        Random random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            byte[] noise = new byte[1 + random.nextInt(5000)];
            random.nextBytes(noise);
            int at = random.nextInt(end);
            overwrite(at, noise);
            Phase phase = log.seek(1, 5).run();
            int count = log.delivered.size();
            assertEquals(range(1, 6, 5 + count), log.delivered, "seed " + SEED + " round " + i);
            boolean isWhole = count == 296;
            // Chronicle takes a scribbled-over header for the end, which only the next write shows.
            assertTrue(!isWhole || phase == Phase.READY, "seed " + SEED + " round " + i);
            overwrite(0, sound);
        }
        log.seek(1, 5).run();
        assertEquals(range(1, 6, 301), log.delivered, "negative control");
    }

    /** Lets retention take the oldest cycle files of an incarnation, so many. */
    private void retain(long incarnation, int count) throws IOException {
        List<Path> files = stores(incarnation);
        for (Path file : files.subList(0, count)) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(journal.nowMs - 2 * RETAIN_MS));
        }
        journal.nowMs += 10_000;
        journal.janitor.step();
        assertFalse(Files.exists(files.get(0)), "retention took it");
    }

    private Path store(long incarnation) throws IOException {
        return stores(incarnation).get(0);
    }

    private List<Path> stores(long incarnation) throws IOException {
        try (Stream<Path> files = Files.list(journal.directory().path(incarnation))) {
            return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
        }
    }

    private void flip(long incarnation, long sequence, int offset) throws IOException {
        int at = positionOf(incarnation, sequence) + offset;
        byte[] bytes = Files.readAllBytes(store(incarnation));
        overwrite(at, new byte[] {(byte) ~bytes[at]});
    }

    private void overwrite(int at, byte[] bytes) throws IOException {
        try (FileChannel file = FileChannel.open(store(1), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private int positionOf(long incarnation, long sequence) throws IOException {
        byte[] all = Files.readAllBytes(store(incarnation));
        ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 64 <= all.length; at += 4) {
            if (bytes.getInt(at) == Document.MAGIC
                    && bytes.getLong(at + Document.SEQUENCE_OFFSET) == sequence) {
                return at;
            }
        }
        throw new IllegalArgumentException("no document " + sequence);
    }
}
