package org.pfsyncd.group;

/**
 * Which of the relays between the same segments announces on one of them (decision 7): the one of
 * lowest rank among those heard lately. A relay that is not ready yields to any that is; among
 * equals the lower creatorid wins, then the lower nonce.
 *
 * <p>A relay says that it is there by INS_ACK messages for a state that nobody has, which every pf
 * ignores without counting (spec pfsync.md section 8.5): the creatorid is the relay's own, the id
 * is {@code "pfR"}, a byte that is 0 if it is ready, the hash of the realm's name (2) and a nonce
 * (2). Whoever hears nothing of a rival for {@link #SILENCE_NS} takes its place. Owned by the sync
 * agent; time is an argument.
 */
final class RelayElection {
    /** Between two signs of life. */
    static final long BEACON_NS = 500_000_000L;

    /** A rival not heard for this long is gone: ten lost signs of life in a row. */
    static final long SILENCE_NS = 5_000_000_000L;

    /** Rivals remembered; a further one is not, and is heard again half a second later. */
    static final int RIVAL_LIMIT = 8;

    private static final long MAGIC = 0x706652L << 40;
    private static final long MAGIC_MASK = 0xFFFFFFL << 40;
    private static final long READY_MASK = 0xFFL << 32;
    private static final long REALM_MASK = 0xFFFFL << 16;
    private static final long NONCE_MASK = 0xFFFFL;

    private final int creatorId;
    private final long realm;
    private final long nonce;
    private final int[] rivalCreators = new int[RIVAL_LIMIT];
    private final long[] rivalIds = new long[RIVAL_LIMIT];
    private final long[] rivalHeardNs = new long[RIVAL_LIMIT];
    private int rivals;
    private boolean isStarted;
    private boolean isReady;
    private boolean isActive;
    private boolean hasLeader;
    private int leader;
    private long leaderId;
    private long leaderNs;
    private long startNs;
    private long beaconNs;

    /**
     * @param creatorId our own on this segment, never 0.
     * @param realm name of the realm; only relays of the same realm compete.
     * @param nonce of this node; tells it from another that was given the same creatorid.
     */
    RelayElection(int creatorId, String realm, int nonce) {
        this.creatorId = creatorId;
        this.realm = (realm.hashCode() & 0xFFFFL) << 16;
        this.nonce = nonce & NONCE_MASK;
    }

    /** Whether an INS_ACK is a relay's sign of life and no acknowledgement. */
    static boolean isBeacon(long id) {
        return (id & MAGIC_MASK) == MAGIC && (id & READY_MASK) <= 1L << 32;
    }

    /** The id that our next sign of life carries. */
    long beaconId() {
        return MAGIC | (isReady ? 0 : 1L << 32) | realm | nonce;
    }

    /** A sign of life of whatever relay. */
    void heard(long id, int rival, long nowNs) {
        boolean isOther = rival != creatorId || (id & NONCE_MASK) != nonce;
        if ((id & REALM_MASK) != realm || !isOther) {
            return;
        }
        int place = place(id, rival, nowNs);
        if (place >= 0) {
            rivalCreators[place] = rival;
            rivalIds[place] = id;
            rivalHeardNs[place] = nowNs;
        }
    }

    private int place(long id, int rival, long nowNs) {
        int dead = -1;
        for (int i = 0; i < rivals; i++) {
            if (rivalCreators[i] == rival && ((rivalIds[i] ^ id) & NONCE_MASK) == 0) {
                return i;
            }
            dead = nowNs - rivalHeardNs[i] >= SILENCE_NS ? i : dead;
        }
        if (dead < 0 && rivals < RIVAL_LIMIT) {
            return rivals++;
        }
        return dead;
    }

    /**
     * The segment was not heard for a while, or never yet: for the time of a silence nobody knows
     * who else is there.
     */
    void restart(long nowNs) {
        isStarted = true;
        startNs = nowNs;
        beaconNs = nowNs;
        isActive = false;
    }

