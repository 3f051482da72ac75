package org.pfsyncd.journal;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.agrona.DirectBuffer;

/**
 * A journal and its ring in memory, for simulations: whoever holds this object is the disk, and
 * what one daemon wrote the next one finds. Allocates for each document.
 *
 * <p>Faults are switched by the test, from any thread: a full disk, an allocation that does not
 * come, a power loss.
 */
public final class MemoryStore extends JournalStore {
    private final NavigableMap<Long, MemoryQueue> queues = new ConcurrentSkipListMap<>();
    private final long retainBytes;
    private volatile boolean isFull;
    private volatile boolean isStalled;
    private volatile JournalRing ring;

    /**
     * @param retainBytes of documents are kept at most, over what a replay from the newest snapshot
     *     needs.
     */
    public MemoryStore(long retainBytes) {
        this.retainBytes = retainBytes;
    }

    /** The ring that the last process left, or null. */
    public JournalRing leftRing() {
        JournalRing left = ring;
        return left == null ? null : left.again();
    }

    /** As {@link JournalRing#create}: the new ring takes the place of the one that was left. */
    public JournalRing createRing(int capacity) {
        JournalRing fresh = JournalRing.inMemory(capacity);
        ring = fresh;
        return fresh;
    }

    /** From now on the disk is below the reserve, or has space again. */
    public void setFull(boolean isBelowReserve) {
        isFull = isBelowReserve;
    }

    /** From now on no space is allocated in time: documents wait in the ring. Or it is again. */
    public void setStalled(boolean isWaiting) {
        isStalled = isWaiting;
    }

    /**
     * What a power loss leaves: no ring, the newest documents gone, and of those before them some
     * with a wrong byte. While no process writes.
     *
     * @param lost documents that are gone, of whatever incarnations.
     * @param damaged documents before these that are damaged.
     */
    public void losePower(int lost, int damaged) {
        ring = null;
        int toLose = lost;
        for (MemoryQueue queue : queues.descendingMap().values()) {
            toLose -= queue.dropLast(toLose);
        }
        int toDamage = damaged;
        for (MemoryQueue queue : queues.descendingMap().values()) {
            toDamage -= queue.damageLast(toDamage);
        }
    }

    /** Bytes of all documents. */
    public long bytes() {
        return queues.values().stream().mapToLong(MemoryQueue::bytes).sum();
    }

    @Override
    public List<Long> incarnations() {
        return List.copyOf(queues.keySet());
    }

    @Override
    boolean isPresent(long incarnation) {
        MemoryQueue queue = queues.get(incarnation);
        return queue != null && queue.end() > queue.first();
    }

    @Override
    String where(long incarnation) {
        return "memory/" + incarnation;
    }

    @Override
    List<SnapshotHints.Hint> snapshots(long incarnation) {
        MemoryQueue queue = queues.get(incarnation);
        return queue == null ? List.of() : queue.snapshots();
    }

    @Override
    QueueSource open(long incarnation) {
        MemoryQueue queue = queues.get(incarnation);
        if (queue == null) {
            throw new IllegalStateException(where(incarnation) + " is not there");
        }
        return queue.source();
    }

    @Override
    Search search() {
        return (place, incarnation, from, to, found) -> {
            MemoryQueue queue = queues.get(place);
            if (queue != null) {
                NavigableMap<Long, Found> all = new TreeMap<>();
                queue.find(incarnation, all);
                all.subMap(from, true, to, true).forEach(found::putIfAbsent);
            }
        };
    }

    WriteSide writeSide(Cycles cycles) {
        return new Side(cycles);
    }

    private final class Side implements WriteSide {
        private final Cycles cycles;

        Side(Cycles cycles) {
            this.cycles = cycles;
        }

        @Override
        public void create(long incarnation) {
            if (queues.putIfAbsent(incarnation, new MemoryQueue()) != null) {
                throw new IllegalStateException(where(incarnation) + " is there already");
            }
        }

        @Override
        public QueueSink open(long incarnation, long timeMs) {
            return new Sink(queues.get(incarnation), cycles);
        }

        @Override
        public void complete(SnapshotHints.Hint snapshot) {
            queues.get(snapshot.incarnation()).complete(snapshot);
        }

        @Override
        public boolean isLow() {
            return isFull;
        }

        @Override
        public boolean isPlentiful() {
            return !isFull;
        }

        @Override
        public boolean isOnDisk() {
            return false;
        }

        @Override
        public int retain(SnapshotHints.Hint newest, long nowMs) {
            int dropped = 0;
            long excess = bytes() - retainBytes;
            for (long incarnation : incarnations()) {
                if (newest == null || incarnation > newest.incarnation() || excess <= 0) {
                    break;
                }
                MemoryQueue queue = queues.get(incarnation);
                boolean isOld = incarnation < newest.incarnation();
                long before = queue.bytes();
                dropped += queue.dropFirst(excess, isOld ? queue.end() : newest.beginIndex());
                excess -= before - queue.bytes();
                if (isOld && queue.first() == queue.end()) {
                    queues.remove(incarnation);
                }
            }
            return dropped;
        }
    }

    private final class Sink implements QueueSink {
        private final MemoryQueue queue;
        private final Cycles cycles;

        Sink(MemoryQueue queue, Cycles cycles) {
            this.queue = queue;
            this.cycles = cycles;
        }

        @Override
        public boolean hasRoom(long timeMs, int length) {
            return !isStalled && !isFull;
        }

        @Override
        public long append(DirectBuffer document, int offset, int length, long timeMs) {
            byte[] copy = new byte[length];
            document.getBytes(offset, copy);
            return queue.append(copy);
        }

        @Override
        public int cycle(long timeMs) {
            return cycles.cycle(timeMs);
        }

        @Override
        public void close() {
            // Nothing is buffered.
        }
    }
}
