package org.pfsyncd.group;

/**
 * The states of which one frame held a full update. Bounded by what a frame of 65,535 bytes can
 * hold. Owned by the sync agent; allocates nothing after construction.
 */
final class AnsweredStates {
    /** More than the shortest full states fit a frame. */
    static final int LIMIT = 512;

    private final long[] ids = new long[LIMIT];
    private final int[] creatorIds = new int[LIMIT];
    private int count;
    private int cursor;

    /** A frame begins. */
    void clear() {
        count = 0;
        cursor = 0;
    }

    void add(long id, int creatorId) {
        if (count < LIMIT) {
            ids[count] = id;
            creatorIds[count++] = creatorId;
        }
    }

    /** Asked in the order of the frame, as it is, each answer is found at once. */
    boolean contains(long id, int creatorId) {
        for (int i = 0; i < count; i++) {
            int place = cursor + i < count ? cursor + i : cursor + i - count;
            if (ids[place] == id && creatorIds[place] == creatorId) {
                cursor = place;
                return true;
            }
        }
        return false;
    }
}
