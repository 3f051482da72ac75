package org.pfsyncd.state;

import org.agrona.DirectBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * The mirror of the firewalls' state table. Owned by the sync agent, its only writer and reader (or
 * by the one thread that replays).
 *
 * <p>It judges what arrives by the rules of {@code src/docs/state.md}, keeps the result off-heap,
 * and appends each result to the {@link DeltaBatch}: applying the batches to an empty table gives
 * the same table. Times are epoch milliseconds and come in as arguments. No method of the message
 * path throws, blocks or, once warm, allocates. Memory: see {@link TableConfig#capacity}.
 */
public final class MirrorTable implements AutoCloseable {
    /** Buckets of the digest. */
    public static final int DIGEST_BUCKETS = TableDigest.BUCKETS;

    private static final int TOMBSTONES_PER_WORK = 64;

    /** Bytes a DELETE takes at most, with the name of its realm. */
    private static final int DELETE_ROOM = 96;

    private final NameTable names;
    private final DeltaBatch batch;
    private final CounterSet<NodeCounter> counters;
    private final Ledger ledger;
    private final Knowledge knowledge = new Knowledge();
    private final Tombstones tombstones;
    private final Removal removal;
    private final Purge purge;
    private final Collisions collisions;
    private final Expiry expiry;
    private final Lifetime lifetime;
    private final Admission admission;
    private final Update update;
    private final Replay replay;
    private final TombstoneSnapshot tombstoneSnapshot;
    private final TableGauges gauges;
    private boolean isExpiryHeld;
    private boolean isClockDoubted;
    private BrokenRule brokenRule = BrokenRule.NONE;

    public MirrorTable(
            TableConfig config, NameTable names, DeltaBatch batch, CounterSet<NodeCounter> counts) {
        this.names = names;
        this.batch = batch;
        counters = counts;
        ledger = new Ledger(config, names);
        tombstones = new Tombstones(config.tombstones());
        removal = new Removal(ledger, batch, tombstones, counters);
        purge = new Purge(ledger, removal);
        collisions = new Collisions(ledger, removal, purge);
        expiry = new Expiry(ledger, removal);
        lifetime = new Lifetime(config.timeouts());
        admission = new Admission(ledger, batch, lifetime, tombstones, collisions);
        update = new Update(ledger, batch, lifetime);
        replay = new Replay(ledger, removal, knowledge, names);
        tombstoneSnapshot = new TombstoneSnapshot(tombstones, names);
        gauges = new TableGauges(counters, ledger, tombstones, names, knowledge);
        counters.set(NodeCounter.CAPACITY, config.capacity());
        gauges.showAll();
    }

    /**
     * An INS. {@code received.lifetimeS()} holds the seconds left from the wire, 0 for a complete
     * life; the record is not changed.
     *
     * @return {@link Outcome#INSERTED}; REPLACED; COLLISION, FULL, TOMBSTONED: refused; MERGED,
     *     HALF_STALE or STALE: the state was known and this merged as an update (ins-known).
     */
    public int insert(StateRecord received, long nowMs) {
        boolean isNew = admission.admitNew(received, nowMs);
        return isNew ? gauges.counted(Outcome.INSERTED) : accept(received, nowMs);
    }

    /**
     * A full UPD, checked like an INS.
     *
     * @return MERGED, HALF_STALE or STALE for a known state; INSERTED for one that was not known;
     *     otherwise as {@link #insert}.
     */
    public int update(StateRecord received, long nowMs) {
        return accept(received, nowMs);
    }

    /**
     * An UPD_C.
     *
     * @param timeout timeout class, 0 to 24.
     * @return MERGED, HALF_STALE, STALE; UNKNOWN: worth asking for; TOMBSTONED: unknown, but not
     *     worth asking for, because it died a moment ago.
     */
    public int updateCompressed(
            int realm,
            long id,
            int creatorId,
            PeerRecord src,
            PeerRecord dst,
            int timeout,
            long nowMs) {
        StateRecord known = living(realm, id, creatorId, nowMs);
        return known == null
                ? tombstones.ofUpdate(realm, id, creatorId, nowMs)
                : gauges.counted(update.compressed(known, src, dst, timeout, nowMs));
    }

    /** A DEL or DEL_C; DELETED, UNKNOWN, or TOMBSTONED: its end was heard a moment ago. */
    public int delete(int realm, long id, int creatorId, long nowMs) {
        StateRecord known = living(realm, id, creatorId, nowMs);
        if (known == null) {
            return tombstones.ofDelete(realm, id, creatorId, nowMs);
        }
        removal.remove(known, Reason.PEER_DELETE, nowMs);
        gauges.showCounts();
        return Outcome.DELETED;
    }

    /**
     * A CLR: the creator's states are gone at once for every message, and leave the memory, the
     * count, the digest and the journal in slices of {@link #work}.
     *
     * @param ifname name id; 0 for all interfaces.
     * @return CLEARED, or FULL if 64 clears are running.
     */
    public int clear(int realm, int creatorId, int ifname, long nowMs) {
        boolean isTaken = ledger.size() == 0 || purge.clear(realm, creatorId, ifname);
        return isTaken ? Outcome.CLEARED : Outcome.FULL;
    }

    /** Copies a state; false if there is none. */
    public boolean get(int realm, long id, int creatorId, StateRecord into) {
        return copyLiving(ledger.store().get(realm, id, creatorId), into);
    }

    /**
     * Copies the state whose wire key, interface, direction and realm are those of {@code probe}.
     */
    public boolean getByWireKey(StateRecord probe, StateRecord into) {
        return copyLiving(collisions.holder(probe, ConnectionKey.WIRE), into);
    }

    /** As {@link #getByWireKey} with the stack key. */
    public boolean getByStackKey(StateRecord probe, StateRecord into) {
        return copyLiving(collisions.holder(probe, ConnectionKey.STACK), into);
    }

    /**
     * Clears, sweeps and expiry, in bounded slices; stops while the batch is short of room.
     *
     * @param budget units of about a microsecond: a removal, or 16 index slots; at least 1. A slice
     *     of a clear or sweep reads one segment (about 1,000 states) whatever the budget.
     * @return units used; 0 if there is nothing to do now.
     */
    public int work(long nowMs, int budget) {
        int used = tombstones.expire(nowMs, TOMBSTONES_PER_WORK);
        if (purge.isActive() && hasRoom()) {
            used += purge.slice(nowMs);
        }
        used += ledger.unconfirmed().slice();
        if (hasRoom() && !isExpiryHeld) {
            int removals = batch.remaining() / DELETE_ROOM;
            used += expiry.work(nowMs, Math.min(budget, removals));
        }
        if (used > 0) {
            gauges.showAll();
        }
        return used;
    }

    /** While this is set no state expires: time has not been agreed upon yet. */
    public void holdExpiry(boolean isHeld) {
        isExpiryHeld = isHeld;
    }

    /** While this is set a creation is no proof against a state from before the start. */
    public void doubtClock(boolean isDoubted) {
        isClockDoubted = isDoubted;
    }

    /** Changes made by messages to this node are its own from now on: a name id. */
    public void originNode(int nameId) {
        admission.originNode(nameId);
        update.originNode(nameId);
    }

    /** Whether the messages that follow are a relay's: its updates are {@link Reason#RELAYED}. */
    public void relayed(boolean isRelayed) {
        update.relayed(isRelayed);
    }

    /** How far this table contains what other nodes' tables contained. */
    public Knowledge knowledge() {
        return knowledge;
    }

    /** For simulations, before the first {@link #newJoin}. */
    public void breakRule(BrokenRule rule) {
        brokenRule = rule;
    }

    /** A new taker-in of what one peer sends. */
    public Join newJoin() {
        return new Join(
                new Join.Parts(
                        ledger, batch, tombstones, removal, purge, counters, knowledge, brokenRule),
                names);
    }

    /** What an operator's load and clear do to the table. */
    public Loading newLoading() {
        return new Loading(
                new Loading.Parts(ledger, batch, tombstones, removal, purge, collisions, counters),
                lifetime);
    }

    /** The hash by which two copies of a record are compared, equal for two nodes if they are. */
    public long recordHash(StateRecord record) {
        return ledger.digest().recordHash(record);
    }

    /** The digest bucket a record counts in. */
    public int bucketOf(StateRecord record) {
        return ledger.digest().bucketOf(record);
    }

    /** Starts to remove, in slices of {@link #work}, what no living source has confirmed. */
    public void sweepUnconfirmed(int realm, long nowMs) {
        purge.sweep(realm);
    }

    /** True while a clear or a sweep has not visited the whole table. */
    public boolean isPurging() {
        return purge.isActive();
    }

    /** States held, cleared ones included until their slice has come. */
    public long size() {
        return ledger.size();
    }

    /** Of these, those that no living source has confirmed. */
    public long unconfirmed() {
        return ledger.unconfirmed().count();
    }

    /** Equal for two tables exactly if they hold the same states, whatever the order of arrival. */
    public long digest() {
        return ledger.digest().value();
    }

    /** Counts the digest again from the records, in slices. */
    public Recount recount() {
        return ledger.recount();
    }

    /** The part of the digest that covers one bucket, 0 to {@link #DIGEST_BUCKETS} - 1. */
    public long bucketDigest(int bucket) {
        return ledger.digest().bucket(bucket);
    }

    /** Whether living sources have confirmed every state of a bucket. */
    public boolean isBucketConfirmed(int bucket) {
        return ledger.unconfirmed().isEmpty(bucket);
    }

    /**
     * A peer holds exactly what this bucket holds now, and living sources have confirmed all of it
     * there: {@link #work} confirms it here, one segment a slice. Nothing is appended to the batch:
     * every peer compares for itself.
     */
    public void vouchForBucket(int bucket) {
        ledger.unconfirmed().vouchFor(bucket);
    }

    /** The digest computed from all records, for tests and tools; it visits every state. */
    public long recomputeDigest() {
        TableDigest fresh = new TableDigest(names);
        ledger.forEach(fresh::add);
        return fresh.value();
    }

    public int segmentCount() {
        return ledger.store().segmentCount();
    }

    /**
     * Shows the records of one segment (about 1,000), while its lock is held.
     *
     * @param segment 0 to {@link #segmentCount} - 1.
     * @return how many were shown.
     */
    public int readSegment(int segment, RecordConsumer consumer) {
        return ledger.store().readSegment(segment, consumer);
    }

    /**
     * After a replay: nothing is believed until a living source speaks. Visits every state.
     *
     * @param isClockContinuing whether what is new stays new.
     */
    public void markAllUnconfirmed(boolean isClockContinuing) {
        ledger.clearMarks(isClockContinuing ? StateRecord.MARK_NEW : 0);
        if (!isClockContinuing) {
            tombstones.forgetNew();
        }
        gauges.showCounts();
    }

    /**
     * Moves times, because the clock was set; visits every state. Nothing is appended to the batch:
     * a snapshot must follow.
     */
    public void shiftTimes(ClockShift shift) {
        ledger.shiftTimes(shift);
        tombstones.shiftTimes(shift);
    }

    /**
     * Applies the deltas of another table or an earlier life of this one: no rule is asked, nothing
     * is appended to the batch, no event is counted.
     *
     * @param isSnapshotPending true until the snapshot that this replay started in is complete: an
     *     UPDATE or DELETE of a state that is not here yet is then passed over.
     * @return inconsistencies, 0 where all is well: updates or deletes of unknown states, names
     *     that were never given, no room, or a malformed delta (the rest is then passed over).
     */
    public int apply(DirectBuffer deltas, int offset, int length, boolean isSnapshotPending) {
        int inconsistencies = replay.apply(deltas, offset, length, isSnapshotPending);
        gauges.showCounts();
        return inconsistencies;
    }

    /** The time, epoch milliseconds, of the documents that {@link #apply} is given next. */
    public void replayTime(long documentMs) {
        replay.time(documentMs);
    }

    /** The tombstones, for a snapshot and out of one. */
    public TombstoneSnapshot tombstones() {
        return tombstoneSnapshot;
    }

    /** Frees the memory; the table must not be used afterwards. */
    @Override
    public void close() {
        ledger.close();
    }

    private int accept(StateRecord received, long nowMs) {
        StateRecord known = living(received.realm(), received.id(), received.creatorId(), nowMs);
        if (known != null && isSame(known, received, nowMs)) {
            return gauges.counted(update.full(known, received, nowMs));
        }
        if (admission.isLate(received, nowMs)) {
            return Outcome.TOMBSTONED;
        }
        if (known == null) {
            return gauges.counted(admission.admit(received, nowMs));
        }
        removal.remove(known, Reason.REPLACED, nowMs);
        int outcome = gauges.counted(admission.admit(received, nowMs));
        return outcome == Outcome.INSERTED ? Outcome.REPLACED : outcome;
    }

    /** While the clock is in doubt, so is when a state from before the start was created. */
    private boolean isSame(StateRecord known, StateRecord received, long nowMs) {
        return (isClockDoubted && !known.isNew())
                ? ConnectionKey.isSameConnection(known, received)
                : Identity.isSame(known, received, nowMs);
    }

    /** The state if it is here and no running clear has it on its list. */
    private StateRecord living(int realm, long id, int creatorId, long nowMs) {
        StateRecord known = ledger.store().get(realm, id, creatorId);
        if (known == null || !purge.isCleared(known)) {
            return known;
        }
        removal.remove(known, Reason.CLEARED, nowMs);
        return null;
    }

    private boolean copyLiving(StateRecord known, StateRecord into) {
        if (known == null || purge.isCleared(known)) {
            return false;
        }
        into.copyFrom(known);
        return true;
    }

    private boolean hasRoom() {
        return batch.remaining() >= DeltaBatch.WORK_RESERVE_LENGTH;
    }
}
