package org.pfsyncd.journal;

import org.agrona.concurrent.UnsafeBuffer;

/** The queue of one incarnation as its reader sees it. Owned by the reading thread. */
interface QueueSource extends AutoCloseable {
    /** Moves to the document with this index; false if it is not there. */
    boolean seek(long index);

    /** Moves to the first document that is there. */
    void rewind();

    /**
     * The next document's bytes in {@link #view}, valid until the next call. False at the end,
     * proven or not, and at damage.
     */
    boolean next();

    UnsafeBuffer view();

    /** What made {@link #next} stop, or null. */
    String damage();

    @Override
    void close();
}
