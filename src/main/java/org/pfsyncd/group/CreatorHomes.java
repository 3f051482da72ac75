package org.pfsyncd.group;

/**
 * Which creators live on a segment, as far as it was heard.
 *
 * <p>A creator is <em>heard</em> where it itself spoke within {@link #HOLD_NS}: an INS (only the
 * creator sends one), a CLR or a BUS that names it. It is <em>spoken of</em> where anybody said
 * news of its states within that time. It is <em>seen</em> where anybody spoke of its states in
 * whatever way within {@link #SEEN_NS}: somebody there may still have them. Frames of other relays
 * count as none of these. Bounded: {@link #LIMIT} creators; a further one replaces the one silent
 * for longest. Owned by the sync agent; allocates nothing.
 */
final class CreatorHomes {
    static final int LIMIT = 256;

    /** After this silence a creator is believed to have moved, or to be gone. */
    static final long HOLD_NS = 60_000_000_000L;

    /**
     * Of a creator of whom nobody spoke for so long no state is left: the longest that pf keeps an
     * idle one by default (tcp.established, spec pfsync.md 5.3), and the time between two purges.
     */
    static final long SEEN_NS = (86_400L + 60) * 1_000_000_000L;

    private final int[] creatorIds = new int[LIMIT];
    private final boolean[] isHeard = new boolean[LIMIT];
    private final int[] heardFrom = new int[LIMIT];
    private final long[] heardNs = new long[LIMIT];
    private final long[] seenNs = new long[LIMIT];
    private final long[] newsNs = new long[LIMIT];
    private final boolean[] hasNews = new boolean[LIMIT];
    private final SenderTable senders;
    private int count;

    CreatorHomes(SenderTable senders) {
        this.senders = senders;
    }

    /** The creator itself spoke. */
    void onHeard(int creatorId, int sender, long nowNs) {
        int place = seen(creatorId, sender, nowNs);
        if (place >= 0) {
            isHeard[place] = true;
            heardFrom[place] = sender;
            heardNs[place] = nowNs;
            news(place, nowNs);
        }
    }

    /** Somebody said what became of a state of the creator. */
    void onNews(int creatorId, int sender, long nowNs) {
        int place = seen(creatorId, sender, nowNs);
        if (place >= 0) {
            news(place, nowNs);
        }
    }

    /** Somebody answered a question about a state of the creator. */
    void onSeen(int creatorId, int sender, long nowNs) {
        seen(creatorId, sender, nowNs);
    }

    private void news(int place, long nowNs) {
        hasNews[place] = true;
        newsNs[place] = nowNs;
    }

    /** Whether the creator itself was heard here lately. */
    boolean isHeard(int creatorId, long nowNs) {
        int place = find(creatorId);
        return place >= 0
                && isHeard[place]
                && nowNs - heardNs[place] < HOLD_NS
                && !senders.isRelay(heardFrom[place]);
    }

    /** Whether the creator itself was ever heard here. */
    boolean wasHeard(int creatorId) {
        int place = find(creatorId);
        return place >= 0 && isHeard[place] && !senders.isRelay(heardFrom[place]);
    }

    /** Of a creator that {@link #wasHeard}, when last. */
    long heardNs(int creatorId) {
        return heardNs[find(creatorId)];
    }

    /** Whether anybody but a relay said news of the creator's states here lately. */
    boolean isSpokenOf(int creatorId, long nowNs) {
        int place = find(creatorId);
        return place >= 0 && hasNews[place] && nowNs - newsNs[place] < HOLD_NS;
    }

    /** Whether anybody but a relay spoke of the creator's states here, and may still have them. */
    boolean isSeen(int creatorId, long nowNs) {
        int place = find(creatorId);
        return place >= 0 && nowNs - seenNs[place] < SEEN_NS;
    }

    private int seen(int creatorId, int sender, long nowNs) {
        if (senders.isRelay(sender)) {
            return -1;
        }
        int place = find(creatorId);
        if (place < 0) {
            place = count < LIMIT ? count++ : oldest();
            creatorIds[place] = creatorId;
            isHeard[place] = false;
            hasNews[place] = false;
        }
        seenNs[place] = nowNs;
        return place;
    }

    private int find(int creatorId) {
        for (int i = 0; i < count; i++) {
            if (creatorIds[i] == creatorId) {
                return i;
            }
        }
        return -1;
    }

    private int oldest() {
        int oldest = 0;
        for (int i = 1; i < count; i++) {
            if (seenNs[i] - seenNs[oldest] < 0) {
                oldest = i;
            }
        }
        return oldest;
    }
}
