package org.pfsyncd.journal;

import java.io.IOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where documents lie, one queue an incarnation, as a reader sees it: {@link JournalDirectory} on
 * disk, {@link MemoryStore} in a simulation. Any thread; what {@link #open} returns belongs to one.
 */
public abstract class JournalStore {
    private final AtomicLong changes = new AtomicLong();
    private volatile long rebasedIncarnation;

    JournalStore() {}

    /** A document that was found outside the order of its queue. */
    interface Found {
        /** A copy of its bytes. */
        UnsafeBuffer read() throws IOException;
    }

    /** Looks for documents behind damage. Owned by one thread. */
    interface Search {
        /**
         * Adds the documents of an incarnation with sequences in the range, both ends included,
         * that lie in the queue of the incarnation {@code place}.
         */
        void find(
                long place,
                long incarnation,
                long fromSequence,
                long toSequence,
                NavigableMap<Long, Found> found)
                throws IOException;
    }

    /** Numbers of the incarnations that have a queue, if only an empty one; oldest first. */
    public abstract List<Long> incarnations() throws IOException;

    /** Whether the queue of an incarnation ever took a document. */
    abstract boolean isPresent(long incarnation);

    /** What reports call the queue of an incarnation. */
    abstract String where(long incarnation);

    /** The complete snapshots of an incarnation, oldest first; hints only. */
    abstract List<SnapshotHints.Hint> snapshots(long incarnation);

    /**
     * Opens a queue at its first document, to read beside a living writer or after its death. A
     * damaged one may throw what the library throws.
     */
    abstract QueueSource open(long incarnation);

    abstract Search search();

    /** A number that no incarnation ever had; creates nothing. */
    public final long nextIncarnation() throws IOException {
        List<Long> known = incarnations();
        return known.isEmpty() ? 1 : known.get(known.size() - 1) + 1;
    }

    /**
     * Counts incarnations that got their first document and snapshots that became complete, through
     * this object: whoever reads beside the writer looks again only when it has changed.
     */
    final long changes() {
        return changes.get();
    }

    /**
     * By the writer: an incarnation begins in which all times have moved, because the clock was
     * set; what lies before it is written in the time of a clock that was wrong.
     */
    public final void rebased(long incarnation) {
        rebasedIncarnation = Math.max(rebasedIncarnation, incarnation);
    }

    /** The newest incarnation whose OPEN moved all times, as far as is known; 0 for none. */
    final long rebasedIncarnation() {
        return rebasedIncarnation;
    }

    /** By the writer, after what it tells of is done. */
    final void changed() {
        changes.incrementAndGet();
    }
}