    /** Decides anew. Returns whether this relay is the one that announces. */
    boolean work(boolean isNowReady, long nowNs) {
        if (!isStarted) {
            restart(nowNs);
        }
        isReady = isNowReady;
        isActive = (isActive || nowNs - startNs >= SILENCE_NS) && isLowest(nowNs);
        noteLeader(nowNs);
        return isActive;
    }

    /** Since when who announces does; readiness aside, a relay is who it is by its nonce. */
    private void noteLeader(long nowNs) {
        int lowest = isActive ? -1 : lowest(nowNs);
        boolean has = isActive || lowest >= 0;
        int who = lowest < 0 ? creatorId : rivalCreators[lowest];
        long id = (lowest < 0 ? nonce : rivalIds[lowest]) & NONCE_MASK;
        if (has != hasLeader || who != leader || id != leaderId) {
            leaderNs = nowNs;
        }
        hasLeader = has;
        leader = who;
        leaderId = id;
    }

    /** The rival that goes before us and before every other; -1 if none does. */
    private int lowest(long nowNs) {
        int lowest = -1;
        for (int i = 0; i < rivals; i++) {
            boolean isAlive = nowNs - rivalHeardNs[i] < SILENCE_NS;
            if (isAlive && isBefore(rivalIds[i], rivalCreators[i])) {
                lowest = lowest < 0 || isBefore(i, lowest) ? i : lowest;
            }
        }
        return lowest;
    }

    private boolean isBefore(int rival, int other) {
        int ready = Long.compare(rivalIds[rival] & READY_MASK, rivalIds[other] & READY_MASK);
        int order = Integer.compareUnsigned(rivalCreators[rival], rivalCreators[other]);
        int nonces = Long.compare(rivalIds[rival] & NONCE_MASK, rivalIds[other] & NONCE_MASK);
        int first = ready != 0 ? ready : order;
        return first != 0 ? first < 0 : nonces < 0;
    }

    /** Whether somebody, this relay or another, announces, as far as was heard. */
    boolean hasLeader() {
        return hasLeader;
    }

    /** Who announces: its creatorid. */
    int leader() {
        return leader;
    }

    /** Since when, or since when nobody does. */
    long leaderNs() {
        return leaderNs;
    }

    /** Whether a sign of life is that of who announces. */
    boolean isLeader(long id) {
        return hasLeader && isBeacon(id) && (id & NONCE_MASK) == leaderId;
    }

    boolean isActive() {
        return isActive;
    }

    /** Whether any other relay of the realm was heard within a silence. */
    boolean hasRival(long nowNs) {
        for (int i = 0; i < rivals; i++) {
            if (nowNs - rivalHeardNs[i] < SILENCE_NS) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the relay that gave this sign of life, here or on another segment, was heard here
     * within a silence. Its creatorid may be another on each segment; its nonce is not.
     */
    boolean isHeard(long id, long nowNs) {
        return (id & MAGIC_MASK) == MAGIC && (id & REALM_MASK) == realm && isNodeHeard(id, nowNs);
    }

    /** As {@link #isHeard}, for a node of the same realm that is known by its nonce. */
    boolean isNodeHeard(long nodeNonce, long nowNs) {
        for (int i = 0; i < rivals; i++) {
            boolean isIt = ((rivalIds[i] ^ nodeNonce) & NONCE_MASK) == 0;
            if (isIt && nowNs - rivalHeardNs[i] < SILENCE_NS) {
                return true;
            }
        }
        return false;
    }

    /** Whether a sign of life is due; the next is counted from now. */
    boolean takeBeacon(long nowNs) {
        if (nowNs - beaconNs < 0) {
            return false;
        }
        beaconNs = nowNs + BEACON_NS;
        return true;
    }

    private boolean isLowest(long nowNs) {
        return lowest(nowNs) < 0;
    }

    private boolean isBefore(long rivalId, int rival) {
        long own = isReady ? 0 : 1L << 32;
        int ready = Long.compare(rivalId & READY_MASK, own);
        if (ready != 0) {
            return ready < 0;
        }
        int order = Integer.compareUnsigned(rival, creatorId);
        return order < 0 || (order == 0 && (rivalId & NONCE_MASK) < nonce);
    }
}
