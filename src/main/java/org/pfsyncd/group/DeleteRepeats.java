package org.pfsyncd.group;

/**
 * Deletes that left and are said again after a second, since a lost DEL_C leaves a ghost (spec
 * pfsync.md section 10.6). Bounded; what does not fit is said once. Owned by the sync agent.
 */
final class DeleteRepeats {
    static final int LIMIT = 8_192;

    private final long[] ids = new long[LIMIT];
    private final int[] creatorIds = new int[LIMIT];
    private final long[] dueNs = new long[LIMIT];
    private int head;
    private int count;

    /** False if there is no room. */
    boolean note(long id, int creatorId, long timeNs) {
        if (count == LIMIT) {
            return false;
        }
        int at = (head + count++) % LIMIT;
        ids[at] = id;
        creatorIds[at] = creatorId;
        dueNs[at] = timeNs;
        return true;
    }

    /** Whether the first is due; it is read with {@link #id} and taken with {@link #take}. */
    boolean isDue(long nowNs) {
        return count > 0 && nowNs - dueNs[head] >= 0;
    }

    long id() {
        return ids[head];
    }

    int creatorId() {
        return creatorIds[head];
    }

    void take() {
        head = (head + 1) % LIMIT;
        count--;
    }

    int count() {
        return count;
    }
}
