package org.pfsyncd.journal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;

/**
 * Numbers documents and puts them into the ring; from then on they survive the process. Owned by
 * the sync agent; never blocks, allocates nothing.
 */
public final class JournalPublisher {
    /** Returned when the ring has no room: the journal is stalled. */
    public static final long REFUSED = -1;

    private final JournalRing journalRing;
    private final OneToOneRingBuffer ring;
    private final CounterSet<NodeCounter> counters;
    private long incarnation;
    private long sequence;

    public JournalPublisher(JournalRing journalRing, CounterSet<NodeCounter> counters) {
        this.journalRing = journalRing;
        this.ring = journalRing.ring();
        this.counters = counters;
    }

    /**
     * From now on documents belong to this incarnation and are numbered from 1; the first must be
     * an OPEN.
     */
    public void startIncarnation(long number) {
        incarnation = number;
        sequence = 0;
        journalRing.incarnation(number);
        counters.set(NodeCounter.JOURNAL_INCARNATION, number);
        counters.set(NodeCounter.JOURNAL_SEQUENCE, 0);
    }

    public long incarnation() {
        return incarnation;
    }

    /** Sequence of the newest document. */
    public long sequence() {
        return sequence;
    }

    /** Share of the ring in use, 0 to 1. */
    public double fill() {
        return (double) ring.size() / ring.capacity();
    }

    /** Returns the document's sequence, or {@link #REFUSED}. */
    public long publish(Cause cause, DirectBuffer payload, int offset, int length) {
        int total = Document.HEADER_LENGTH + length;
        int index = ring.tryClaim(JournalRing.DOCUMENT_TYPE, total);
        if (index < 0) {
            counters.increment(NodeCounter.JOURNAL_RING_FULL);
            return REFUSED;
        }
        AtomicBuffer buffer = ring.buffer();
        Document.encode(buffer, index, cause, total);
        Document.number(buffer, index, incarnation, sequence + 1);
        buffer.putBytes(index + Document.HEADER_LENGTH, payload, offset, length);
        ring.commit(index);
        sequence++;
        journalRing.published(sequence);
        counters.set(NodeCounter.JOURNAL_SEQUENCE, sequence);
        return sequence;
    }
}
