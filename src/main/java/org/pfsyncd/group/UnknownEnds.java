package org.pfsyncd.group;

/**
 * The states that are not in the table and of which one frame said that they are gone, each once a
 * minute: both hosts of a pair say the same end. Bounded by {@link #LIMIT} a frame, which is eight
 * times what 1,500 bytes hold. Owned by the sync agent; allocates nothing.
 */
public final class UnknownEnds {
    static final int LIMIT = 1_024;

    private static final long REPEAT_NS = 60_000_000_000L;

    private final long[] ids = new long[LIMIT];
    private final int[] creatorIds = new int[LIMIT];
    private final RecentStates told = new RecentStates();
    private int count;

    UnknownEnds() {}

    /** A frame begins, or what the last one said is done with. */
    public void clear() {
        count = 0;
    }

    /** False if there is no room. */
    boolean add(long id, int creatorId, long nowNs) {
        if (told.isWithin(id, creatorId, nowNs, REPEAT_NS)) {
            return true;
        }
        if (count == LIMIT) {
            return false;
        }
        told.heard(id, creatorId, nowNs);
        ids[count] = id;
        creatorIds[count++] = creatorId;
        return true;
    }

    public int count() {
        return count;
    }

    public long id(int index) {
        return ids[index];
    }

    public int creatorId(int index) {
        return creatorIds[index];
    }
}
