package org.pfsyncd.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Follows the journal beside the living writer of the same process, from a position that a peer
 * gave. One instance a peer, owned by one thread; allocates nothing a document once it is {@link
 * Phase#READY}, and every call is bounded.
 *
 * <p>A position is (incarnation, sequence): everything up to and with that document is known. What
 * follows is dense, or the tail is {@link Phase#TRUNCATED}: documents between the position and the
 * next one that can be read are missing, by retention, a hole or damage. From the last document of
 * an incarnation it goes on with the OPEN of the next, if that proves that nothing lies between. It
 * sees what is in the queue only; what is still in the ring comes when it is appended.
 *
 * <p>Assumption: the {@link JournalStore} is the very object that the writer has, for through it
 * the tail learns of new incarnations and snapshots without looking on the disk.
 */
public final class JournalTail implements AutoCloseable {
    /** Documents that one {@link #next} passes over at most: those that are there twice. */
    private static final int PASS_LIMIT = 64;

    private static final long UNSEEN = -1;

    /** What the tail is doing. */
    public enum Phase {
        /** Nothing was sought yet. */
        IDLE,
        /** {@link #work} goes towards the position. */
        SEEKING,
        /** {@link #next} delivers. */
        READY,
        /** What follows the position is missing; only a seek leads out. */
        TRUNCATED
    }

    /**
     * Called while seeking for every sound document that is passed over, in order and without a
     * gap, from an OPEN or a SNAPSHOT_BEGIN on. Each of the two defines the names anew: the caller
     * forgets those it has and collects the NAME deltas.
     */
    @FunctionalInterface
    public interface Passed {
        /** The document is valid during the call. */
        void onDocument(Document document);
    }

    private final JournalStore store;
    private final Passed passed;
    private final TailQueues queues;
    private final Document document;
    private final ArrayDeque<SnapshotHints.Hint> candidates = new ArrayDeque<>();

    private Phase phase = Phase.IDLE;
    private long incarnation;
    private long sequence;
    private boolean wasAhead;
    private boolean isHeld;
    private boolean isSnapshotWanted;
    private boolean isPositioned;
    private boolean isBased;
    private long passedSequence;
    private long seenChanges = UNSEEN;
    private boolean hasFloor;

    /**
     * @param store the writer's own, {@link Journal#store}.
     */
    public JournalTail(JournalStore store, Passed passed) {
        this.store = store;
        this.passed = passed;
        queues = new TailQueues(store);
        document = queues.document();
    }

    /**
     * The next document wanted is the one behind (incarnation, sequence); (0, 0) is as {@link
     * #seekSnapshot}, and so is a position from before the clock was set.
     */
    public void seek(long positionIncarnation, long positionSequence) {
        hasFloor = false;
        if (positionIncarnation == 0 || positionIncarnation < store.rebasedIncarnation()) {
            seekSnapshot();
            return;
        }
        restart();
        isSnapshotWanted = false;
        incarnation = positionIncarnation;
        sequence = positionSequence;
    }

    /**
     * The next document wanted is the SNAPSHOT_BEGIN of the newest complete snapshot; stays {@link
     * Phase#SEEKING} until there is one. After documents were delivered up to a hole it is one
     * behind that hole, for an older one leads to the same hole again.
     */
    public void seekSnapshot() {
        restart();
        isSnapshotWanted = true;
    }

    private void restart() {
        queues.close();
        candidates.clear();
        phase = Phase.SEEKING;
        wasAhead = false;
        isHeld = false;
        isPositioned = false;
        isBased = false;
        passedSequence = 0;
        seenChanges = UNSEEN;
    }

    /**
     * Goes on seeking; looks at no more documents than {@code limit}, and opens one queue at most.
     * Returns documents looked at.
     */
    public int work(int limit) {
        if (phase != Phase.SEEKING) {
            return 0;
        }
        return isSnapshotWanted ? trySnapshot() : passOver(limit);
    }

    public Phase phase() {
        return phase;
    }

    /**
     * Moves to the next document; false when the writer has nothing new, when so many documents
     * were there twice that the rest is for the next call, and when the phase is not, or no longer,
     * {@link Phase#READY}.
     */
    public boolean next() {
        if (phase != Phase.READY) {
            return false;
        }
        if (isHeld) {
            isHeld = false;
            return deliver();
        }
        for (int i = 0; i < PASS_LIMIT; i++) {
            int found = queues.next();
            if (found == TailQueues.NOTHING) {
                return false;
            }
            if (found == TailQueues.DAMAGED) {
                truncate();
                return false;
            }
            if (found == TailQueues.SOUND && !isKnown()) {
                if (follows()) {
                    return deliver();
                }
                truncate();
                return false;
            }
        }
        return false;
    }

    /** The document that {@link #next} found, checksum proven; valid until the next call. */
    public Document document() {
        return document;
    }

    /** Incarnation of the document delivered last, or of the position sought. */
    public long incarnation() {
        return incarnation;
    }

    /** Sequence of the document delivered last, or of the position sought. */
    public long sequence() {
        return sequence;
    }

    /** Whether a snapshot is sought, or was when the tail became ready. */
    public boolean isSnapshotWanted() {
        return isSnapshotWanted;
    }

    /**
     * Whether the position, since it was sought, turned out to be ahead of this node: a power cut
     * took the end of an incarnation of which the peer had more. The tail went on with the next.
     */
    public boolean wasAhead() {
        return wasAhead;
    }

    private boolean deliver() {
        incarnation = document.incarnation();
        sequence = document.sequence();
        return true;
    }

    private void truncate() {
        hasFloor = phase == Phase.READY;
        phase = Phase.TRUNCATED;
        queues.close();
    }

    /** A dead process's last documents may lie in two directories. */
    private boolean isKnown() {
        return isBehind(document.incarnation(), document.sequence());
    }

    private boolean isBehind(long ofIncarnation, long ofSequence) {
        return ofIncarnation < incarnation
                || (ofIncarnation == incarnation && ofSequence <= sequence);
    }

    /** Whether nothing lies between the position and the document. */
    private boolean follows() {
        if (document.incarnation() == incarnation) {
            return document.sequence() == sequence + 1;
        }
        if (document.kind() != Document.KIND_OPEN
                || document.sequence() != 1
                || document.payloadLength() < OpenPayload.OLD_LENGTH) {
            return false;
        }
        OpenPayload open = OpenPayload.decode(document);
        if (open.previousIncarnation() != incarnation || open.previousPublished() > sequence) {
            return false;
        }
        wasAhead |= open.previousPublished() < sequence;
        return true;
    }

    private int passOver(int limit) {
        int looked = 0;
        while (looked < limit && phase == Phase.SEEKING) {
            if (!isPositioned) {
                if (!position()) {
                    break;
                }
                looked++;
                continue;
            }
            int found = queues.next();
            if (found == TailQueues.NOTHING) {
                break;
            }
            looked++;
            if (found == TailQueues.DAMAGED) {
                truncate();
            } else if (found == TailQueues.SOUND) {
                pass();
            }
        }
        return looked;
    }

    /** Opens where the position's incarnation begins, or at its last snapshot before it. */
    private boolean position() {
        long changes = store.changes();
        if (changes == seenChanges) {
            return false;
        }
        seenChanges = changes;
        if (!queues.openFrom(incarnation)) {
            if (!queues.isLaterBegun()) {
                truncate();
            }
            return false;
        }
        isPositioned = true;
        if (queues.number() == incarnation) {
            startAtSnapshot();
        }
        return true;
    }

    private void startAtSnapshot() {
        List<SnapshotHints.Hint> hints = store.snapshots(incarnation);
        for (int i = hints.size() - 1; i >= 0; i--) {
            if (hints.get(i).beginSequence() <= sequence + 1) {
                if (queues.moveTo(hints.get(i))) {
                    pass();
                } else {
                    queues.rewind();
                }
                return;
            }
        }
    }

    /** Judges one document on the way to the position. */
    private void pass() {
        if (document.incarnation() > incarnation) {
            arrive(follows());
        } else if (document.incarnation() == incarnation && document.sequence() > passedSequence) {
            passWithin();
        }
    }

    private void passWithin() {
        long found = document.sequence();
        boolean isBase = found == 1 || document.kind() == Document.KIND_SNAPSHOT_BEGIN;
        if (found > sequence) {
            // The position itself is not there, or the names before it are not.
            arrive(found == sequence + 1 && isBase);
            return;
        }
        isBased = isBase || (isBased && found == passedSequence + 1);
        passedSequence = found;
        if (!isBased) {
            // If this is the position, an OPEN that follows makes it good: it begins with no names.
            return;
        }
        passed.onDocument(document);
        if (found == sequence) {
            phase = Phase.READY;
        }
    }

    private void arrive(boolean isNext) {
        if (isNext) {
            isHeld = true;
            phase = Phase.READY;
        } else {
            truncate();
        }
    }

    /** One snapshot a call, the newest first. */
    private int trySnapshot() {
        if (candidates.isEmpty() && !findSnapshots()) {
            return 0;
        }
        SnapshotHints.Hint hint = candidates.poll();
        boolean isThere =
                queues.openFrom(hint.incarnation())
                        && queues.number() == hint.incarnation()
                        && queues.moveTo(hint);
        if (isThere) {
            incarnation = hint.incarnation();
            sequence = hint.beginSequence() - 1;
            hasFloor = false;
            isHeld = true;
            phase = Phase.READY;
        }
        return 1;
    }

    private boolean findSnapshots() {
        long changes = store.changes();
        if (changes == seenChanges) {
            return false;
        }
        seenChanges = changes;
        try {
            for (long number : store.incarnations()) {
                boolean isInRightTime = number >= store.rebasedIncarnation();
                for (SnapshotHints.Hint hint :
                        isInRightTime ? store.snapshots(number) : List.<SnapshotHints.Hint>of()) {
                    if (!hasFloor || !isBehind(number, hint.beginSequence())) {
                        candidates.push(hint);
                    }
                }
            }
        } catch (IOException e) {
            seenChanges = UNSEEN;
        }
        return !candidates.isEmpty();
    }

    /** Closes the queue; the tail may seek again. */
    @Override
    public void close() {
        queues.close();
        phase = Phase.IDLE;
    }
}
