package org.pfsyncd.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Random histories of a real table with snapshots, kills, full rings and a full disk: a replay ends
 * in the table that there was, at every place at which it is stopped.
 */
@Tag("system")
@Tag("apart")
class ReplayHistoryTest {
    private static final TableConfig CONFIG = TableConfig.ofCapacity(4_000);
    private static final int CREATOR = 0xc0a8_0001;

    @TempDir Path root;

    private JournalFixture journal;
    private MirrorTable table;
    private NameTable names;
    private DeltaBatch batch;
    private DeltaBatch slice;
    private int segment = -1;
    private final List<Point> points = new ArrayList<>();

    /** The table at a document. */
    private record Point(long incarnation, long sequence, long timeMs, long size, long digest) {}

    @AfterEach
    void closeTable() {
        table.close();
    }

    @Test
    void shouldReplayToTheEndToASequenceAndToAnInstant() throws IOException {
        start(root);
        run(new Random(1), 300, false);
        journal.drain();
        check(new Random(1), 40);
        journal.kill();
    }

    @Test
    void shouldComeBackFromAnyHistory() throws IOException {
        for (int i = 0; i < 4; i++) {
            long seed = 77_000L + i;
            Path own = Files.createDirectory(root.resolve("history-" + i));
            try {
                points.clear();
                start(own);
                run(new Random(seed), 200, true);
                journal.kill();
                check(new Random(seed), 8);
                table.close();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldStayIncompleteBehindAHoleUntilTheNextSnapshot() throws IOException {
        start(root);
        for (int i = 0; i < 50; i++) {
            mutate(new Random(i));
            publishBatch();
        }
        journal.drain();
        journal.journal.space().level(true, false);
        journal.agent.doWork();
        mutate(new Random(99));
        publishBatch();
        journal.agent.doWork();
        journal.journal.space().level(false, true);
        journal.agent.doWork();
        assertTrue(journal.agent.wantsIncarnation());
        reopen(true);
        journal.drain();
        assertFalse(journal.agent.wantsIncarnation(), "asked once only");
        try (JournalReader reader = journal.reader()) {
            Replayed behind = replay(reader, ReplayLimit.NONE);
            assertTrue(behind.isIncomplete());
            behind.table().close();
        }
        snapshot();
        journal.drain();
        try (JournalReader reader = journal.reader()) {
            reader.startAtOldest();
            Replayed whole = replay(reader, ReplayLimit.NONE);
            assertFalse(whole.isIncomplete());
            assertEquals(table.digest(), whole.table().digest());
            whole.table().close();
        }
        journal.kill();
    }

    private void run(Random random, int steps, boolean isHostile) throws IOException {
        for (int i = 0; i < steps; i++) {
            journal.nowMs += random.nextInt(3_000);
            mutate(random);
            publishBatch();
            stepSnapshot(random);
            if (random.nextInt(4) == 0) {
                journal.drain();
            }
            if (isHostile && random.nextInt(40) == 0) {
                restart();
            } else if (isHostile && random.nextInt(40) == 0) {
                fullDisk(random);
            }
        }
    }

    private void start(Path directory) throws IOException {
        Files.createDirectories(directory);
        names = new NameTable();
        batch = new DeltaBatch(names);
        slice = new DeltaBatch(names, 2 << 20);
        table = new MirrorTable(CONFIG, names, batch, Counters.inMemory().node());
        segment = 0;
        journal = new JournalFixture(directory).start();
        publishSnapshotBegin();
    }

    /** As a kill and the next process: what the journal gives must be what the table was. */
    private void restart() throws IOException {
        long nowMs = journal.nowMs;
        Path directory = journal.root;
        journal.kill();
        Replayed replayed;
        try (JournalReader reader = journal.reader()) {
            replayed = replay(reader, ReplayLimit.NONE);
        }
        assertEquals("", replayed.lossReport());
        assertEquals(table.size(), replayed.table().size());
        assertEquals(table.digest(), replayed.table().digest());
        table.close();
        table = replayed.table();
        names = replayed.names();
        batch = replayed.batch();
        slice = new DeltaBatch(names, 2 << 20);
        table.markAllUnconfirmed(false);
        journal = new JournalFixture(directory);
        journal.nowMs = nowMs;
        journal.start(table.size(), table.digest());
        batch.forgetNames();
        point();
        segment = -1;
        snapshot();
    }

    /** The disk fills up, deltas are dropped, space returns. */
    private void fullDisk(Random random) throws IOException {
        journal.drain();
        journal.journal.space().level(true, false);
        journal.agent.doWork();
        for (int i = random.nextInt(3); i > 0; i--) {
            mutate(random);
            batch.reset();
            journal.publish(Document.KIND_BATCH, 100);
        }
        journal.agent.doWork();
        journal.journal.space().level(false, true);
        journal.agent.doWork();
        reopen(true);
        segment = -1;
        snapshot();
        journal.drain();
    }

    private void reopen(boolean isContinuing) {
        long previous = journal.publisher.incarnation();
        long published = journal.publisher.sequence();
        long recorded = journal.counters.get(NodeCounter.JOURNAL_APPENDED);
        journal.publisher.startIncarnation(previous + 1);
        journal.agent.onIncarnationPublished();
        journal.open(
                new OpenPayload(
                        previous,
                        published,
                        recorded,
                        table.size(),
                        table.digest(),
                        ClockShift.NONE,
                        isContinuing));
        batch.forgetNames();
    }

    private void mutate(Random random) {
        StateRecords states = new StateRecords(names, journal.nowMs);
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            int number = random.nextInt(3_000);
            StateRecord record =
                    states.tcp(number, CREATOR)
                            .wire("10.1.0." + number % 250 + ":" + (1000 + number), "10.2.0.10:80")
                            .ifname("em" + number % 7)
                            .src(random.nextInt(1_000_000), 2_000_000)
                            .record();
            if (random.nextInt(4) == 0) {
                table.delete(record.realm(), number, CREATOR, journal.nowMs);
            } else {
                table.insert(record, journal.nowMs);
            }
        }
    }

    private void publishBatch() {
        if (batch.count() == 0) {
            return;
        }
        publish(Document.KIND_BATCH, batch);
        batch.reset();
        point();
    }

    private void publish(int kind, DeltaBatch deltas) {
        while (journal.publish(kind, deltas.buffer(), deltas.length(), deltas.count()) < 0) {
            journal.drain();
        }
    }

    private void point() {
        points.add(
                new Point(
                        journal.publisher.incarnation(),
                        journal.publisher.sequence(),
                        journal.nowMs,
                        table.size(),
                        table.digest()));
    }

    /** By the rule of the sync agent: one slice now and then, deltas between. */
    private void stepSnapshot(Random random) {
        if (segment < 0) {
            if (random.nextInt(10) == 0) {
                publishSnapshotBegin();
            }
        } else if (segment < table.segmentCount()) {
            slice.reset();
            table.readSegment(segment++, slice::appendSnapshot);
            if (slice.count() > 0) {
                publish(Document.KIND_SNAPSHOT_SLICE, slice);
            }
        } else {
            UnsafeBuffer end = new UnsafeBuffer(new byte[16]);
            end.putLong(0, table.digest(), LITTLE_ENDIAN);
            end.putLong(8, table.size(), LITTLE_ENDIAN);
            while (journal.publish(Document.KIND_SNAPSHOT_END, end, 16, 0) < 0) {
                journal.drain();
            }
            segment = -1;
        }
    }

    private void publishSnapshotBegin() {
        slice.reset();
        slice.appendAllNames();
        publish(Document.KIND_SNAPSHOT_BEGIN, slice);
        segment = 0;
    }

    private void snapshot() {
        publishSnapshotBegin();
        while (segment >= 0) {
            stepSnapshot(new Random(0));
        }
        point();
    }

    private void check(Random random, int samples) throws IOException {
        for (int i = 0; i < samples; i++) {
            Point point = points.get(random.nextInt(points.size()));
            ReplayLimit limit = ReplayLimit.atSequence(point.incarnation, point.sequence);
            try (JournalReader reader = journal.reader()) {
                Replayed replayed = replay(reader, limit);
                assertEquals(point.digest, replayed.table().digest(), point::toString);
                assertEquals(point.size, replayed.table().size(), point::toString);
                assertEquals(0, replayed.inconsistencies(), point::toString);
                assertEquals(point.sequence, replayed.sequence());
                replayed.table().close();
            }
            int last = points.indexOf(point);
            while (last + 1 < points.size() && points.get(last + 1).timeMs <= point.timeMs) {
                last++;
            }
            try (JournalReader reader = journal.reader()) {
                Replayed replayed = replay(reader, ReplayLimit.atTime(point.timeMs));
                assertEquals(points.get(last).digest, replayed.table().digest(), point::toString);
                replayed.table().close();
            }
        }
        try (JournalReader reader = journal.reader()) {
            Replayed replayed = replay(reader, ReplayLimit.NONE);
            assertEquals("", replayed.lossReport());
            assertEquals(table.digest(), replayed.table().digest());
            assertTrue(replayed.isEndProven());
            replayed.table().close();
        }
    }

    private static Replayed replay(JournalReader reader, ReplayLimit limit) throws IOException {
        return new Replayer(reader, CONFIG, Counters.inMemory().node()).replay(limit);
    }
}
