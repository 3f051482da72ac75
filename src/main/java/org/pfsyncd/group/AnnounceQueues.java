package org.pfsyncd.group;

import java.util.Arrays;

/**
 * Which states wait to be announced, and as what: each state is in at most one queue, which is the
 * de-duplication of spec pfsync.md section 10.1. First in, first out within a queue.
 *
 * <p>Bounded by its capacity; what does not fit is for the caller to count. Entries are numbers, 0
 * to capacity - 1. Owned by the sync agent; allocates nothing after construction.
 */
final class AnnounceQueues {
    static final int INS = 0;
    static final int UPD = 1;
    static final int UPD_C = 2;
    static final int DEL = 3;

    /** Number of queues. */
    static final int COUNT = 4;

    private static final int REPEAT = Integer.MIN_VALUE;

    /** No entry. */
    static final int NONE = -1;

    private final long[] ids;
    private final int[] creatorIds;
    private final byte[] queues;
    private final boolean[] replaces;
    private final int[] updates;
    private final long[] sinceNs;
    private final int[] next;
    private final int[] previous;
    private final int[] heads = new int[COUNT];
    private final int[] tails = new int[COUNT];
    private final int[] counts = new int[COUNT];
    private final int[] slots;
    private final int mask;
    private final long seed;
    private int free;
    private int size;
    private int replacing;

    /**
     * @param capacity most states queued at once; about 60 bytes of heap each.
     * @param seed of the hash: who does not know it cannot choose ids that fall together.
     */
    AnnounceQueues(int capacity, long seed) {
        this.seed = seed;
        ids = new long[capacity];
        creatorIds = new int[capacity];
        queues = new byte[capacity];
        replaces = new boolean[capacity];
        updates = new int[capacity];
        sinceNs = new long[capacity];
        next = new int[capacity];
        previous = new int[capacity];
        int length = Integer.highestOneBit(Math.max(2, capacity) * 2 - 1) * 2;
        slots = new int[length];
        mask = length - 1;
        Arrays.fill(slots, NONE);
        Arrays.fill(heads, NONE);
        Arrays.fill(tails, NONE);
        for (int i = 0; i < capacity; i++) {
            next[i] = i + 1 < capacity ? i + 1 : NONE;
        }
    }

    /** States in all queues. */
    int size() {
        return size;
    }

    /** States in one queue. */
    int count(int queue) {
        return counts[queue];
    }

    /** Of the inserts, those that say first that an earlier state with the id is gone. */
    int replacing() {
        return replacing;
    }

    /** The entry of a state, or {@link #NONE}. */
    int find(long id, int creatorId) {
        int slot = hash(id, creatorId);
        while (slots[slot] != NONE) {
            int entry = slots[slot];
            if (ids[entry] == id && creatorIds[entry] == creatorId) {
                return entry;
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }

    /** Queues a state that is in no queue; {@link #NONE} if there is no room. */
    int add(int queue, long id, int creatorId, long nowNs) {
        int entry = free;
        if (entry == NONE) {
            return NONE;
        }
        free = next[entry];
        ids[entry] = id;
        creatorIds[entry] = creatorId;
        replaces[entry] = false;
        updates[entry] = 0;
        sinceNs[entry] = nowNs;
        int slot = hash(id, creatorId);
        while (slots[slot] != NONE) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = entry;
        size++;
        link(entry, queue);
        return entry;
    }

    /** Moves a queued state to the end of another queue. */
    void move(int entry, int queue) {
        unlink(entry);
        updates[entry] = Math.max(0, updates[entry]);
        link(entry, queue);
    }

    /** Takes a state out of its queue: it was sent, or need not be. */
    void remove(int entry) {
        unlink(entry);
        replaces(entry, false);
        unhash(entry);
        next[entry] = free;
        free = entry;
        size--;
    }

    /** The state that waited longest in a queue, or {@link #NONE}. */
    int head(int queue) {
        return heads[queue];
    }

    /** The one behind it in its queue, or {@link #NONE}. */
    int after(int entry) {
        return next[entry];
    }

    int queue(int entry) {
        return queues[entry];
    }

    long id(int entry) {
        return ids[entry];
    }

    int creatorId(int entry) {
        return creatorIds[entry];
    }

    /** When the state was queued. */
    long sinceNs(int entry) {
        return sinceNs[entry];
    }

    /** Updates since it was queued, this one included. */
    int countUpdate(int entry) {
        return ++updates[entry];
    }

    /** This delete says again what was said. */
    void markRepeat(int entry) {
        updates[entry] = REPEAT;
    }

    boolean isRepeat(int entry) {
        return updates[entry] == REPEAT;
    }

    /** Whether an insert says first that an earlier state with the id is gone. */
    boolean replaces(int entry) {
        return replaces[entry];
    }

    void replaces(int entry, boolean value) {
        if (replaces[entry] != value) {
            replaces[entry] = value;
            replacing += value ? 1 : -1;
        }
    }

    private void link(int entry, int queue) {
        queues[entry] = (byte) queue;
        next[entry] = NONE;
        previous[entry] = tails[queue];
        if (tails[queue] == NONE) {
            heads[queue] = entry;
        } else {
            next[tails[queue]] = entry;
        }
        tails[queue] = entry;
        counts[queue]++;
    }

    private void unlink(int entry) {
        int queue = queues[entry];
        int before = previous[entry];
        int after = next[entry];
        if (before == NONE) {
            heads[queue] = after;
        } else {
            next[before] = after;
        }
        if (after == NONE) {
            tails[queue] = before;
        } else {
            previous[after] = before;
        }
        counts[queue]--;
    }

    /** Removes from the hash and closes the gap, so that no search ends early. */
    private void unhash(int entry) {
        int hole = hash(ids[entry], creatorIds[entry]);
        while (slots[hole] != entry) {
            hole = (hole + 1) & mask;
        }
        int slot = (hole + 1) & mask;
        while (slots[slot] != NONE) {
            int home = hash(ids[slots[slot]], creatorIds[slots[slot]]);
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
            slot = (slot + 1) & mask;
        }
        slots[hole] = NONE;
    }

    /** The slot at which the search for a state begins. */
    int hash(long id, int creatorId) {
        return (int) mix(mix(id ^ seed) + creatorId) & mask;
    }

    /** Every bit of the result depends on every bit given. */
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
