package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.journal.TailLog.join;
import static org.pfsyncd.journal.TailLog.range;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.journal.JournalTail.Phase;
import org.pfsyncd.wire.ClockShift;

/** Where a tail begins and how it goes on beside a living writer, over cycles and restarts. */
@Tag("system")
class JournalTailTest {
    private static final int LENGTH = 100;
    private static final long CYCLE_MS = 300_000;

    @TempDir Path root;
    private JournalFixture journal;
    private TailLog log;

    @BeforeEach
    void start() throws IOException {
        journal = new JournalFixture(root).start();
        log = new TailLog(journal);
    }

    @AfterEach
    void close() {
        log.close();
        journal.kill();
    }

    /** The next process; a tail lives no longer than its process. */
    private void restart() throws IOException {
        log.close();
        journal.kill();
        long nowMs = journal.nowMs;
        journal = new JournalFixture(root);
        journal.nowMs = nowMs;
        journal.start();
        log = new TailLog(journal);
    }

    /** A new incarnation in the same process. */
    private void begin(long incarnation, OpenPayload open) {
        journal.publisher.startIncarnation(incarnation);
        journal.agent.onIncarnationPublished();
        journal.open(open);
        journal.drain();
    }

    @Test
    void shouldDeliverWhatIsWrittenWhileItFollows() {
        assertEquals(Phase.IDLE, log.tail.phase());
        log.seek(1, 0);
        assertEquals(Phase.SEEKING, log.run(), "nothing is appended yet");
        for (int i = 0; i < 20; i++) {
            journal.write(10, LENGTH);
            assertEquals(Phase.READY, log.run());
            assertEquals(range(1, 1, 1 + 10L * (i + 1)), log.delivered);
        }
        assertEquals(1, log.tail.incarnation());
        assertEquals(201, log.tail.sequence());
        assertEquals(List.of(), log.passed);
    }

    @Test
    void shouldFollowFromCycleToCycle() {
        log.seek(1, 0);
        for (int i = 0; i < 5; i++) {
            journal.write(3, LENGTH);
            log.run();
            assertEquals(range(1, 1, 1 + 3L * (i + 1)), log.delivered);
            journal.nowMs += (i + 1) * CYCLE_MS;
            log.run();
        }
    }

