package org.pfsyncd.state;

import java.util.Arrays;
import org.agrona.BitUtil;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * Remembers deleted states for a while, so that a late message does not bring the dead back. A ring
 * in order of death with a chained hash over it; when it is full the oldest gives way. Owned by the
 * sync agent.
 */
final class Tombstones {
    private static final int NONE = -1;

    private final long keepMs;
    private final long[] ids;
    private final long[] identities;
    private final long[] createdAtMs;
    private final long[] diedAtMs;
    private final int[] creatorIds;
    private final int[] realms;
    private final boolean[] isObserved;
    private final boolean[] isNew;
    private final int[] nextInChain;
    private final int[] chains;
    private final Tombstone added = new Tombstone();
    private final Tombstone shown = new Tombstone();
    private int oldest;
    private int count;
    private long dropped;

    Tombstones(TableConfig.TombstoneLimits limits) {
        keepMs = limits.keepMs();
        int capacity = limits.count();
        ids = new long[capacity];
        identities = new long[capacity];
        createdAtMs = new long[capacity];
        diedAtMs = new long[capacity];
        creatorIds = new int[capacity];
        realms = new int[capacity];
        isObserved = new boolean[capacity];
        isNew = new boolean[capacity];
        nextInChain = new int[capacity];
        chains = new int[BitUtil.findNextPositivePowerOfTwo(capacity)];
        Arrays.fill(chains, NONE);
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count == ids.length;
    }

    /**
     * Remembers a state that is about to be removed.
     *
     * @param isEnd whether somebody's connection is over, and not just our memory of it.
     */
    void add(StateRecord dead, boolean isEnd, long nowMs) {
        if (count == ids.length) {
            dropOldest();
        }
        added.realm = dead.realm();
        added.id = dead.id();
        added.creatorId = dead.creatorId();
        added.createdAtMs = dead.createdAtMs();
        added.diedAtMs = nowMs;
        added.identity = identity(dead);
        added.isNew = dead.isNew();
        place(added, isEnd);
    }

    /**
     * Remembers what another life of this table, or another table, remembered; nothing gives way
     * for it. That does not say whether an operator's clear left it: somebody has told of the end.
     */
    void recall(Tombstone dead) {
        if (count == ids.length || remembers(dead)) {
            return;
        }
        place(dead, true);
    }

    private void place(Tombstone dead, boolean isEnd) {
        int entry = (oldest + count) % ids.length;
        ids[entry] = dead.id;
        creatorIds[entry] = dead.creatorId;
        realms[entry] = dead.realm;
        isObserved[entry] = isEnd;
        isNew[entry] = dead.isNew;
        identities[entry] = dead.identity;
        createdAtMs[entry] = dead.createdAtMs;
        diedAtMs[entry] = dead.diedAtMs;
        int chain = chain(dead.id, dead.creatorId);
        nextInChain[entry] = chains[chain];
        chains[chain] = entry;
        count++;
    }

    private boolean remembers(Tombstone dead) {
        int entry = chains[chain(dead.id, dead.creatorId)];
        while (entry != NONE
                && !(ids[entry] == dead.id
                        && creatorIds[entry] == dead.creatorId
                        && realms[entry] == dead.realm
                        && identities[entry] == dead.identity
                        && createdAtMs[entry] >= dead.createdAtMs
                        && diedAtMs[entry] >= dead.diedAtMs)) {
            entry = nextInChain[entry];
        }
        return entry != NONE;
    }

    /**
     * Appends tombstones in the order of death.
     *
     * @param from number of the first, counted from the first that this table ever had.
     * @param limit how many at most.
     * @return number of the next; {@link #end} if there is none.
     */
    long append(long from, int limit, DeltaBatch into) {
        long next = Math.max(from, dropped);
        long last = Math.min(end(), next + limit);
        for (; next < last; next++) {
            int entry = (int) ((oldest + (next - dropped)) % ids.length);
            shown.realm = realms[entry];
            shown.id = ids[entry];
            shown.creatorId = creatorIds[entry];
            shown.createdAtMs = createdAtMs[entry];
            shown.diedAtMs = diedAtMs[entry];
            shown.identity = identities[entry];
            shown.isNew = isNew[entry];
            into.tombstone(shown);
        }
        return next;
    }

