package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.support.Await;
import org.pfsyncd.wire.ClockShift;
import org.slf4j.helpers.NOPLogger;

/**
 * A journal's parts for micro benchmarks: publisher, ring and agent are stepped by the caller, the
 * janitor has a thread as in the daemon. The clock stands still, so nothing rolls.
 */
public final class JournalParts implements AutoCloseable {
    private static final int BLOCK_BYTES = 64 << 20;
    private static final int RING_BYTES = 1 << 20;
    private static final long NOW_MS = 1_795_333_922_000L;
    private static final long JANITOR_PAUSE_NS = 1_000_000;

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final Cause cause = new Cause();
    private final Journal journal;
    private final JournalRing ring;
    private final JournalPublisher publisher;
    private final JournalAgent agent;
    private final Janitor janitor;
    private final Thread janitorThread;

    /**
     * @param root an empty directory.
     */
    public JournalParts(Path root) throws IOException {
        CounterSet<NodeCounter> counters = Counters.inMemory().node();
        EventLog log = new EventLog(NOPLogger.NOP_LOGGER, counters, 8, 0);
        journal = new Journal(new JournalSettings(root, 5, BLOCK_BYTES, 0, 0, 0, 0));
        ring = JournalRing.inMemory(RING_BYTES);
        agent = new JournalAgent(journal, ring, counters, log, () -> NOW_MS);
        janitor = new Janitor(journal, agent, log, () -> NOW_MS);
        new Recovery(journal).begin(1, null, agent, janitor, NOW_MS);
        publisher = new JournalPublisher(ring, counters);
        publisher.startIncarnation(1);
        janitorThread = new Thread(this::clean, "bench-janitor");
        janitorThread.setDaemon(true);
        janitorThread.start();
        UnsafeBuffer payload = new UnsafeBuffer(new byte[OpenPayload.LENGTH]);
        int length = new OpenPayload(0, 0, 0, 0, 0, ClockShift.NONE, false).encode(payload, 0);
        publisher.publish(cause.ofNode(Document.KIND_OPEN, NOW_MS, 0), payload, 0, length);
        append();
    }

    private void clean() {
        while (!isOver.get()) {
            if (janitor.step() == 0) {
                Await.pause(JANITOR_PAUSE_NS);
            }
        }
    }

    /** Puts a document into the ring. */
    public boolean publish(UnsafeBuffer payload, int length) {
        cause.ofNode(Document.KIND_BATCH, NOW_MS, 1);
        return publisher.publish(cause, payload, 0, length) != JournalPublisher.REFUSED;
    }

    /** Appends what is in the ring to the queue; waits for space as often as the agent would. */
    public void append() {
        while (ring.ring().size() > 0) {
            if (agent.doWork() == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** A tail at the first document; null if it does not get there. */
    public JournalTail tail() {
        JournalTail tail = new JournalTail(journal.store(), document -> {});
        rewind(tail);
        return tail;
    }

    /** Back to the first document behind the OPEN. */
    public static void rewind(JournalTail tail) {
        tail.seek(1, 1);
        tail.work(64);
        if (tail.phase() != JournalTail.Phase.READY) {
            throw new IllegalStateException("the tail is " + tail.phase());
        }
    }

    @Override
    public void close() {
        isOver.set(true);
        try {
            janitorThread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        agent.abandon();
        ring.close();
    }
}
