package org.pfsyncd.state;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Takes in what one peer's table came to: {@code src/docs/state.md} section 9. Nothing is judged
 * again; two copies of a state are joined, so that every node comes to the same whatever the order.
 * What changed here is appended to the batch. Owned by the sync agent; one instance a peer, because
 * name ids are the peer's.
 */
public final class Join {
    private final Ledger ledger;
    private final DeltaBatch batch;
    private final Tombstones tombstones;
    private final Removal removal;
    private final Purge purge;
    private final CounterSet counters;
    private final NameMap names;
    private final DeltaReader deltas = new DeltaReader();
    private final StateRecord joined =
            new StateRecord()
                    .wrap(new UnsafeBuffer(ByteBuffer.allocateDirect(StateRecord.LENGTH)), 0);
    private boolean isTakingAll;
    private boolean hasContradicted;

    Join(Parts parts, NameTable nameTable) {
        ledger = parts.ledger;
        batch = parts.batch;
        tombstones = parts.tombstones;
        removal = parts.removal;
        purge = parts.purge;
        counters = parts.counters;
        names = new NameMap(nameTable);
    }

    /** What all joins of a table share. */
    record Parts(
            Ledger ledger,
            DeltaBatch batch,
            Tombstones tombstones,
            Removal removal,
            Purge purge,
            CounterSet counters) {}

    /** A new conversation: the peer will say again what its name ids mean. */
    public void forgetNames() {
        names.clear();
    }

    /**
     * Whether what follows comes from a snapshot or a repair, so that a state that is not here is
     * taken in whatever its delta says; otherwise an update of a state that is not here means that
     * it was deleted here.
     */
    public void takeAll(boolean all) {
        isTakingAll = all;
    }

    /**
     * Whether the deltas joined since the last call made this table say something of its own (still
     * dead, revived): what was appended then is a change of this node, and known to nobody yet.
     */
    public boolean takeContradicted() {
        boolean has = hasContradicted;
        hasContradicted = false;
        return has;
    }

    /**
     * Joins deltas; POSITIONs are passed over. The batch must have room for three times {@code
     * length} and {@link DeltaBatch#WORK_RESERVE_LENGTH}.
     *
     * @return deltas that could not be taken in: a name that was never given, a value out of range,
     *     no room, or malformed (the rest then counts as one).
     */
    public int apply(DirectBuffer buffer, int offset, int length, long nowMs) {
        int refused = 0;
        deltas.wrap(buffer, offset, length);
        while (deltas.next()) {
            refused += applyOne(nowMs) ? 0 : 1;
        }
        return refused + (deltas.isMalformed() ? 1 : 0);
    }

    /** Of a document whose content is known already only the names count. */
    public void defineNames(DirectBuffer buffer, int offset, int length) {
        deltas.wrap(buffer, offset, length);
        while (deltas.next()) {
            if (deltas.type() == DeltaType.NAME) {
                names.define(deltas);
            }
        }
    }

    private boolean applyOne(long nowMs) {
        int type = deltas.type();
        if (type == DeltaType.NAME) {
            return names.define(deltas);
        }
        if (type == DeltaType.POSITION) {
            return true;
        }
        int realm = names.local(deltas.realm());
        if (realm == NameMap.UNMAPPED) {
            return false;
        }
        if (type == DeltaType.PUT) {
            StateRecord received = deltas.record();
            return names.localise(received) && isValid(received) && put(received, nowMs);
        }
        StateRecord known = living(realm, deltas.id(), deltas.creatorId(), nowMs);
        if (known == null) {
            return true;
        }
        if (type == DeltaType.UPDATE) {
            return update(known, deltas.record());
        }
        delete(known, nowMs);
        return true;
    }

    /** A peer is another program on another machine: its numbers are not ours to trust. */
    private static boolean isValid(StateRecord record) {
        return record.creatorId() != 0
                && isMutableValid(record)
                && record.direction() <= 2
                && (record.wireAf() == 4 || record.wireAf() == 6)
                && (record.stackAf() == 4 || record.stackAf() == 6);
    }

    private static boolean isMutableValid(StateRecord record) {
        return record.timeout() < Timeouts.CLASSES
                && record.src().state() <= Merge.STATE_LIMIT
                && record.dst().state() <= Merge.STATE_LIMIT;
    }

    private StateRecord living(int realm, long id, int creatorId, long nowMs) {
        StateRecord known = ledger.store().get(realm, id, creatorId);
        if (known == null || !purge.isCleared(known)) {
            return known;
        }
        removal.remove(known, Reason.CLEARED, nowMs);
        return null;
    }

    private boolean put(StateRecord received, long nowMs) {
        StateRecord known = living(received.realm(), received.id(), received.creatorId(), nowMs);
        if (known == null) {
            return admit(received, nowMs);
        }
        if (Identity.isSame(known, received, nowMs)) {
            joinFull(known, received);
            return true;
        }
        if (!isSuccessor(known, received)) {
            return true;
        }
        removal.remove(known, Reason.REPLACED, nowMs);
        return insert(received, Reason.INSERT);
    }

