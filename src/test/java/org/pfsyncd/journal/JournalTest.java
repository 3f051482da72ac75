package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;

class JournalTest {
    @TempDir Path root;

    @Test
    void shouldReadBackEveryDocumentInOrder() throws IOException {
        try (JournalFixture journal = new JournalFixture(root).start()) {
            journal.publishBatches(5_000, 300);
            journal.drain();
            try (JournalReader reader = journal.reader()) {
                assertEquals(5_001, count(reader, 1));
                assertTrue(reader.losses().isEmpty(), () -> reader.losses().toString());
                assertTrue(reader.isEndProven());
            }
            assertEquals(5_001, journal.counters.get(NodeCounter.JOURNAL_APPENDED));
        }
    }

    @Test
    void shouldFindInTheRingWhatWasNotAppended() throws IOException {
        JournalFixture journal = new JournalFixture(root).start();
        journal.publishBatches(100, 300);
        journal.drain();
        journal.publishBatches(50, 300);
        journal.kill();
        try (JournalReader reader = journal.reader()) {
            assertEquals(151, count(reader, 1));
            assertTrue(reader.isEndProven());
        }
    }

    @Test
    void shouldCarryRingDocumentsOverAndDropThemWhenReadTwice() throws IOException {
        JournalFixture journal = new JournalFixture(root).start();
        journal.publishBatches(10, 300);
        journal.drain();
        journal.publishBatches(7, 300);
        journal.kill();
        try (JournalFixture next = new JournalFixture(root).start()) {
            assertEquals(7, next.carriedOver);
            next.publishBatches(3, 300);
            next.drain();
            try (JournalReader reader = next.reader()) {
                assertEquals(18 + 4, count(reader, 1));
                assertEquals(2, reader.incarnation());
                assertEquals(4, reader.sequence());
                assertTrue(reader.losses().isEmpty(), () -> reader.losses().toString());
            }
        }
    }

    @Test
    void shouldContinueInANewIncarnationAfterSpaceReturns() throws IOException {
        try (JournalFixture journal = new JournalFixture(root).start()) {
            journal.publishBatches(10, 300);
            journal.drain();
            journal.journal.space().level(true, false);
            journal.agent.doWork();
            journal.publishBatches(5, 300);
            journal.agent.doWork();
            assertEquals(1, journal.counters.get(NodeCounter.JOURNAL_STOPPED));
            assertEquals(5, journal.counters.get(NodeCounter.JOURNAL_UNRECORDED));
            assertFalse(journal.agent.wantsIncarnation(), "no space yet");

            journal.journal.space().level(false, true);
            journal.agent.doWork();
            assertTrue(journal.agent.wantsIncarnation());
            journal.publisher.startIncarnation(2);
            journal.agent.onIncarnationPublished();
            journal.open(new OpenPayload(1, 16, 11, 0, 0, ClockShift.NONE, true));
            journal.publishBatches(4, 300);
            journal.drain();
            assertEquals(0, journal.counters.get(NodeCounter.JOURNAL_STOPPED));
            try (JournalReader reader = journal.reader()) {
                assertEquals(11 + 5, count(reader, 1));
                assertTrue(reader.losses().isEmpty(), "the OPEN itself tells of the hole");
            }
        }
    }

    @Test
    void shouldBeginNothingOnDiskBelowTheReserve() throws IOException {
        try (JournalFixture journal = new JournalFixture(root).start()) {
            journal.drain();
            journal.journal.space().level(true, false);
            journal.publisher.startIncarnation(2);
            journal.open(new OpenPayload(1, 1, 1, 0, 0, ClockShift.NONE, true));
            journal.publishBatches(1, 300);
            journal.agent.doWork();
            assertEquals(List.of(1L), journal.directory().incarnations());
            assertEquals(2, journal.counters.get(NodeCounter.JOURNAL_UNRECORDED));
            assertEquals(0, journal.counters.get(NodeCounter.JOURNAL_APPENDED), "of the new one");
        }
    }

    /** Documents read, each sequence checked to follow the one before. */
    private static long count(JournalReader reader, long firstSequence) throws IOException {
        reader.startAtOldest();
        long count = 0;
        long incarnation = 0;
        long sequence = firstSequence - 1;
        while (reader.next()) {
            if (reader.document().incarnation() != incarnation) {
                incarnation = reader.document().incarnation();
                sequence = 0;
            }
            assertEquals(sequence + 1, reader.document().sequence());
            sequence++;
            count++;
        }
        return count;
    }
}
