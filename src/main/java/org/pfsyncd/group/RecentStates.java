package org.pfsyncd.group;

/**
 * Remembers which states a segment spoke of within the last two seconds (spec pfsync.md section
 * 10.4). A small cache: a newer state takes the place of an older one with the same hash, which
 * then merely waits its second. Owned by the sync agent.
 */
final class RecentStates {
    private static final int SIZE = 1 << 13;

    private final long[] keys = new long[SIZE];
    private final long[] heardNs = new long[SIZE];

    void heard(long id, int creatorId, long nowNs) {
        long key = key(id, creatorId);
        int slot = slot(key);
        keys[slot] = key;
        heardNs[slot] = nowNs;
    }

    boolean isWithin(long id, int creatorId, long nowNs, long ageNs) {
        long key = key(id, creatorId);
        int slot = slot(key);
        return keys[slot] == key && nowNs - heardNs[slot] < ageNs;
    }

    /** Never 0, which an empty slot has. */
    private static long key(long id, int creatorId) {
        return (id ^ ((long) creatorId << 32)) * 0x9E37_79B9_7F4A_7C15L | 1;
    }

    private static int slot(long key) {
        return (int) (key >>> 51) & (SIZE - 1);
    }
}
