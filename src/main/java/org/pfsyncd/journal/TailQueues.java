package org.pfsyncd.journal;

import java.io.IOException;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The queues of the incarnations as one, oldest first, read beside the writer: goes from one to the
 * next when the next holds a document. Owned by the tail's thread.
 *
 * <p>Assumptions: 1. the writer closes a queue before it appends to the next one; 2. it counts
 * {@link JournalStore#changes} up after the first append to a queue. Guarantee: a queue is left
 * only when everything in it was read.
 */
final class TailQueues implements AutoCloseable {
    /** The next document is in {@link #document}. */
    static final int SOUND = 1;

    /** The writer has nothing new. */
    static final int NOTHING = 0;

    /** Something that is no document was passed over, in an incarnation that has ended. */
    static final int PASSED_OVER = -1;

    /** What should be read next cannot be. */
    static final int DAMAGED = -2;

    private static final long UNSEEN = -1;

    private final JournalStore store;
    private final DocumentCheck check = new DocumentCheck();
    private final Document document = new Document();
    private QueueSource queue;
    private String where = "";
    private long number;
    private long later;
    private long seenChanges;

    TailQueues(JournalStore store) {
        this.store = store;
    }

    /**
     * Opens the first queue of this or a later incarnation; false if none holds documents yet. One
     * that cannot be opened counts as opened: {@link #next} tells.
     */
    boolean openFrom(long incarnation) {
        close();
        number = incarnation - 1;
        later = 0;
        seenChanges = UNSEEN;
        return lookForLater() && openLater();
    }

    /** The incarnation whose queue is open. */
    long number() {
        return number;
    }

    /** The next document, of {@link #SOUND}; valid until the next call. */
    Document document() {
        return document;
    }

    /** Moves the open queue to its first document. */
    void rewind() {
        if (queue != null) {
            queue.rewind();
        }
    }

    /** Moves the open queue to the document at a hint's index; true if it is the wanted one. */
    boolean moveTo(SnapshotHints.Hint hint) {
        return queue != null
                && queue.seek(hint.beginIndex())
                && queue.next()
                && isSound(queue.view())
                && document.kind() == Document.KIND_SNAPSHOT_BEGIN
                && document.incarnation() == hint.incarnation()
                && document.sequence() == hint.beginSequence();
    }

    /** Reads one document; returns {@link #SOUND} or why there is none. */
    int next() {
        if (queue != null && queue.next()) {
            return judge();
        }
        if (!lookForLater()) {
            return isBroken() && !isLaterBegun() ? DAMAGED : NOTHING;
        }
        // Whatever the older one still took, it took before the later one began.
        if (queue != null && queue.next()) {
            return judge();
        }
        openLater();
        return PASSED_OVER;
    }

    private int judge() {
        if (isSound(queue.view())) {
            return SOUND;
        }
        return lookForLater() || isLaterBegun() ? PASSED_OVER : DAMAGED;
    }

    private boolean isBroken() {
        return queue == null || queue.damage() != null;
    }

    private boolean isSound(UnsafeBuffer bytes) {
        try {
            document.wrap(bytes, 0);
            return check.damage(bytes, 0, bytes.capacity(), where) == null;
        } catch (IOException | InternalError e) {
            // A newer program wrote it, or the file was cut below it.
            return false;
        }
    }

    /** Whether a later queue holds documents; asks the store only when something changed. */
    private boolean lookForLater() {
        long changes = store.changes();
        if (later != 0 || changes == seenChanges) {
            return later != 0;
        }
        seenChanges = changes;
        try {
            for (long known : store.incarnations()) {
                if (known > number && store.isPresent(known)) {
                    later = known;
                    return true;
                }
            }
        } catch (IOException e) {
            seenChanges = UNSEEN;
        }
        return false;
    }

    /** Whether a later incarnation has a queue, if only an empty one so far. */
    boolean isLaterBegun() {
        try {
            return store.incarnations().stream().anyMatch(known -> known > number);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean openLater() {
        close();
        number = later;
        later = 0;
        seenChanges = UNSEEN;
        where = store.where(number);
        try {
            queue = store.open(number);
        } catch (Exception | InternalError e) {
            // Retention or damage; the queue stays null.
            queue = null;
        }
        return true;
    }

    @Override
    public void close() {
        if (queue != null) {
            queue.close();
            queue = null;
        }
    }
}
