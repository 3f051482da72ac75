package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.journal.TailLog.join;
import static org.pfsyncd.journal.TailLog.range;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.journal.JournalTail.Phase;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;

/** The journal without a disk behaves as the one on it, faults included. */
class MemoryStoreTest {
    private static final int LENGTH = 100;
    private static final int DOCUMENT_LENGTH = Document.HEADER_LENGTH + LENGTH;

    private final MemoryStore store = new MemoryStore(20L * DOCUMENT_LENGTH);
    private JournalFixture journal;

    @BeforeEach
    void start() throws IOException {
        journal = new JournalFixture(store).start();
    }

    private void restart() throws IOException {
        journal.kill();
        long nowMs = journal.nowMs;
        journal = new JournalFixture(store);
        journal.nowMs = nowMs;
        journal.start();
    }

    private static List<String> read(JournalReader reader) throws IOException {
        List<String> all = new ArrayList<>();
        while (reader.next()) {
            all.add(TailLog.position(reader.document()));
        }
        return all;
    }

    @Test
    void shouldReadBackWhatAnotherProcessWrote() throws IOException {
        journal.write(10, LENGTH);
        journal.publishBatches(3, LENGTH);
        restart();
        assertEquals(3, journal.carriedOver);
        journal.write(2, LENGTH);
        try (JournalReader reader = journal.reader()) {
            reader.startAtOldest();
            assertEquals(join(range(1, 1, 14), range(2, 1, 3)), read(reader));
            assertEquals(List.of(), reader.losses());
            assertTrue(reader.isEndProven());
        }
    }

    @Test
    void shouldStartAtASnapshot() throws IOException {
        journal.write(10, LENGTH);
        journal.writeSnapshot(LENGTH);
        journal.write(1, LENGTH);
        try (JournalReader reader = journal.reader()) {
            assertTrue(reader.startAt(reader.snapshots().get(0)));
            assertEquals(range(1, 12, 15), read(reader));
        }
    }

    @Test
    void shouldFindTheRingWhole() throws IOException {
        journal.write(1, LENGTH);
        journal.publishBatches(2, LENGTH);
        journal.kill();
        try (JournalReader reader = journal.reader()) {
            reader.startAtOldest();
            assertEquals(range(1, 1, 4), read(reader));
        }
        store.losePower(0, 0);
        assertNull(store.leftRing());
        try (JournalReader reader = journal.reader()) {
            reader.startAtOldest();
            assertEquals(range(1, 1, 2), read(reader));
            assertFalse(reader.isEndProven());
        }
    }

    @Test
    void shouldLoseAndDamageTheNewestInAPowerLoss() throws IOException {
        journal.write(10, LENGTH);
        journal.kill();
        store.losePower(3, 2);
        try (JournalReader reader = journal.reader()) {
            reader.startAtOldest();
            assertEquals(range(1, 1, 6), read(reader));
            assertEquals(1, reader.losses().size());
            assertEquals(7, reader.losses().get(0).fromSequence());
        }
        journal = new JournalFixture(store);
        journal.start(new OpenPayload(1, 6, 6, 0, 0, ClockShift.NONE, false));
        journal.drain();
        try (TailLog log = new TailLog(journal)) {
            assertEquals(Phase.READY, log.seek(1, 9).run());
            assertTrue(log.tail.wasAhead());
            assertEquals(range(2, 1, 1), log.delivered);
            assertEquals(Phase.READY, log.seek(1, 4).run());
            assertEquals(join(range(1, 5, 6), range(2, 1, 1)), log.delivered);
        }
    }

    @Test
    void shouldStopOnAFullDiskAndGoOnWhenThereIsSpace() throws IOException {
        journal.write(5, LENGTH);
        store.setFull(true);
        journal.write(2, LENGTH);
        assertEquals(1, journal.counters.get(NodeCounter.JOURNAL_STOPPED));
        assertEquals(2, journal.counters.get(NodeCounter.JOURNAL_UNRECORDED));
        assertFalse(journal.agent.wantsIncarnation());
        store.setFull(false);
        journal.agent.doWork();
        assertTrue(journal.agent.wantsIncarnation());
        journal.publisher.startIncarnation(2);
        journal.agent.onIncarnationPublished();
        journal.open(new OpenPayload(1, 8, 6, 0, 0, ClockShift.NONE, true));
        journal.write(1, LENGTH);
        try (TailLog log = new TailLog(journal)) {
            assertEquals(Phase.TRUNCATED, log.seek(1, 4).run());
            assertEquals(range(1, 5, 6), log.delivered);
            assertEquals(Phase.READY, log.seek(2, 0).run());
            assertEquals(range(2, 1, 2), log.delivered);
        }
    }

    @Test
    void shouldBeginNothingOnAFullDisk() throws IOException {
        journal.write(5, LENGTH);
        store.setFull(true);
        restart();
        journal.write(1, LENGTH);
        assertEquals(List.of(1L), store.incarnations());
    }

    @Test
    void shouldLeaveDocumentsInTheRingWhileItIsStalled() throws IOException {
        journal.write(5, LENGTH);
        store.setStalled(true);
        journal.publishBatches(5, LENGTH);
        for (int i = 0; i < 10; i++) {
            journal.agent.doWork();
        }
        assertEquals(6, journal.counters.get(NodeCounter.JOURNAL_APPENDED));
        store.setStalled(false);
        journal.drain();
        assertEquals(11, journal.counters.get(NodeCounter.JOURNAL_APPENDED));
        assertEquals(0, journal.counters.get(NodeCounter.JOURNAL_UNRECORDED));
    }

    @Test
    void shouldRetainTheSizeAndWhatTheNewestSnapshotNeeds() throws IOException {
        journal.write(50, LENGTH);
        retain();
        assertEquals(51L * DOCUMENT_LENGTH - (LENGTH - OpenPayload.LENGTH), store.bytes());
        restart();
        journal.write(10, LENGTH);
        journal.writeSnapshot(LENGTH); // 2/12 to 2/14
        retain();
        assertTrue(store.bytes() <= 20L * DOCUMENT_LENGTH);
        assertTrue(store.bytes() > 19L * DOCUMENT_LENGTH, "and no more than that");
        journal.write(40, LENGTH);
        retain();
        assertEquals(List.of(2L), store.incarnations());
        try (TailLog log = new TailLog(journal)) {
            assertEquals(Phase.TRUNCATED, log.seek(1, 51).run(), "the OPEN is gone too");
            assertEquals(Phase.TRUNCATED, log.seek(2, 10).run());
            assertEquals(Phase.READY, log.seek(2, 11).run());
            assertEquals(range(2, 12, 54), log.delivered);
            assertEquals(Phase.READY, log.seekSnapshot().run());
            assertEquals(range(2, 12, 54), log.delivered);
        }
    }

    private void retain() {
        journal.nowMs += 10_000;
        journal.janitor.step();
    }
}
