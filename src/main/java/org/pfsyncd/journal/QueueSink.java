package org.pfsyncd.journal;

import org.agrona.DirectBuffer;

/** The queue of one incarnation as its one writer sees it. Owned by the journal agent. */
interface QueueSink extends AutoCloseable {
    /**
     * Whether a document of this length and time may be appended now without a store to space that
     * is not allocated; if not, that space is asked for.
     */
    boolean hasRoom(long timeMs, int length);

    /**
     * Appends a whole document and returns its index in the queue. The buffer must not lie on the
     * heap.
     */
    long append(DirectBuffer document, int offset, int length, long timeMs);

    /** The cycle a document of this time belongs to. */
    int cycle(long timeMs);

    @Override
    void close();
}
