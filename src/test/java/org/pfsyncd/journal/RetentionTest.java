package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes by age and by size from real cycle files, and what must stay, on a stepped clock. */
@Tag("system")
class RetentionTest {
    private static final long CYCLE_MS = 300_000;
    private static final long INTERVAL_MS = 10_000;
    private static final long RETAIN_MS = 3_600_000;
    private static final long FOREVER_MS = 1L << 40;
    private static final long NO_LIMIT = 1L << 40;

    @TempDir Path root;

    private JournalFixture journal;

    @AfterEach
    void close() {
        journal.kill();
    }

    @Test
    void shouldKeepEverythingUntilThisProcessHasACompleteSnapshot() throws IOException {
        start(RETAIN_MS, 0);
        writeCycles(3);
        snapshot();
        restart(RETAIN_MS, 0);
        writeCycles(1);
        journal.publish(Document.KIND_SNAPSHOT_BEGIN, 100);
        journal.drain();
        advance(10 * RETAIN_MS);
        assertEquals(4 + 1 + 1, stores().size(), "a snapshot that has only begun frees nothing");
    }

    @Test
    void shouldDeleteWhatIsOlderThanTheLimitAndNotAMillisecondEarlier() throws IOException {
        start(RETAIN_MS, NO_LIMIT);
        writeCycles(3);
        restart(RETAIN_MS, NO_LIMIT);
        snapshot();
        List<Path> old = stores(1);
        long dueMs = journal.nowMs + INTERVAL_MS;
        for (int i = 0; i < 3; i++) {
            touch(old.get(i), dueMs - RETAIN_MS - (i == 2 ? 0 : 1));
        }
        advance(INTERVAL_MS);
        assertEquals(old.subList(2, 3), stores(1));
        touch(old.get(2), dueMs - RETAIN_MS - 1);
        advance(INTERVAL_MS);
        assertFalse(Files.exists(old.get(0).getParent()), "a directory goes with its last cycle");
    }

    @Test
    void shouldNeverDeleteWhatTheNewestCompleteSnapshotNeeds() throws IOException {
        start(RETAIN_MS, 0);
        writeCycles(2);
        restart(RETAIN_MS, 0);
        writeCycles(2);
        List<Path> needless = stores();
        journal.publish(Document.KIND_SNAPSHOT_BEGIN, 100);
        writeCycles(3);
        journal.publish(Document.KIND_SNAPSHOT_END, 16);
        long documents = 2 + 3L * 5;
        journal.drain();
        List<Path> needed = new ArrayList<>(stores());
        needed.removeAll(needless);
        assertEquals(4, needed.size());
        advance(10 * RETAIN_MS);
        assertEquals(needed, stores(), "both limits are broken rather than a replay");
        try (JournalReader reader = journal.reader()) {
            assertTrue(reader.startAt(reader.snapshots().get(0)));
            while (reader.next()) {
                documents--;
            }
            assertEquals(0, documents);
            assertEquals(List.of(), reader.losses());
        }
    }

    @Test
    void shouldDeleteTheOldestFirstWhileAllTogetherExceedTheSize() throws IOException {
        start(FOREVER_MS, NO_LIMIT);
        writeCycles(6);
        restart(FOREVER_MS, NO_LIMIT);
        snapshot();
        advance(INTERVAL_MS);
        List<Path> all = stores();
        long limit = bytes();
        toTheEndOfACycle();
        restart(FOREVER_MS, limit);
        snapshot();
        assertEquals(1, prepared(3).size(), "the next cycle's file counts too");
        long before = bytes();
        assertTrue(before > limit);
        int expected = 0;
        while (before > limit) {
            before -= Files.size(all.get(expected++));
        }
        advance(INTERVAL_MS);
        assertEquals(all.subList(expected, 7), stores().subList(0, 7 - expected));
        assertEquals(before, bytes());
    }

