package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TimeoutClass;

/**
 * Iterates over the deltas of a batch or a journal document; checks every length before it shows a
 * delta. Owned by whoever wrapped it. Except for {@link #name} and {@link #toString} nothing is
 * allocated.
 */
public final class DeltaReader {
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[StateRecord.LENGTH]);
    private final StateRecord record = new StateRecord().wrap(copy, 0);
    private DirectBuffer buffer;
    private int position;
    private int next;
    private int limit;

    public DeltaReader wrap(DirectBuffer buffer, int offset, int length) {
        this.buffer = buffer;
        position = offset;
        next = offset;
        limit = offset + length;
        return this;
    }

    /**
     * Moves to the next delta.
     *
     * @return false at the end, or where what follows is no delta: then {@link #isMalformed}.
     */
    public boolean next() {
        position = next;
        if (limit - position < DeltaType.HEADER_LENGTH) {
            return false;
        }
        int length = length();
        if (length > limit - position || !isLengthOfType(length)) {
            return false;
        }
        next = position + length;
        return true;
    }

    /** True if {@link #next} stopped before the end of what was wrapped. */
    public boolean isMalformed() {
        return next != limit;
    }

    /** One of {@link DeltaType}. */
    public int type() {
        return buffer.getByte(position + DeltaType.TYPE_OFFSET) & 0xFF;
    }

    /** One of {@link Reason}; 0 for a NAME; of a POSITION its kind. */
    public int reason() {
        return buffer.getByte(position + DeltaType.REASON_OFFSET) & 0xFF;
    }

    /** Whether it puts, updates or deletes a state. */
    public boolean isAboutAState() {
        return type() == DeltaType.PUT || type() == DeltaType.UPDATE || type() == DeltaType.DELETE;
    }

    /** Offset of the delta's header in the wrapped buffer. */
    public int offset() {
        return position;
    }

    /** Bytes of the whole delta. */
    public int length() {
        return buffer.getShort(position + DeltaType.LENGTH_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** NAME: the writer's id for the name. */
    public int nameId() {
        return buffer.getShort(position + DeltaType.NAME_ID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** NAME: offset of the bytes in the wrapped buffer; there is no NUL. */
    public int nameOffset() {
        return position + DeltaType.NAME_BYTES_OFFSET;
    }

    /** NAME: number of bytes. */
    public int nameLength() {
        return length() - DeltaType.NAME_BYTES_OFFSET;
    }

    /** NAME: copies the bytes to the start of a buffer. */
    public void getName(MutableDirectBuffer into) {
        into.putBytes(0, buffer, nameOffset(), nameLength());
    }

    /** NAME: as text. */
    public String name() {
        byte[] bytes = new byte[nameLength()];
        buffer.getBytes(nameOffset(), bytes);
        return new String(bytes, ISO_8859_1);
    }

    /** PUT, UPDATE, DELETE, TOMBSTONE: the state's id. */
    public long id() {
        return buffer.getLong(contentOffset() + StateRecord.ID_OFFSET, LITTLE_ENDIAN);
    }

    /** PUT, UPDATE, DELETE, TOMBSTONE: the state's creatorid. */
    public int creatorId() {
        return buffer.getInt(contentOffset() + StateRecord.CREATOR_ID_OFFSET, LITTLE_ENDIAN);
    }

    /** PUT, UPDATE, DELETE, TOMBSTONE: the writer's name id of the realm. */
    public int realm() {
        return buffer.getShort(contentOffset() + StateRecord.REALM_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /**
     * DELETE: creation of the state that went, epoch milliseconds; the largest number if the delta
     * is too old to tell.
     */
    public long createdAtMs() {
        return length() == DeltaType.DELETE_LENGTH
                ? buffer.getLong(position + DeltaType.CREATED_OFFSET, LITTLE_ENDIAN)
                : Long.MAX_VALUE;
    }

    /** DELETE: end of its life as the writer knew it, epoch milliseconds; 0 if not told. */
    public long expiresAtMs() {
        return length() == DeltaType.DELETE_LENGTH
                ? buffer.getLong(position + DeltaType.EXPIRES_OFFSET, LITTLE_ENDIAN)
                : 0;
    }

    /** TOMBSTONE: creation of the state that went, epoch milliseconds. */
    public long tombstoneCreatedAtMs() {
        return buffer.getLong(position + DeltaType.CREATED_OFFSET, LITTLE_ENDIAN);
    }

    /** TOMBSTONE: when it went, epoch milliseconds of the writer. */
    public long diedAtMs() {
        return buffer.getLong(position + DeltaType.DIED_OFFSET, LITTLE_ENDIAN);
    }

    /** TOMBSTONE: {@link ConnectionKey#identity} of the state that went. */
    public long identity() {
        return buffer.getLong(position + DeltaType.IDENTITY_OFFSET, LITTLE_ENDIAN);
    }

    /** POSITION: the node's id. */
    public long nodeId() {
        return buffer.getLong(position + DeltaType.NODE_OFFSET, LITTLE_ENDIAN);
    }

    /** POSITION: incarnation of that node's journal. */
    public long incarnation() {
        return buffer.getLong(position + DeltaType.INCARNATION_OFFSET, LITTLE_ENDIAN);
    }

    /** POSITION: sequence within the incarnation. */
    public long sequence() {
        return buffer.getLong(position + DeltaType.SEQUENCE_OFFSET, LITTLE_ENDIAN);
    }

    /**
     * PUT, sparse or not: the whole record. UPDATE: a record with key and mutable block, the rest
     * unset. A copy in a reused buffer, valid until the next call; name ids are the writer's.
     */
    public StateRecord record() {
        if (type() == DeltaType.PUT) {
            copy.putBytes(0, buffer, contentOffset(), StateRecord.JOURNALED_LENGTH);
            return record.insertOrdinal(0);
        }
        if (type() == DeltaType.SPARSE_PUT) {
            SparsePut.decode(buffer, position, copy);
            return record.insertOrdinal(0);
        }
        assert type() == DeltaType.UPDATE : DeltaType.name(type()) + " has no record";
        record.clear().id(id()).creatorId(creatorId()).realm(realm());
        copy.putBytes(
                StateRecord.MUTABLE_OFFSET,
                buffer,
                contentOffset() + StateRecord.KEY_LENGTH,
                StateRecord.MUTABLE_LENGTH);
        return record;
    }

    @Override
    public String toString() {
        if (type() == DeltaType.NAME) {
            return "NAME id=" + nameId() + " name=" + name();
        }
        if (type() == DeltaType.POSITION) {
            return String.format(
                    "POSITION %s node=%016x incarnation=%d sequence=%d",
                    DeltaType.positionKind(reason()), nodeId(), incarnation(), sequence());
        }
        if (type() == DeltaType.TOMBSTONE) {
            return String.format(
                    "TOMBSTONE id=%016x creatorid=%08x created_at_ms=%d died_at_ms=%d",
                    id(), creatorId(), tombstoneCreatedAtMs(), diedAtMs());
        }
        String head = DeltaType.name(type()) + " reason=" + Reason.name(reason());
        String key = String.format(" id=%016x creatorid=%08x", id(), creatorId());
        if (type() == DeltaType.DELETE) {
            return head + key;
        }
        StateRecord shown = record();
        return head
                + key
                + String.format(
                        " src=%d dst=%d timeout=%s expires_at_ms=%d",
                        shown.src().state(),
                        shown.dst().state(),
                        TimeoutClass.name(shown.timeout()),
                        shown.expiresAtMs());
    }

    private int contentOffset() {
        return position + DeltaType.HEADER_LENGTH;
    }

    private boolean isLengthOfType(int length) {
        return switch (type()) {
            case DeltaType.NAME -> length > DeltaType.NAME_BYTES_OFFSET;
            case DeltaType.PUT -> length == DeltaType.PUT_LENGTH;
            case DeltaType.UPDATE -> length == DeltaType.UPDATE_LENGTH;
            case DeltaType.DELETE ->
                    length == DeltaType.DELETE_LENGTH || length == DeltaType.OLD_DELETE_LENGTH;
            case DeltaType.SPARSE_PUT -> SparsePut.isLengthRight(buffer, position, length);
            case DeltaType.POSITION -> length == DeltaType.POSITION_LENGTH;
            case DeltaType.TOMBSTONE -> length == DeltaType.TOMBSTONE_LENGTH;
            default -> false;
        };
    }
}
