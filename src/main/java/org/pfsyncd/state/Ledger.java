package org.pfsyncd.state;

import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * The states and everything derived from them, changed together: store, key index, digest, counts.
 * It does what it is told; the rules are elsewhere. Owned by the sync agent.
 */
final class Ledger implements AutoCloseable {
    private static final long MS_PER_S = 1_000;

    private final long capacity;
    private final long graceMs;
    private final long hashSeed;
    private final StateStore store;
    private final KeyIndex index;
    private final TableDigest digest;
    private final Recount recount;
    private final Unconfirmed unconfirmed = new Unconfirmed(this);
    private long size;
    private long nextOrdinal;
    private boolean mayHoldNew;

    Ledger(TableConfig config, NameTable names) {
        capacity = config.capacity();
        graceMs = config.expiryGraceMs();
        hashSeed = config.hashSeed();
        digest = new TableDigest(names);
        index = new KeyIndex(capacity, config.memory());
        store = new StateStore(capacity, config.memory());
        recount = new Recount(store, digest, names);
    }

    long size() {
        return size;
    }

    Unconfirmed unconfirmed() {
        return unconfirmed;
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** Inserts made so far; a record with a smaller ordinal was there before. */
    long nextOrdinal() {
        return nextOrdinal;
    }

    StateStore store() {
        return store;
    }

    KeyIndex index() {
        return index;
    }

    TableDigest digest() {
        return digest;
    }

    Recount recount() {
        return recount;
    }

    /** Hash under which the index knows one key of a record. */
    long hash(StateRecord record, int slot) {
        return ConnectionKey.hash(record, slot, hashSeed);
    }

    /**
     * Adds a state whose id is not in the table; sets its ordinal.
     *
     * @return false if there is no room.
     */
    boolean insert(StateRecord record) {
        record.insertOrdinal(nextOrdinal);
        if (isFull() || !store.put(record)) {
            return false;
        }
        enter(record);
        return true;
    }

    /**
     * As {@link #insert}, but the id may be in the table: one look-up where a search before it
     * makes two.
     *
     * @return false if it is there, or if there is no room.
     */
    boolean insertIfAbsent(StateRecord record) {
        record.insertOrdinal(nextOrdinal);
        if (isFull() || !store.putIfAbsent(record)) {
            return false;
        }
        enter(record);
        return true;
    }

    /**
     * Adds a state, or makes the one of the same id what {@code record} says; for replay.
     *
     * @return false if there is no room.
     */
    boolean put(StateRecord record) {
        if (insertIfAbsent(record)) {
            return true;
        }
        StateRecord known = store.get(record.realm(), record.id(), record.creatorId());
        return known != null && replace(known, record);
    }

    /**
     * Makes a known state what {@code record} says; both have one id.
     *
     * @return false if there was no room.
     */
    boolean replace(StateRecord known, StateRecord record) {
        if (!ConnectionKey.isIndexedAlike(known, record)) {
            remove(known);
            return insert(record);
        }
        long formerExpiresAtMs = known.expiresAtMs();
        digest.remove(known);
        leaveUnconfirmed(known);
        known.buffer()
                .putBytes(
                        known.offset(),
                        record.buffer(),
                        record.offset(),
                        StateRecord.JOURNALED_LENGTH);
        digest.add(known);
        mayHoldNew |= known.isNew();
        enterUnconfirmed(known);
        if (known.expiresAtMs() < formerExpiresAtMs) {
            arm(known);
        }
        return true;
    }

    /** Makes the mutable block of a known state, its mark included, what {@code source} says. */
    void takeMutable(StateRecord known, StateRecord source) {
        long formerExpiresAtMs = known.expiresAtMs();
        boolean isConfirmed = source.isConfirmed();
        source.marks(known.marks());
        long token = beginUpdate(known);
        known.buffer()
                .putBytes(
                        known.offset() + StateRecord.MUTABLE_OFFSET,
                        source.buffer(),
                        source.offset() + StateRecord.MUTABLE_OFFSET,
                        StateRecord.MUTABLE_LENGTH);
        endUpdate(known, token, formerExpiresAtMs);
        confirm(known, isConfirmed);
    }

    /** Removes a state; {@code record} is not valid afterwards. */
    void remove(StateRecord record) {
        index.removeAt(wireSlot(record));
        if (!record.isUntranslated()) {
            long stackHash = hash(record, ConnectionKey.STACK);
            index.removeAt(index.find(stackHash, ConnectionKey.STACK, record));
        }
        digest.remove(record);
        leaveUnconfirmed(record);
        size--;
        store.remove(record);
    }

    /**
     * Starts a change of the mutable block in place.
     *
     * @return what {@link #endUpdate} wants.
     */
    long beginUpdate(StateRecord record) {
        return digest.beginUpdate(record);
    }

    /**
     * Ends it. The index keeps the earliest deadline a state ever had until the scan comes by, so
     * it must hear at once only of a life that became shorter.
     */
    void endUpdate(StateRecord record, long token, long formerExpiresAtMs) {
        digest.endUpdate(record, token);
        if (record.expiresAtMs() < formerExpiresAtMs) {
            arm(record);
        }
    }

    /**
     * Sets or clears the mark; the digest does not count it.
     *
     * @return true if it changed.
     */
    boolean confirm(StateRecord record, boolean isConfirmed) {
        if (record.isConfirmed() == isConfirmed) {
            return false;
        }
        leaveUnconfirmed(record);
        record.marks(record.marks() ^ StateRecord.MARK_CONFIRMED);
        enterUnconfirmed(record);
        return true;
    }

    private void enterUnconfirmed(StateRecord record) {
        if (!record.isConfirmed()) {
            unconfirmed.add(record);
        }
    }

    private void leaveUnconfirmed(StateRecord record) {
        if (!record.isConfirmed()) {
            unconfirmed.remove(record);
        }
    }

    /** Writes a state's deadline into the index. */
    void arm(StateRecord record) {
        index.deadlineS(wireSlot(record), deadlineS(record));
    }

    /** True from the end of its life and the grace on. */
    boolean isDue(StateRecord record, long nowMs) {
        return record.expiresAtMs() + graceMs <= nowMs;
    }

    /** Moves times; it visits every state. */
    void shiftTimes(ClockShift shift) {
        recount.finish();
        digest.clear();
        forEach(
                record -> {
                    shift.move(record);
                    digest.add(record);
                    arm(record);
                });
    }

    /**
     * Clears every mark but those to keep; for start-up, as it visits every state if one of them
     * may have such a mark.
     */
    void clearMarks(int kept) {
        boolean mayLoseNew = mayHoldNew && (kept & StateRecord.MARK_NEW) == 0;
        if (mayLoseNew || unconfirmed.count() < size) {
            forEach(
                    record -> {
                        confirm(record, false);
                        record.marks(record.marks() & kept);
                    });
            mayHoldNew = !mayLoseNew && mayHoldNew;
        }
    }

    void forEach(RecordConsumer consumer) {
        for (int segment = 0; segment < store.segmentCount(); segment++) {
            store.readSegment(segment, consumer);
        }
    }

    @Override
    public void close() {
        index.close();
        store.close();
    }

    private void enter(StateRecord record) {
        nextOrdinal++;
        size++;
        mayHoldNew |= record.isNew();
        enterUnconfirmed(record);
        digest.add(record);
        long wireHash = hash(record, ConnectionKey.WIRE);
        if (record.isUntranslated()) {
            index.insert(
                    wireHash, ConnectionKey.WIRE | ConnectionKey.STACK, record, deadlineS(record));
        } else {
            index.insert(wireHash, ConnectionKey.WIRE, record, deadlineS(record));
            long stackHash = hash(record, ConnectionKey.STACK);
            index.insert(stackHash, ConnectionKey.STACK, record, KeyIndex.DEADLINE_LIMIT_S);
        }
    }

    private long wireSlot(StateRecord record) {
        int mask = record.isUntranslated() ? 3 : ConnectionKey.WIRE;
        long slot = index.find(hash(record, ConnectionKey.WIRE), mask, record);
        assert slot != KeyIndex.NONE : "a state is missing in the key index";
        return slot;
    }

    private long deadlineS(StateRecord record) {
        long deadlineS = (record.expiresAtMs() + graceMs) / MS_PER_S;
        return Math.max(0, Math.min(deadlineS, KeyIndex.DEADLINE_LIMIT_S));
    }
}
