package org.pfsyncd.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the journal as one sequence: incarnation after incarnation, then what a dead process left
 * in its ring. Owned by the reading thread.
 *
 * <p>Every document is checked, duplicates are dropped by (incarnation, sequence), and an end is
 * believed only if the sequence proves it: the next incarnation's OPEN, the ring, or a CLOSE. Where
 * documents are missing, the raw files are searched; what stays missing is a {@link Loss}. Nothing
 * is ever written.
 */
public final class JournalReader implements AutoCloseable {
    private static final String END_OF_FILE = "end of file";

    private final JournalStore store;
    private final JournalRing ring;
    private final List<Long> incarnations = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    private final Document document = new Document();
    private final Document candidate = new Document();
    private final DocumentCheck check = new DocumentCheck();
    private final JournalStore.Search search;
    private final ArrayDeque<JournalStore.Found> recovered = new ArrayDeque<>();

    private int nextIncarnation;
    private QueueSource queue;
    private String where;
    private RingScan ringScan;
    private boolean isHolding;
    private long incarnation;
    private long sequence;
    private long recoveredCount;
    private String lastDamage = END_OF_FILE;
    private boolean isClosedCleanly;
    private boolean isEndChecked;

    /**
     * @param ring what the process that wrote last left on tmpfs, or null: then a clean CLOSE is
     *     the only proof of the end.
     */
    public JournalReader(JournalStore store, JournalRing ring) throws IOException {
        this.store = store;
        search = store.search();
        this.ring = ring;
        incarnations.addAll(store.incarnations());
    }

    /** Complete snapshots, newest first, as the hints on disk tell. */
    public List<SnapshotHints.Hint> snapshots() {
        List<SnapshotHints.Hint> all = new ArrayList<>();
        for (long number : incarnations) {
            all.addAll(store.snapshots(number));
        }
        java.util.Collections.reverse(all);
        return all;
    }

    /** Starts at the first document of a snapshot; false if it is not where the hint says. */
    public boolean startAt(SnapshotHints.Hint hint) throws IOException {
        reset();
        nextIncarnation = incarnations.indexOf(hint.incarnation());
        if (nextIncarnation < 0 || !openNext() || !queue.seek(hint.beginIndex())) {
            return false;
        }
        incarnation = hint.incarnation();
        sequence = hint.beginSequence() - 1;
        return true;
    }

    /** Starts at the oldest document there is. */
    public void startAtOldest() {
        reset();
        nextIncarnation = 0;
    }

    private void reset() {
        closeQueue();
        losses.clear();
        recovered.clear();
        ringScan = null;
        isHolding = false;
        incarnation = 0;
        sequence = 0;
        recoveredCount = 0;
        lastDamage = END_OF_FILE;
        isClosedCleanly = false;
        isEndChecked = false;
    }

    /**
     * The next document in {@link #document}; false at the end, or while a living writer has
     * nothing new.
     */
    public boolean next() throws IOException {
        while (true) {
            if (!recovered.isEmpty()) {
                deliverRecovered();
                return true;
            }
            if (isHolding) {
                isHolding = false;
                return accept();
            }
            if (!advance()) {
                if (!searchEnd()) {
                    return false;
                }
                continue;
            }
            if (isDuplicate()) {
                continue;
            }
            searchGap();
            isHolding = true;
        }
    }

    /** The document that {@link #next} found; valid until the next call. */
    public Document document() {
        return document;
    }

    /** What is missing, as far as read. */
    public List<Loss> losses() {
        return List.copyOf(losses);
    }

    /** Documents that were found behind holes. */
    public long recoveredCount() {
        return recoveredCount;
    }

    /** Whether the end that {@link #next} came to is proven by a CLOSE or by the ring. */
    public boolean isEndProven() {
        return isClosedCleanly
                || (ring != null
                        && ring.incarnation() == incarnation
                        && ring.published() <= sequence);
    }

    /** Incarnation of the last document. */
    public long incarnation() {
        return incarnation;
    }

    /** Sequence of the last document. */
    public long sequence() {
        return sequence;
    }

    /** Notices incarnations that a living daemon has begun since; for following. */
    public void refresh() throws IOException {
        for (long number : store.incarnations()) {
            if (!incarnations.contains(number)) {
                incarnations.add(number);
            }
        }
    }

    /** Brings the next sound document of the queues, then of the ring, into {@link #candidate}. */
    private boolean advance() throws IOException {
        while (true) {
            if (queue != null) {
                while (queue.next()) {
                    if (isSound(queue.view(), where)) {
                        return true;
                    }
                }
                if (queue.damage() != null) {
                    lastDamage = queue.damage();
                }
            }
            if (nextIncarnation >= incarnations.size()) {
                return advanceRing();
            }
            openNext();
        }
    }

    private boolean advanceRing() throws IOException {
        if (ring == null) {
            return false;
        }
        if (ringScan == null) {
            ringScan = new RingScan(ring);
        }
        while (ringScan.next()) {
            // The checksum is added when a document is appended, so here only the header can be
            // checked.
            candidate.wrap(ringScan.view(), 0);
            if (candidate.magic() == Document.MAGIC
                    && candidate.length() == ringScan.view().capacity()) {
                return true;
            }
        }
        return false;
    }

