package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Collects what the table changed, as deltas ({@link DeltaType}), until the owner journals them and
 * calls {@link #reset}. Owned by the sync agent; nothing is allocated after construction.
 *
 * <p>The owner keeps at least {@link #WORST_FRAME_LENGTH} bytes free before it hands the table a
 * frame; the table's own work stops at {@link #WORK_RESERVE_LENGTH}.
 */
public final class DeltaBatch {
    public static final int DEFAULT_CAPACITY = 1 << 20;

    /**
     * More than any frame of 65,535 bytes can cause: per state of 242 bytes a PUT, its names and
     * three DELETEs make 814 bytes; per DEL_C of 12 bytes a DELETE makes 36.
     */
    public static final int WORST_FRAME_LENGTH = 256 << 10;

    /** Bytes that bounded work leaves free. */
    public static final int WORK_RESERVE_LENGTH = 64 << 10;

    /** More than a join of one delta can cause: two marks, a DELETE, a PUT with six names. */
    public static final int JOIN_RESERVE_LENGTH = 1_024;

    private static final int NAME_IDS = 1 << 16;

    private final NameTable names;
    private final MutableDirectBuffer buffer;
    private final long[] journaledNames = new long[NAME_IDS / Long.SIZE];
    private int length;
    private int count;

    public DeltaBatch(NameTable names) {
        this(names, DEFAULT_CAPACITY);
    }

    /**
     * @param capacity bytes, at least {@link #WORST_FRAME_LENGTH} + {@link #WORK_RESERVE_LENGTH}.
     */
    public DeltaBatch(NameTable names, int capacity) {
        if (capacity < WORST_FRAME_LENGTH + WORK_RESERVE_LENGTH) {
            throw new IllegalArgumentException(
                    "batch of "
                            + capacity
                            + " bytes is below "
                            + (WORST_FRAME_LENGTH + WORK_RESERVE_LENGTH));
        }
        this.names = names;
        buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity));
    }

    /** The deltas, from offset 0. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Bytes of all deltas. */
    public int length() {
        return length;
    }

    /** Number of deltas. */
    public int count() {
        return count;
    }

    /** Bytes still free. */
    public int remaining() {
        return buffer.capacity() - length;
    }

    /** Empties the batch; names once journaled stay known. */
    public void reset() {
        length = 0;
        count = 0;
    }

    /**
     * The next batches go to a journal that holds nothing yet (a new incarnation): every name is
     * written again before its first use.
     */
    public void forgetNames() {
        Arrays.fill(journaledNames, 0);
    }

    /**
     * Appends all names, for the head of a snapshot.
     *
     * @return false if they do not fit (nothing is appended then); 4,096 names always fit an empty
     *     batch of the default capacity.
     */
    public boolean appendAllNames() {
        int needed = 0;
        for (int id = 1; id < names.size(); id++) {
            needed += DeltaType.NAME_BYTES_OFFSET + names.bytes(id).length;
        }
        if (needed > remaining()) {
            return false;
        }
        for (int id = 1; id < names.size(); id++) {
            appendName(id);
        }
        return true;
    }

    /** Appends a record for a snapshot; call it from {@link MirrorTable#readSegment}. */
    public void appendSnapshot(StateRecord record) {
        put(record, Reason.SNAPSHOT);
    }

    /**
     * Appends how far this table contains another node's.
     *
     * @param kind {@link DeltaType#ORIGIN}, {@link DeltaType#SOURCE} or {@link DeltaType#OWN}.
     */
    public void appendPosition(int kind, long nodeId, long incarnation, long sequence) {
        int content = begin(DeltaType.POSITION, kind, DeltaType.POSITION_LENGTH);
        buffer.putLong(content, nodeId, LITTLE_ENDIAN);
        buffer.putLong(content + Long.BYTES, incarnation, LITTLE_ENDIAN);
        buffer.putLong(content + 2 * Long.BYTES, sequence, LITTLE_ENDIAN);
    }

    void put(StateRecord record, int reason) {
        requireName(record.realm());
        requireName(record.ifname());
        requireName(record.origIfname());
        requireName(record.rtIfname());
        requireName(record.tag());
        requireName(record.originNode());
        int content = begin(DeltaType.PUT, reason, DeltaType.PUT_LENGTH);
        buffer.putBytes(content, record.buffer(), record.offset(), StateRecord.JOURNALED_LENGTH);
    }

    void update(StateRecord record, int reason) {
        requireName(record.realm());
        requireName(record.originNode());
        int content = begin(DeltaType.UPDATE, reason, DeltaType.UPDATE_LENGTH);
        putKey(content, record);
        buffer.putBytes(
                content + StateRecord.KEY_LENGTH,
                record.buffer(),
                record.offset() + StateRecord.MUTABLE_OFFSET,
                StateRecord.MUTABLE_LENGTH);
    }

    void delete(StateRecord record, int reason) {
        requireName(record.realm());
        int content = begin(DeltaType.DELETE, reason, DeltaType.DELETE_LENGTH);
        putKey(content, record);
        buffer.putLong(content + StateRecord.KEY_LENGTH, record.createdAtMs(), LITTLE_ENDIAN);
        buffer.putLong(
                content + StateRecord.KEY_LENGTH + Long.BYTES, record.expiresAtMs(), LITTLE_ENDIAN);
    }

    /** Appends what keeps a dead state out. */
    void tombstone(Tombstone dead) {
        requireName(dead.realm);
        int content =
                begin(
                        DeltaType.TOMBSTONE,
                        dead.isNew ? DeltaType.NEW : 0,
                        DeltaType.TOMBSTONE_LENGTH);
        buffer.putLong(content + StateRecord.ID_OFFSET, dead.id, LITTLE_ENDIAN);
        buffer.putInt(content + StateRecord.CREATOR_ID_OFFSET, dead.creatorId, LITTLE_ENDIAN);
        buffer.putInt(content + StateRecord.REALM_OFFSET, dead.realm, LITTLE_ENDIAN);
        int at = length - DeltaType.TOMBSTONE_LENGTH;
        buffer.putLong(at + DeltaType.CREATED_OFFSET, dead.createdAtMs, LITTLE_ENDIAN);
        buffer.putLong(at + DeltaType.DIED_OFFSET, dead.diedAtMs, LITTLE_ENDIAN);
        buffer.putLong(at + DeltaType.IDENTITY_OFFSET, dead.identity, LITTLE_ENDIAN);
    }

    private void putKey(int content, StateRecord record) {
        buffer.putLong(content + StateRecord.ID_OFFSET, record.id(), LITTLE_ENDIAN);
        buffer.putInt(content + StateRecord.CREATOR_ID_OFFSET, record.creatorId(), LITTLE_ENDIAN);
        buffer.putInt(content + StateRecord.REALM_OFFSET, record.realm(), LITTLE_ENDIAN);
    }

    private int begin(int type, int reason, int deltaLength) {
        assert remaining() >= deltaLength : "the owner let a batch run full";
        buffer.putByte(length + DeltaType.TYPE_OFFSET, (byte) type);
        buffer.putByte(length + DeltaType.REASON_OFFSET, (byte) reason);
        buffer.putShort(length + DeltaType.LENGTH_OFFSET, (short) deltaLength, LITTLE_ENDIAN);
        int content = length + DeltaType.HEADER_LENGTH;
        length += deltaLength;
        count++;
        return content;
    }

    private boolean isJournaled(int nameId) {
        return nameId == 0 || (journaledNames[nameId >>> 6] & (1L << nameId)) != 0;
    }

    private void requireName(int nameId) {
        if (!isJournaled(nameId)) {
            appendName(nameId);
        }
    }

    private void appendName(int nameId) {
        byte[] bytes = names.bytes(nameId);
        int deltaLength = DeltaType.NAME_BYTES_OFFSET + bytes.length;
        int content = begin(DeltaType.NAME, 0, deltaLength);
        buffer.putShort(content, (short) nameId, LITTLE_ENDIAN);
        buffer.putBytes(content + Short.BYTES, bytes);
        journaledNames[nameId >>> 6] |= 1L << nameId;
    }
}
