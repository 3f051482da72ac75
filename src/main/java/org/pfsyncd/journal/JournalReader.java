package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private final JournalDirectory directory;
    private final JournalRing ring;
    private final List<Long> incarnations = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    private final Document document = new Document();
    private final Document candidate = new Document();
    private final DocumentCheck check = new DocumentCheck();
    private final RawScan rawScan = new RawScan();
    private final TreeMap<Long, RawScan.Found> recovered = new TreeMap<>();

    private int nextIncarnation;
    private QueueReader queue;
    private Path queuePath;
    private RingScan ringScan;
    private boolean isHolding;
    private long incarnation;
    private long sequence;
    private long recoveredCount;
    private String lastDamage = "end of file";
    private boolean isClosedCleanly;
    private boolean isEndChecked;

    /**
     * @param ring what the process that wrote last left on tmpfs, or null: then a clean CLOSE is
     *     the only proof of the end.
     */
    public JournalReader(JournalDirectory directory, JournalRing ring) throws IOException {
        this.directory = directory;
        this.ring = ring;
        incarnations.addAll(directory.incarnations());
    }

    /** Complete snapshots, newest first, as the hints on disk tell. */
    public List<SnapshotHints.Hint> snapshots() {
        List<SnapshotHints.Hint> all = new ArrayList<>();
        for (long number : incarnations) {
            all.addAll(SnapshotHints.read(directory.path(number), number));
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
                if (recovered.isEmpty()) {
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
        for (long number : directory.incarnations()) {
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
                    if (isSound(queue.view(), queuePath.toString())) {
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
        if (!isEndChecked && ring.incarnation() == incarnation) {
            isEndChecked = true;
            miss(ring.published(), "the ring says that they were published");
        }
        return false;
    }

    private boolean isSound(UnsafeBuffer bytes, String where) throws IOException {
        String damage = check.damage(bytes, 0, bytes.capacity(), where);
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
        queuePath = directory.path(number);
        if (!QueueReader.isPresent(queuePath)) {
            return false;
        }
        try {
            queue = new QueueReader(queuePath);
        } catch (RuntimeException | InternalError e) {
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
            // The oldest document there is: retention has taken what came before.
            return;
        }
        if (candidate.incarnation() == incarnation) {
            miss(candidate.sequence() - 1, lastDamage);
            return;
        }
        if (candidate.kind() == Document.KIND_OPEN) {
            OpenPayload open = OpenPayload.decode(candidate.buffer(), candidate.payloadOffset());
            if (open.previousIncarnation() == incarnation) {
                miss(open.previousRecorded(), lastDamage);
            }
        }
    }

    /** Documents up to this sequence of the present incarnation should have been there. */
    private void miss(long toSequence, String reason) throws IOException {
        if (toSequence <= sequence) {
            return;
        }
        recovered.putAll(
                rawScan.find(directory.path(incarnation), incarnation, sequence + 1, toSequence));
        long expected = sequence + 1;
        for (long found : recovered.keySet()) {
            lose(expected, found - 1, reason);
            expected = found + 1;
        }
        lose(expected, toSequence, reason);
    }

    private void lose(long from, long to, String reason) {
        if (from <= to) {
            losses.add(
                    new Loss(
                            incarnation, from, to, directory.path(incarnation).toString(), reason));
        }
    }

    private void deliverRecovered() throws IOException {
        RawScan.Found place = recovered.pollFirstEntry().getValue();
        document.wrap(rawScan.read(place), 0);
        sequence = document.sequence();
        recoveredCount++;
    }

    private boolean accept() {
        document.wrap(candidate.buffer(), candidate.offset());
        if (document.incarnation() > incarnation && document.sequence() > 1 && incarnation != 0) {
            losses.add(
                    new Loss(
                            document.incarnation(),
                            1,
                            document.sequence() - 1,
                            directory.path(document.incarnation()).toString(),
                            lastDamage));
        }
        incarnation = document.incarnation();
        sequence = document.sequence();
        isClosedCleanly = document.kind() == Document.KIND_CLOSE;
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