    /**
     * What was published last but did not turn up: as far as the ring can tell, else whatever lies
     * in the files behind the place where the queue ended. Once; returns whether documents came of
     * it.
     */
    private boolean searchEnd() throws IOException {
        if (isEndChecked || isClosedCleanly) {
            return false;
        }
        isEndChecked = true;
        if (incarnation == 0) {
            // Not one document could be read: whatever is there lies behind damage.
            if (incarnations.isEmpty()) {
                return false;
            }
            incarnation = incarnations.get(0);
        }
        if (ring != null && ring.incarnation() > incarnation) {
            missTail();
            miss(ring.incarnation(), 1, ring.published(), lastDamage);
        } else if (ring != null && ring.incarnation() == incarnation) {
            String reason = "the ring says that they were published";
            miss(incarnation, sequence + 1, ring.published(), reason);
        } else {
            missTail();
        }
        return !recovered.isEmpty();
    }

    private boolean isSound(UnsafeBuffer bytes, String where) throws IOException {
        String damage;
        try {
            damage = check.damage(bytes, 0, bytes.capacity(), where);
        } catch (InternalError e) {
            // The file was cut below the document.
            damage = e.toString();
        }
        if (damage != null) {
            lastDamage = damage;
            return false;
        }
        candidate.wrap(bytes, 0);
        return true;
    }

    private boolean openNext() {
        closeQueue();
        long number = incarnations.get(nextIncarnation++);
        where = store.where(number);
        if (!store.isPresent(number)) {
            return false;
        }
        try {
            queue = store.open(number);
        } catch (Exception | InternalError e) {
            lastDamage = e.toString();
            return false;
        }
        return true;
    }

    private boolean isDuplicate() {
        return candidate.incarnation() < incarnation
                || (candidate.incarnation() == incarnation && candidate.sequence() <= sequence);
    }

    /** Looks for what should stand between the last document and the candidate. */
    private void searchGap() throws IOException {
        if (incarnation == 0) {
            searchBefore();
            return;
        }
        if (candidate.incarnation() == incarnation) {
            miss(incarnation, sequence + 1, candidate.sequence() - 1, lastDamage);
            return;
        }
        if (candidate.sequence() > 1) {
            missTail();
            miss(candidate.incarnation(), 1, candidate.sequence() - 1, lastDamage);
            return;
        }
        if (candidate.kind() == Document.KIND_OPEN) {
            OpenPayload open = OpenPayload.decode(candidate);
            if (open.previousIncarnation() == incarnation) {
                miss(incarnation, sequence + 1, open.previousRecorded(), lastDamage);
            } else if (open.previousIncarnation() > incarnation) {
                missTail();
                miss(open.previousIncarnation(), 1, open.previousRecorded(), lastDamage);
            }
        }
    }

    /**
     * The candidate is the oldest document that can be read. Retention has taken what came before,
     * unless the files of the incarnation before are there.
     */
    private void searchBefore() throws IOException {
        if (candidate.kind() == Document.KIND_OPEN) {
            OpenPayload open = OpenPayload.decode(candidate);
            if (store.isPresent(open.previousIncarnation())) {
                miss(open.previousIncarnation(), 1, open.previousRecorded(), lastDamage);
            }
        }
    }

    /** The present incarnation's end, of which nothing tells where it was. */
    private void missTail() throws IOException {
        if (isClosedCleanly) {
            return;
        }
        long from = sequence + 1;
        NavigableMap<Long, JournalStore.Found> behind = find(incarnation, from, Long.MAX_VALUE);
        if (!behind.isEmpty()) {
            loseBetween(behind, incarnation, from, behind.lastKey(), lastDamage);
        } else if (!lastDamage.equals(END_OF_FILE)) {
            lose(incarnation, from, Loss.UNKNOWN, lastDamage);
        }
    }

    /** Documents of these numbers should have been there: searches them, reports the rest. */
    private void miss(long ofIncarnation, long from, long to, String reason) throws IOException {
        if (from <= to) {
            loseBetween(find(ofIncarnation, from, to), ofIncarnation, from, to, reason);
        }
    }

    /** A dead process's last documents lie in the next incarnation's files. */
    private NavigableMap<Long, JournalStore.Found> find(long ofIncarnation, long from, long to)
            throws IOException {
        TreeMap<Long, JournalStore.Found> found = new TreeMap<>();
        search.find(ofIncarnation, ofIncarnation, from, to, found);
        for (long number : incarnations) {
            if (number > ofIncarnation) {
                search.find(number, ofIncarnation, from, to, found);
                break;
            }
        }
        return found;
    }

    private void loseBetween(
            NavigableMap<Long, JournalStore.Found> found,
            long ofIncarnation,
            long from,
            long to,
            String reason) {
        long expected = from;
        for (long number : found.keySet()) {
            lose(ofIncarnation, expected, number - 1, reason);
            expected = number + 1;
        }
        lose(ofIncarnation, expected, to, reason);
        recovered.addAll(found.values());
    }

    private void lose(long ofIncarnation, long from, long to, String reason) {
        if (from <= to || to == Loss.UNKNOWN) {
            losses.add(new Loss(ofIncarnation, from, to, store.where(ofIncarnation), reason));
        }
    }

    private void deliverRecovered() throws IOException {
        document.wrap(recovered.poll().read(), 0);
        incarnation = document.incarnation();
        sequence = document.sequence();
        isClosedCleanly = document.kind() == Document.KIND_CLOSE;
        recoveredCount++;
    }

    private boolean accept() {
        document.wrap(candidate.buffer(), candidate.offset());
        incarnation = document.incarnation();
        sequence = document.sequence();
        isClosedCleanly = document.kind() == Document.KIND_CLOSE;
        lastDamage = END_OF_FILE;
        return true;
    }

    private void closeQueue() {
        if (queue != null) {
            queue.close();
            queue = null;
        }
    }

    @Override
    public void close() {
        closeQueue();
    }
}