    /** Number behind the newest. */
    long end() {
        return dropped + count;
    }

    /** The clock was set: so are the times remembered. */
    void shiftTimes(ClockShift shift) {
        for (int i = 0; i < count; i++) {
            int entry = (oldest + i) % ids.length;
            createdAtMs[entry] += shift.of(isNew[entry]);
            diedAtMs[entry] += shift.of(isNew[entry], diedAtMs[entry]);
        }
    }

    /** A clock starts: what it finds is not new. */
    void forgetNew() {
        Arrays.fill(isNew, false);
    }

    /** Of a short update, which carries no more than an id: TOMBSTONED if such a state died. */
    int ofUpdate(int realm, long id, int creatorId, long nowMs) {
        int entry = find(chains[chain(id, creatorId)], realm, id, creatorId, nowMs);
        return entry == NONE ? Outcome.UNKNOWN : Outcome.TOMBSTONED;
    }

    /** Of a delete: TOMBSTONED if the newest such state that died is known to have ended. */
    int ofDelete(int realm, long id, int creatorId, long nowMs) {
        int entry = find(chains[chain(id, creatorId)], realm, id, creatorId, nowMs);
        return entry == NONE || !isObserved[entry] ? Outcome.UNKNOWN : Outcome.TOMBSTONED;
    }

    /**
     * True if this very state died within the time: same id, same connection, and not created later
     * than the dead one.
     */
    boolean covers(StateRecord received, long nowMs) {
        int realm = received.realm();
        long id = received.id();
        int creatorId = received.creatorId();
        int entry = find(chains[chain(id, creatorId)], realm, id, creatorId, nowMs);
        while (entry != NONE) {
            if (identities[entry] == identity(received)
                    && !Identity.isCreatedLater(
                            createdAtMs[entry], received.createdAtMs(), nowMs)) {
                return true;
            }
            entry = find(nextInChain[entry], realm, id, creatorId, nowMs);
        }
        return false;
    }

    /** Forgets up to {@code limit} whose time is over; returns how many. */
    int expire(long nowMs, int limit) {
        int dropped = 0;
        while (dropped < limit && count > 0 && !isRemembered(oldest, nowMs)) {
            dropOldest();
            dropped++;
        }
        return dropped;
    }

    private int find(int from, int realm, long id, int creatorId, long nowMs) {
        int entry = from;
        while (entry != NONE
                && !(ids[entry] == id
                        && creatorIds[entry] == creatorId
                        && realms[entry] == realm
                        && isRemembered(entry, nowMs))) {
            entry = nextInChain[entry];
        }
        return entry;
    }

    private boolean isRemembered(int entry, long nowMs) {
        return nowMs - diedAtMs[entry] < keepMs;
    }

    /**
     * Takes in a tombstone from elsewhere.
     *
     * @param known the living state with its id, null if there is none.
     * @return whether that state is the dead one; then nothing is remembered yet.
     */
    boolean buries(Tombstone dead, StateRecord known, long nowMs) {
        dead.diedAtMs = Math.min(dead.diedAtMs, nowMs);
        if (!dead.isValid() || nowMs - dead.diedAtMs >= keepMs) {
            return false;
        }
        boolean isKnown =
                known != null
                        && dead.identity == identity(known)
                        && !Identity.isCreatedLater(dead.createdAtMs, known.createdAtMs(), nowMs);
        if (!isKnown) {
            recall(dead);
        }
        return isKnown;
    }

    private void dropOldest() {
        int chain = chain(ids[oldest], creatorIds[oldest]);
        if (chains[chain] == oldest) {
            chains[chain] = nextInChain[oldest];
        } else {
            int entry = chains[chain];
            while (nextInChain[entry] != oldest) {
                entry = nextInChain[entry];
            }
            nextInChain[entry] = nextInChain[oldest];
        }
        oldest = (oldest + 1) % ids.length;
        count--;
        dropped++;
    }

    private int chain(long id, int creatorId) {
        return (int) Hash.finish(Hash.step(id, creatorId)) & (chains.length - 1);
    }

    /** Of the connection, the same in every table. */
    static long identity(StateRecord record) {
        return ConnectionKey.identity(record);
    }
}