    @Test
    void shouldDeletePreparedFilesOfOldIncarnations() throws IOException {
        start(FOREVER_MS, NO_LIMIT);
        toTheEndOfACycle();
        journal.publishBatches(1, 100);
        journal.drain();
        journal.janitor.step();
        assertEquals(1, prepared(1).size());
        Path torn = Path.of(prepared(1).get(0) + ".new");
        Files.createFile(torn);
        restart(FOREVER_MS, NO_LIMIT);
        journal.janitor.step();
        assertEquals(1, prepared(2).size());
        snapshot();
        advance(INTERVAL_MS);
        assertEquals(List.of(), prepared(1));
        assertEquals(1, stores(1).size(), "its documents stay");
        assertEquals(1, prepared(2).size(), "the next cycle's file is for use");
    }

    @Test
    void shouldDeletePreparedFilesOfCyclesThatPassedWithoutADocument() throws IOException {
        start(FOREVER_MS, NO_LIMIT);
        snapshot();
        for (int i = 0; i < 20; i++) {
            toTheEndOfACycle();
            advance(INTERVAL_MS);
            assertTrue(prepared(1).size() <= 3, prepared(1)::toString);
            journal.nowMs += CYCLE_MS / 2;
        }
        journal.publishBatches(5, 100);
        journal.drain();
        assertEquals(0, journal.ring.ring().size(), "the journal goes on");
        assertEquals(2, stores(1).size());
    }

    @Test
    void shouldMakeRoomAlsoWhileTheDiskIsFull() throws IOException {
        start(RETAIN_MS, NO_LIMIT);
        writeCycles(2);
        restart(RETAIN_MS, NO_LIMIT);
        snapshot();
        journal.journal.space().level(true, false);
        journal.agent.doWork();
        for (Path old : stores(1)) {
            touch(old, journal.nowMs - RETAIN_MS);
        }
        advance(INTERVAL_MS);
        assertFalse(Files.exists(journal.directory().path(1)));
    }

    private void start(long retainMs, long retainBytes) throws IOException {
        journal = new JournalFixture(root, retainMs, retainBytes).start();
        journal.drain();
    }

    private void restart(long retainMs, long retainBytes) throws IOException {
        long nowMs = journal.nowMs;
        journal.kill();
        journal = new JournalFixture(root, retainMs, retainBytes);
        journal.nowMs = nowMs;
        journal.start();
        journal.drain();
    }

    /** Five documents in each of so many cycles, each file as old as its last document. */
    private void writeCycles(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            journal.publishBatches(5, 300);
            journal.drain();
            List<Path> files = stores();
            touch(files.get(files.size() - 1), journal.nowMs);
            journal.nowMs += CYCLE_MS;
        }
    }

    private void snapshot() {
        journal.publish(Document.KIND_SNAPSHOT_BEGIN, 100);
        journal.publish(Document.KIND_SNAPSHOT_END, 16);
        journal.drain();
    }

    private void toTheEndOfACycle() {
        journal.nowMs += CYCLE_MS - journal.nowMs % CYCLE_MS - INTERVAL_MS - 1;
    }

    private void advance(long ms) {
        journal.nowMs += ms;
        journal.janitor.step();
    }

    private static void touch(Path file, long ms) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(ms));
    }

    private List<Path> stores() throws IOException {
        List<Path> all = new ArrayList<>();
        for (long incarnation : journal.directory().incarnations()) {
            all.addAll(stores(incarnation));
        }
        return all;
    }

    private List<Path> stores(long incarnation) throws IOException {
        return files(incarnation, ".cq4");
    }

    private List<Path> prepared(long incarnation) throws IOException {
        return Stream.concat(
                        files(incarnation, ".precreated").stream(),
                        files(incarnation, ".new").stream())
                .toList();
    }

    private List<Path> files(long incarnation, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(journal.directory().path(incarnation))) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private long bytes() throws IOException {
        long bytes = 0;
        for (long incarnation : journal.directory().incarnations()) {
            for (Path file : stores(incarnation)) {
                bytes += Files.size(file);
            }
            for (Path file : prepared(incarnation)) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
