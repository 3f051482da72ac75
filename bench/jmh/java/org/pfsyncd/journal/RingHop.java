package org.pfsyncd.journal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.pfsyncd.metrics.Counters;

/** The ring between sync agent and journal agent, with the publisher at one end of it. */
public final class RingHop implements AutoCloseable {
    private static final int RING_BYTES = 1 << 20;
    private static final long NOW_MS = 1_795_333_922_000L;

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final JournalRing journalRing = JournalRing.inMemory(RING_BYTES);
    private final OneToOneRingBuffer ring = journalRing.ring();
    private final JournalPublisher publisher =
            new JournalPublisher(journalRing, Counters.inMemory().node());
    private final Cause cause = new Cause();
    private final Document document = new Document();
    private final MessageHandler handler =
            (type, buffer, index, length) ->
                    journalRing.appended(document.wrap(buffer, index).sequence());
    private Thread reader;

    public RingHop() {
        publisher.startIncarnation(1);
    }

    /** Puts a document into the ring; returns its sequence. */
    public long publish(UnsafeBuffer payload, int length) {
        cause.ofNode(Document.KIND_BATCH, NOW_MS, 1);
        return publisher.publish(cause, payload, 0, length);
    }

    /** Reads what is there; returns documents. */
    public int drain() {
        return ring.read(handler);
    }

    /** From now on another thread reads, and spins while there is nothing. */
    public void startReader() {
        reader = new Thread(this::read, "bench-ring-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        while (!isOver.get()) {
            if (ring.read(handler) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** Spins until the reader has had the document. */
    public void await(long sequence) {
        while (journalRing.appended() < sequence) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        isOver.set(true);
        try {
            if (reader != null) {
                reader.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        journalRing.close();
    }
}