    @Test
    void shouldBeginWithASnapshotInTheTimeThatIsRightNow() {
        journal.writeSnapshot(LENGTH);
        journal.write(5, LENGTH);
        journal.journal.store().rebased(2);
        begin(2, new OpenPayload(1, 9, 9, 0, 0, ClockShift.whole(-3_600_000), true));
        log.seek(1, 7);
        assertEquals(Phase.SEEKING, log.run(), "the snapshot that is there is of another time");
        journal.writeSnapshot(LENGTH);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(2, 2, 4), log.delivered);
        log.seek(2, 1);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(2, 2, 4), log.delivered);
    }

    @Test
    void shouldPassOverWhatThePeerKnows() {
        journal.write(30, LENGTH);
        log.seek(1, 20);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 1, 20), log.passed);
        assertEquals(range(1, 21, 31), log.delivered);
        log.seek(1, 31);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 1, 31), log.passed);
        assertEquals(List.of(), log.delivered);
        journal.write(1, LENGTH);
        log.run();
        assertEquals(range(1, 32, 32), log.delivered);
    }

    @Test
    void shouldLookAtNoMoreThanTheLimit() {
        journal.write(30, LENGTH);
        log.seek(1, 20);
        log.tail.work(0);
        assertEquals(List.of(), log.passed);
        for (int i = 0; i < 10; i++) {
            int before = log.passed.size();
            int looked = log.tail.work(4);
            assertTrue(log.passed.size() - before <= 4);
            assertTrue(looked <= 4);
        }
        assertEquals(range(1, 1, 20), log.passed);
        assertEquals(Phase.READY, log.tail.phase());
    }

    @Test
    void shouldStartSeekingAtTheLastSnapshotBeforeThePosition() {
        journal.write(9, LENGTH);
        journal.writeSnapshot(LENGTH); // 11 to 13
        journal.write(7, LENGTH);
        journal.writeSnapshot(LENGTH); // 21 to 23
        journal.write(5, LENGTH);
        for (long sequence = 10; sequence <= 19; sequence++) {
            log.seek(1, sequence);
            assertEquals(Phase.READY, log.run());
            assertEquals(range(1, 11, sequence), log.passed);
            assertEquals(range(1, sequence + 1, 28), log.delivered);
        }
        log.seek(1, 9);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 1, 9), log.passed, "no snapshot before it");
        log.seek(1, 20);
        log.run();
        assertEquals(List.of(), log.passed, "the next document brings the names");
        assertEquals(range(1, 21, 28), log.delivered);
    }

    @Test
    void shouldWaitForAPositionThatIsStillInTheRing() {
        journal.write(5, LENGTH);
        journal.publishBatches(5, LENGTH);
        log.seek(1, 9);
        assertEquals(Phase.SEEKING, log.run());
        assertEquals(range(1, 1, 6), log.passed);
        journal.drain();
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 1, 9), log.passed);
        assertEquals(range(1, 10, 11), log.delivered);
    }

    @Test
    void shouldGoOnInTheNextProcessWithWhatWasCarriedOver() throws IOException {
        journal.write(5, LENGTH);
        journal.publishBatches(4, LENGTH);
        restart();
        assertEquals(4, journal.carriedOver);
        log.seek(1, 3);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 4, 10), log.delivered, "the OPEN is still in the ring");
        journal.write(2, LENGTH);
        log.run();
        assertEquals(join(range(1, 4, 10), range(2, 1, 3)), log.delivered);
        log.seek(1, 8);
        log.run();
        assertEquals(range(1, 1, 8), log.passed);
        assertEquals(join(range(1, 9, 10), range(2, 1, 3)), log.delivered);
        log.seek(2, 2);
        log.run();
        assertEquals(range(2, 1, 2), log.passed, "names of the older incarnation are no use");
        assertEquals(range(2, 3, 3), log.delivered);
        assertFalse(log.tail.wasAhead());
    }

    @Test
    void shouldFindANewIncarnationOfTheSameProcess() {
        journal.write(5, LENGTH);
        log.seek(1, 6);
        log.run();
        begin(2, new OpenPayload(1, 6, 6, 0, 0, ClockShift.NONE, true));
        journal.write(3, LENGTH);
        assertEquals(Phase.READY, log.run());
        assertEquals(range(2, 1, 4), log.delivered);
    }

    @Test
    void shouldTruncateAtAHole() {
        journal.write(5, LENGTH);
        journal.writeSnapshot(LENGTH); // 7 to 9
        log.seek(1, 6);
        begin(2, new OpenPayload(1, 12, 9, 0, 0, ClockShift.NONE, true));
        journal.write(3, LENGTH);
        assertEquals(Phase.TRUNCATED, log.run());
        assertEquals(range(1, 7, 9), log.delivered);
        assertEquals(9, log.tail.sequence());

        log.seekSnapshot();
        assertEquals(Phase.SEEKING, log.run(), "the old snapshot leads to the same hole");
        journal.writeSnapshot(LENGTH); // 5 to 7
        assertEquals(Phase.READY, log.run());
        assertEquals(range(2, 5, 7), log.delivered);
    }

    @Test
    void shouldTruncateWhenARingWasFull() {
        journal.write(5, LENGTH);
        log.seek(1, 0);
        begin(2, new OpenPayload(1, 7, 6, 0, 0, ClockShift.NONE, true));
        assertEquals(Phase.TRUNCATED, log.run());
        assertEquals(range(1, 1, 6), log.delivered);
    }

    @Test
    void shouldGoOnWhenThePeerHasMoreThanAPowerCutLeft() {
        journal.write(5, LENGTH);
        begin(2, new OpenPayload(1, 6, 6, 0, 0, ClockShift.NONE, false));
        journal.write(1, LENGTH);
        log.seek(1, 9);
        assertEquals(Phase.READY, log.run());
        assertTrue(log.tail.wasAhead());
        assertEquals(range(2, 1, 2), log.delivered);
        log.seek(1, 6);
        log.run();
        assertFalse(log.tail.wasAhead());
        assertEquals(range(2, 1, 2), log.delivered);
        log.seek(1, 4);
        log.run();
        assertFalse(log.tail.wasAhead());
        assertEquals(join(range(1, 5, 6), range(2, 1, 2)), log.delivered);
    }

    @Test
    void shouldTruncateAPositionThatNobodyEverWrote() {
        journal.write(5, LENGTH);
        assertEquals(Phase.TRUNCATED, log.seek(7, 3).run());
        begin(3, new OpenPayload(1, 6, 6, 0, 0, ClockShift.NONE, true));
        assertEquals(Phase.TRUNCATED, log.seek(2, 3).run(), "the OPEN speaks of another");
    }

    @Test
    void shouldWaitForTheFirstSnapshotAndTakeTheNewest() {
        journal.write(5, LENGTH);
        log.seek(0, 0);
        assertEquals(Phase.SEEKING, log.run());
        journal.publish(Document.KIND_SNAPSHOT_BEGIN, LENGTH);
        journal.write(2, LENGTH);
        assertEquals(Phase.SEEKING, log.run(), "it is not complete");
        journal.publish(Document.KIND_SNAPSHOT_END, 16);
        journal.drain();
        assertEquals(Phase.READY, log.run());
        assertEquals(range(1, 7, 10), log.delivered);
        journal.writeSnapshot(LENGTH);
        log.seekSnapshot();
        log.tail.work(1);
        assertEquals(Phase.READY, log.tail.phase());
        assertEquals(10, log.tail.sequence(), "it stands before the snapshot");
        log.run();
        assertEquals(range(1, 11, 13), log.delivered);
    }

    @Test
    void shouldTakeTheSnapshotOfAnOlderIncarnationAndGoOn() throws IOException {
        journal.write(5, LENGTH);
        journal.writeSnapshot(LENGTH); // 7 to 9
        restart();
        journal.write(2, LENGTH);
        log.seekSnapshot();
        assertEquals(Phase.READY, log.run());
        assertEquals(join(range(1, 7, 9), range(2, 1, 3)), log.delivered);
    }
}
