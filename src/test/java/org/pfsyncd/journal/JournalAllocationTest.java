package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.Await;

/**
 * The path of a document from the sync agent to the queue allocates nothing once warm. What a new
 * mapped block costs, once in thousands of documents, falls into other windows than the quietest.
 */
@Tag("system")
class JournalAllocationTest {
    private static final int STEPS = 2_000;
    private static final int LENGTH = 120;

    @TempDir Path root;

    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[LENGTH]);
    private final Cause cause = new Cause();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private JournalFixture journal;
    private Thread janitor;
    private Object escaped;

    @BeforeEach
    void start() throws IOException {
        journal = new JournalFixture(root).start();
        janitor = new Thread(this::clean, "janitor");
        janitor.start();
    }

    /** As in the daemon, on a thread of its own, whose allocations are not counted. */
    private void clean() {
        while (!isOver.get()) {
            journal.janitor.step();
            Await.pause(1_000_000);
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        isOver.set(true);
        janitor.join();
        journal.kill();
    }

    @Test
    void shouldAllocateNothingForAPublish() {
        Allocation.assertNoneInSteadyState(
                STEPS,
                () -> {
                    publish();
                    while (journal.ring.ring().size() > 0) { // two reads where it wraps
                        journal.ring.ring().read((type, buffer, index, length) -> {});
                    }
                });
        assertTrue(journal.publisher.sequence() >= STEPS, "published");
        assertEquals(0, journal.counters.get(NodeCounter.JOURNAL_RING_FULL));
    }

    @Test
    void shouldAllocateNothingForAnAppend() {
        drain();
        Allocation.assertNoneInSteadyState(STEPS, this::publishAndAppend);
        assertTrue(journal.counters.get(NodeCounter.JOURNAL_APPENDED) >= STEPS, "appended");
    }

    @Test
    void shouldSeeWhatIsAllocated() {
        drain();
        long bytes =
                Allocation.quietestWindowBytes(
                        () -> {
                            escaped = new byte[64];
                            publishAndAppend();
                        },
                        STEPS);
        assertTrue(bytes >= STEPS * 64L, "the negative control sees " + bytes + " bytes");
        assertTrue(escaped != null);
    }

    private void publish() {
        cause.ofNode(Document.KIND_BATCH, journal.nowMs, 1);
        journal.publisher.publish(cause, payload, 0, LENGTH);
    }

    private void publishAndAppend() {
        publish();
        drain();
    }

    private void drain() {
        while (journal.ring.ring().size() > 0) {
            journal.agent.doWork();
        }
    }
}
