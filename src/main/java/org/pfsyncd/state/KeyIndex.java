package org.pfsyncd.state;

import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;
import org.pfsyncd.wire.StateRecord;

/**
 * Finds states by the hash of a key, for collisions and lookups, and carries the deadlines of their
 * expiry: an open-addressing array outside the heap. Owned by the sync agent.
 *
 * <p>A slot holds who the state is and 40 bits of the key's hash, so a hit is a candidate that the
 * caller verifies in the table. A state whose keys are equal has one slot (mask 3), a translated
 * one has two (masks 1 and 2); the slot with the wire bit holds the deadline. There are 2.5 slots a
 * state of capacity, 60 bytes: load 0.4 without translation, 0.8 when every state is translated.
 * Removal shifts the followers back, so there are no tombstones and no rehash.
 *
 * <pre>
 *  0 id 8 | 8 creatorId 4 | 12 realm 2 | 14 mask 1, 0 = empty | 15 hash bits 24 to 31
 * 16 hash bits 32 to 63 | 20 deadline, epoch seconds, unsigned
 * </pre>
 */
final class KeyIndex implements AutoCloseable {
    /** Returned where there is no slot. */
    static final long NONE = -1;

    /** The latest deadline a slot can hold, and that of slots that have none. */
    static final long DEADLINE_LIMIT_S = 0xFFFF_FFFFL;

    private static final int SLOT_LENGTH = 24;
    private static final int CREATOR_ID_OFFSET = 8;
    private static final int REALM_OFFSET = 12;
    private static final int MASK_OFFSET = 14;
    private static final int TAG_OFFSET = 15;
    private static final int FINGERPRINT_OFFSET = 16;
    private static final int DEADLINE_OFFSET = 20;

    private final Memory memory = OS.memory();
    private final long slots;
    private final long address;
    private final TableMemory listener;
    private long used;
    private boolean isClosed;

    KeyIndex(long stateCapacity, TableMemory tableMemory) {
        listener = tableMemory;
        slots = stateCapacity * 5 / 2 + 16;
        address = memory.allocate(slots * SLOT_LENGTH);
        listener.onReserved(address, slots * SLOT_LENGTH);
        memory.setMemory(address, slots * SLOT_LENGTH, (byte) 0);
    }

    long slotCount() {
        return slots;
    }

    long offHeapBytes() {
        return slots * SLOT_LENGTH;
    }

    void insert(long hash, int mask, StateRecord of, long deadlineS) {
        assert used < slots - 1 : "more entries than the capacity allows";
        long slot = home(hash >>> 32);
        while (mask(slot) != 0) {
            slot = following(slot);
        }
        long at = at(slot);
        memory.writeLong(at, of.id());
        memory.writeInt(at + CREATOR_ID_OFFSET, of.creatorId());
        memory.writeShort(at + REALM_OFFSET, (short) of.realm());
        memory.writeByte(at + MASK_OFFSET, (byte) mask);
        memory.writeByte(at + TAG_OFFSET, (byte) (hash >>> 24));
        memory.writeInt(at + FINGERPRINT_OFFSET, (int) (hash >>> 32));
        memory.writeInt(at + DEADLINE_OFFSET, (int) deadlineS);
        used++;
    }

    /** The first candidate for a key in any slot of {@code wantedMask}, or {@link #NONE}. */
    long first(long hash, int wantedMask) {
        return candidate(hash, wantedMask, home(hash >>> 32));
    }

    /** The candidate after {@code slot}, or {@link #NONE}. */
    long next(long hash, int wantedMask, long slot) {
        return candidate(hash, wantedMask, following(slot));
    }

    /** The slot in which a state stands under this hash and exactly this mask. */
    long find(long hash, int mask, StateRecord of) {
        long slot = first(hash, mask);
        while (slot != NONE && !(mask(slot) == mask && isOf(slot, of))) {
            slot = next(hash, mask, slot);
        }
        return slot;
    }

    /** Empties a slot and shifts back those behind it that stand away from their home. */
    void removeAt(long slot) {
        long hole = slot;
        long probe = following(hole);
        while (mask(probe) != 0) {
            long home = home(memory.readInt(at(probe) + FINGERPRINT_OFFSET) & 0xFFFF_FFFFL);
            if (!isCyclicallyWithin(hole, home, probe)) {
                memory.copyMemory(at(probe), at(hole), SLOT_LENGTH);
                hole = probe;
            }
            probe = following(probe);
        }
        memory.writeByte(at(hole) + MASK_OFFSET, (byte) 0);
        used--;
    }

    /** 0 if the slot is empty. */
    int mask(long slot) {
        return memory.readByte(at(slot) + MASK_OFFSET);
    }

    long id(long slot) {
        return memory.readLong(at(slot));
    }

    int creatorId(long slot) {
        return memory.readInt(at(slot) + CREATOR_ID_OFFSET);
    }

    int realm(long slot) {
        return memory.readShort(at(slot) + REALM_OFFSET) & 0xFFFF;
    }

    long deadlineS(long slot) {
        return memory.readInt(at(slot) + DEADLINE_OFFSET) & 0xFFFF_FFFFL;
    }

    void deadlineS(long slot, long deadlineS) {
        memory.writeInt(at(slot) + DEADLINE_OFFSET, (int) deadlineS);
    }

    /**
     * The first slot from {@code slot} that holds a wire key with a deadline at or before {@code
     * nowS}, or {@code limit}.
     */
    long firstDue(long slot, long limit, long nowS) {
        long due = slot;
        while (due < limit && ((mask(due) & ConnectionKey.WIRE) == 0 || deadlineS(due) > nowS)) {
            due++;
        }
        return due;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            listener.onRelease(address);
            memory.freeMemory(address, slots * SLOT_LENGTH);
        }
    }

    private long candidate(long hash, int wantedMask, long from) {
        int fingerprint = (int) (hash >>> 32);
        byte tag = (byte) (hash >>> 24);
        long slot = from;
        for (int mask = mask(slot); mask != 0; mask = mask(slot)) {
            if ((mask & wantedMask) != 0
                    && memory.readInt(at(slot) + FINGERPRINT_OFFSET) == fingerprint
                    && memory.readByte(at(slot) + TAG_OFFSET) == tag) {
                return slot;
            }
            slot = following(slot);
        }
        return NONE;
    }

    private boolean isOf(long slot, StateRecord of) {
        return id(slot) == of.id()
                && creatorId(slot) == of.creatorId()
                && realm(slot) == of.realm();
    }

    private static boolean isCyclicallyWithin(long hole, long home, long probe) {
        return hole <= probe ? (hole < home && home <= probe) : (hole < home || home <= probe);
    }

    /** Scales 32 bits to the number of slots, which need not be a power of two. */
    private long home(long fingerprint) {
        return (fingerprint * slots) >>> 32;
    }

    private long following(long slot) {
        return slot + 1 == slots ? 0 : slot + 1;
    }

    private long at(long slot) {
        assert slot >= 0 && slot < slots && !isClosed : slot;
        return address + slot * SLOT_LENGTH;
    }
}
