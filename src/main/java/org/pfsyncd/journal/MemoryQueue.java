package org.pfsyncd.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The documents of one incarnation in memory, by index: the first that was ever appended has index
 * 0. Any thread; a lock guards it.
 */
final class MemoryQueue {
    private final List<byte[]> documents = new ArrayList<>();
    private final List<SnapshotHints.Hint> snapshots = new ArrayList<>();
    private long first;
    private long bytes;

    synchronized long append(byte[] document) {
        documents.add(document);
        bytes += document.length;
        return end() - 1;
    }

    /** Index of the first document that is there. */
    synchronized long first() {
        return first;
    }

    /** Index behind the last document. */
    synchronized long end() {
        return first + documents.size();
    }

    synchronized long bytes() {
        return bytes;
    }

    /** The document with this index, or null. */
    private synchronized byte[] get(long index) {
        return index < first || index >= end() ? null : documents.get((int) (index - first));
    }

    synchronized void complete(SnapshotHints.Hint snapshot) {
        snapshots.add(snapshot);
    }

    synchronized List<SnapshotHints.Hint> snapshots() {
        return List.copyOf(snapshots);
    }

    /**
     * Drops documents from the front until so many bytes are gone or the index is first; returns
     * their number.
     */
    synchronized int dropFirst(long bytesToDrop, long index) {
        int count = 0;
        long dropped = 0;
        while (dropped < bytesToDrop && first + count < index) {
            dropped += documents.get(count).length;
            count++;
        }
        documents.subList(0, count).clear();
        first += count;
        bytes -= dropped;
        return count;
    }

    /** Drops documents from the end; returns how many there were to drop. */
    synchronized int dropLast(int limit) {
        int count = Math.min(limit, documents.size());
        for (int i = 0; i < count; i++) {
            bytes -= documents.remove(documents.size() - 1).length;
        }
        return count;
    }

    /** Flips a byte in each of the last documents; returns in how many. */
    synchronized int damageLast(int limit) {
        int count = Math.min(limit, documents.size());
        for (int i = documents.size() - count; i < documents.size(); i++) {
            byte[] damaged = documents.get(i).clone();
            damaged[damaged.length / 2] ^= (byte) 0xFF;
            documents.set(i, damaged);
        }
        return count;
    }

    /** Adds every sound document of an incarnation by its sequence. */
    synchronized void find(long incarnation, NavigableMap<Long, JournalStore.Found> found)
            throws IOException {
        DocumentCheck check = new DocumentCheck();
        Document document = new Document();
        for (byte[] bytesOfOne : documents) {
            UnsafeBuffer buffer = new UnsafeBuffer(bytesOfOne);
            document.wrap(buffer, 0);
            if (check.damage(buffer, 0, bytesOfOne.length, "memory") == null
                    && document.incarnation() == incarnation) {
                found.putIfAbsent(document.sequence(), () -> buffer);
            }
        }
    }

    QueueSource source() {
        return new Source();
    }

    private final class Source implements QueueSource {
        private final UnsafeBuffer view = new UnsafeBuffer(new byte[0]);
        private long next;

        @Override
        public boolean seek(long index) {
            if (index < first() || index >= end()) {
                return false;
            }
            next = index;
            return true;
        }

        @Override
        public void rewind() {
            next = 0;
        }

        @Override
        public boolean next() {
            next = Math.max(next, first());
            byte[] document = get(next);
            if (document == null) {
                return false;
            }
            next++;
            view.wrap(document);
            return true;
        }

        @Override
        public UnsafeBuffer view() {
            return view;
        }

        @Override
        public String damage() {
            return null;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