    private boolean admit(StateRecord received, long nowMs) {
        int reason = deltas.reason();
        boolean isUpdate = reason == Reason.UPDATE && !isTakingAll;
        if (isUpdate) {
            return true;
        }
        if (tombstones.covers(received, nowMs)) {
            // Whoever sent it may have missed the delete, or its tombstone went before ours did.
            batch.delete(received, Reason.STILL_DEAD);
            hasContradicted = true;
            counters.increment(CounterId.LINK_DEAD_REFUSED);
            return true;
        }
        return insert(received, isTakingAll ? Reason.FETCHED : reason);
    }

    private boolean insert(StateRecord received, int reason) {
        if (!ledger.insert(received)) {
            return false;
        }
        batch.put(received, reason);
        counters.increment(CounterId.INSERTED);
        return true;
    }

    /** Of two states with one id the one created later; of two created at once, the larger hash. */
    private boolean isSuccessor(StateRecord known, StateRecord received) {
        int later = Long.compare(received.createdAtMs(), known.createdAtMs());
        if (later != 0) {
            return later > 0;
        }
        return Long.compareUnsigned(
                        ledger.digest().fixedHash(received), ledger.digest().fixedHash(known))
                > 0;
    }

    private void joinFull(StateRecord known, StateRecord received) {
        joined.copyFrom(known);
        boolean isFixedChanged = joinFixed(received);
        boolean isMutableChanged = joinMutable(joined, received);
        if (isFixedChanged) {
            ledger.replace(known, joined);
            batch.put(joined, Reason.UPDATE);
        } else if (isMutableChanged) {
            takeMutable(known, joined);
            batch.update(known, Reason.UPDATE);
        }
    }

    private boolean update(StateRecord known, StateRecord received) {
        int originNode = names.local(received.originNode());
        if (originNode == NameMap.UNMAPPED || !isMutableValid(received)) {
            return false;
        }
        received.originNode(originNode);
        joined.copyFrom(known);
        if (joinMutable(joined, received)) {
            takeMutable(known, joined);
            batch.update(known, Reason.UPDATE);
        }
        return true;
    }

    private void takeMutable(StateRecord known, StateRecord source) {
        long formerExpiresAtMs = known.expiresAtMs();
        boolean isConfirmed = source.isConfirmed();
        source.marks(known.marks());
        long token = ledger.beginUpdate(known);
        known.buffer()
                .putBytes(
                        known.offset() + StateRecord.MUTABLE_OFFSET,
                        source.buffer(),
                        source.offset() + StateRecord.MUTABLE_OFFSET,
                        StateRecord.MUTABLE_LENGTH);
        ledger.endUpdate(known, token, formerExpiresAtMs);
        ledger.confirm(known, isConfirmed);
    }

    /** Creation: the earlier; counts: the larger; the rest as a whole: the larger hash. */
    private boolean joinFixed(StateRecord received) {
        boolean isChanged = false;
        int fixed = StateRecord.WIRE_ADDR0_OFFSET;
        if (!ConnectionKey.isEqual(
                        joined, received, fixed, StateRecord.CREATED_AT_MS_OFFSET - fixed)
                && Long.compareUnsigned(
                                ledger.digest().fixedHash(received),
                                ledger.digest().fixedHash(joined))
                        > 0) {
            joined.buffer()
                    .putBytes(
                            joined.offset() + fixed,
                            received.buffer(),
                            received.offset() + fixed,
                            StateRecord.CREATED_AT_MS_OFFSET - fixed);
            joined.dialect(received.dialect());
            isChanged = true;
        }
        if (received.createdAtMs() < joined.createdAtMs()) {
            joined.createdAtMs(received.createdAtMs());
            isChanged = true;
        }
        if (Update.isDisplayLarger(received, joined)) {
            Update.takeCounts(joined, received);
            isChanged = true;
        }
        return isChanged;
    }

    /** Sides by {@link Merge#join}; the times as one: whatever is later; confirmed if either is. */
    private static boolean joinMutable(StateRecord into, StateRecord received) {
        boolean isChanged = Merge.join(into, received);
        if (Lifetime.isLater(received, into)) {
            into.lastActivityMs(received.lastActivityMs()).expiresAtMs(received.expiresAtMs());
            into.lifetimeS(received.lifetimeS()).timeout(received.timeout());
            into.originNode(received.originNode());
            isChanged = true;
        }
        if (received.isConfirmed() && !into.isConfirmed()) {
            into.marks(into.marks() | StateRecord.MARK_CONFIRMED);
            isChanged = true;
        }
        return isChanged;
    }

    /**
     * What somebody saw end is over, unless it was created again since. What somebody only no
     * longer heard of goes if it is over by our own clock and knowledge too; else it is announced
     * again.
     */
    private void delete(StateRecord known, long nowMs) {
        int reason = deltas.reason();
        long createdAtMs = deltas.createdAtMs();
        boolean isOther =
                createdAtMs != Long.MAX_VALUE
                        && Identity.isCreatedLater(createdAtMs, known.createdAtMs(), nowMs);
        if (isOther) {
            return;
        }
        if (Reason.isFromSilence(reason) && known.expiresAtMs() > nowMs) {
            batch.put(known, Reason.REVIVED);
            hasContradicted = true;
            counters.increment(CounterId.LINK_REVIVED);
            return;
        }
        removal.remove(known, reason, nowMs);
    }
}
