package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;

/** An error that stays must not make a loop of new incarnations. */
class JournalRetryTest {
    @TempDir Path root;
    private JournalFixture journal;
    private long incarnation = 1;

    @BeforeEach
    void start() throws IOException {
        journal = new JournalFixture(root).start();
        journal.drain();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void shouldAskForANewIncarnationOnlyAfterThePause() throws IOException {
        failOpen();
        journal.nowMs += JournalAgent.RETRY_PAUSE_MS - 1;
        journal.agent.doWork();
        assertFalse(journal.agent.wantsIncarnation());
        assertEquals(1, journal.counters.get(NodeCounter.JOURNAL_STOPPED));
        journal.nowMs++;
        journal.agent.doWork();
        assertTrue(journal.agent.wantsIncarnation());
        assertEquals(1, journal.counters.get(NodeCounter.JOURNAL_RETRIES));
    }

    @Test
    void shouldDoubleThePauseUpToTheLimit() throws IOException {
        long expectedMs = JournalAgent.RETRY_PAUSE_MS;
        for (int error = 0; error < 10; error++) {
            failOpen();
            assertEquals(expectedMs, pauseMs(), "after error " + (error + 1));
            expectedMs = Math.min(JournalAgent.RETRY_PAUSE_MAX_MS, 2 * expectedMs);
        }
        assertEquals(JournalAgent.RETRY_PAUSE_MAX_MS, expectedMs);
        assertEquals(10, journal.counters.get(NodeCounter.JOURNAL_ERRORS));
    }

    @Test
    void shouldPauseShortlyAgainAfterASoundIncarnation() throws IOException {
        failOpen();
        pauseMs();
        failOpen();
        assertEquals(2 * JournalAgent.RETRY_PAUSE_MS, pauseMs());
        begin();
        assertEquals(0, journal.counters.get(NodeCounter.JOURNAL_STOPPED));
        journal.nowMs += JournalAgent.RETRY_PAUSE_MAX_MS;
        failOpen();
        assertEquals(4 * JournalAgent.RETRY_PAUSE_MS, pauseMs(), "not yet proven sound");
        begin();
        journal.nowMs += JournalAgent.RETRY_PAUSE_MAX_MS + 1;
        failOpen();
        assertEquals(JournalAgent.RETRY_PAUSE_MS, pauseMs());
    }

    @Test
    void shouldPrepareNoSpaceWhereNothingIsWritten() throws IOException {
        failOpen();
        assertNull(journal.journal.space().directory());
    }

    /** A file stands where the directory of the next incarnation should be. */
    private void failOpen() throws IOException {
        Files.createFile(journal.directory().path(incarnation + 1));
        begin();
        assertEquals(1, journal.counters.get(NodeCounter.JOURNAL_STOPPED));
    }

    /** As the sync agent: the next incarnation's OPEN. */
    private void begin() {
        incarnation++;
        journal.publisher.startIncarnation(incarnation);
        journal.agent.onIncarnationPublished();
        journal.open(new OpenPayload(incarnation - 1, 1, 1, 0, 0, ClockShift.NONE, true));
        journal.drain();
    }

    /** Steps the clock until the agent asks. */
    private long pauseMs() {
        long fromMs = journal.nowMs;
        while (!journal.agent.wantsIncarnation()) {
            journal.nowMs++;
            journal.agent.doWork();
            assertTrue(journal.nowMs - fromMs <= 60_000, "never asks again");
        }
        return journal.nowMs - fromMs;
    }
}
