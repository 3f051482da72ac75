package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.Await;
import org.pfsyncd.wire.ClockShift;

/** A tail beside a writer on another thread, and what a document costs it. */
@Tag("system")
class JournalTailLiveTest {
    private static final int LENGTH = 120;
    private static final int WINDOW = 1_000;
    private static final int WINDOWS = 50;

    @TempDir Path root;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private JournalFixture journal;
    private Thread writer;
    private long delivered;
    private long incarnation;
    private long sequence;
    private Object escaped;

    @BeforeEach
    void start() throws IOException {
        journal = new JournalFixture(root).start();
    }

    @AfterEach
    void close() throws InterruptedException {
        isOver.set(true);
        if (writer != null) {
            writer.join();
        }
        journal.kill();
    }

    private void write() {
        for (int i = 0; i < 300 && !isOver.get(); i++) {
            journal.publishBatches(100, LENGTH);
            journal.drain();
            if (i % 10 == 9) {
                journal.nowMs += 300_000;
            }
            if (i % 30 == 29) {
                begin();
            }
        }
    }

    /** A new incarnation behind the last document. */
    private void begin() {
        long previous = journal.publisher.incarnation();
        long sequence = journal.publisher.sequence();
        journal.publisher.startIncarnation(previous + 1);
        journal.open(new OpenPayload(previous, sequence, sequence, 0, 0, ClockShift.NONE, true));
        journal.drain();
    }

    @Test
    void shouldDeliverEveryDocumentOfALivingWriterInOrder() {
        writer = new Thread(this::write, "writer");
        writer.start();
        try (JournalTail tail = new JournalTail(journal.journal.store(), document -> {})) {
            tail.seek(1, 0);
            boolean isDone = Await.until(60_000, () -> follow(tail) == 30_000 + 11);
            assertTrue(isDone, () -> tail.phase() + " at " + delivered);
        }
    }

    private long follow(JournalTail tail) {
        tail.work(64);
        while (tail.next()) {
            Document document = tail.document();
            boolean isNew = document.incarnation() == incarnation + 1;
            assertEquals(isNew ? 1 : sequence + 1, document.sequence());
            incarnation += isNew ? 1 : 0;
            assertEquals(incarnation, document.incarnation());
            sequence = document.sequence();
            delivered++;
        }
        return delivered;
    }

    @Test
    void shouldAllocateNothingForADocument() {
        fill();
        try (JournalTail tail = new JournalTail(journal.journal.store(), document -> {})) {
            tail.seek(1, 1);
            tail.work(10);
            Allocation.assertNoneInSteadyState(WINDOW, () -> assertTrue(tail.next()));
        }
    }

    @Test
    void shouldAllocateNothingWhileNothingIsNew() {
        journal.drain();
        try (JournalTail tail = new JournalTail(journal.journal.store(), document -> {})) {
            tail.seek(1, 1);
            tail.work(10);
            Allocation.assertNoneInSteadyState(WINDOW, () -> poll(tail));
            tail.seekSnapshot();
            Allocation.assertNoneInSteadyState(WINDOW, () -> poll(tail));
        }
    }

    private static void poll(JournalTail tail) {
        tail.work(10);
        assertEquals(false, tail.next());
    }

    @Test
    void shouldSeeWhatIsAllocated() {
        fill();
        try (JournalTail tail = new JournalTail(journal.journal.store(), document -> {})) {
            tail.seek(1, 1);
            tail.work(10);
            long bytes =
                    Allocation.quietestWindowBytes(
                            () -> {
                                escaped = new byte[64];
                                assertTrue(tail.next());
                            },
                            WINDOW);
            assertTrue(bytes >= WINDOW * 64L, "the negative control sees " + bytes + " bytes");
            assertTrue(escaped != null);
        }
    }

    private void fill() {
        for (int i = 0; i <= WINDOWS; i++) {
            journal.publishBatches(WINDOW, LENGTH);
            journal.drain();
        }
    }
}
