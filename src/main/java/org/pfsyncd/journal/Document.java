package org.pfsyncd.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The header of a journal document; see {@code src/docs/journal-format.md}, which is normative.
 *
 * <p>A flyweight over {@link #HEADER_LENGTH} little-endian bytes. The checksum is CRC32C over the
 * whole document but for its own four bytes. Owned by whoever wrapped it.
 *
 * <pre>
 *  0 magic 4 | version 2 | kind 1 | sourceKind 1
 *  8 length 4 | crc 4
 * 16 sequence 8
 * 24 incarnation 8
 * 32 timeMs 8
 * 40 group 2 | 0 2 | deltaCount 4
 * 48 source address 16
 * </pre>
 */
public final class Document {
    /** "PFSJ". */
    public static final int MAGIC = 0x4A53_4650;

    /** Newest version of the format that this program reads. */
    public static final int VERSION = 3;

    /** What it writes where nothing newer is needed, so that an older program can read it. */
    public static final int COMMON_VERSION = 2;

    public static final int HEADER_LENGTH = 64;

    /** Largest document, bytes: an eighth of the default ring. */
    public static final int LENGTH_LIMIT = 4 * 1024 * 1024;

    /** First document of an incarnation. Payload: {@link OpenPayload}. */
    public static final int KIND_OPEN = 1;

    /** The deltas accepted from one frame, or made by one slice of the node's own work. */
    public static final int KIND_BATCH = 2;

    /** A snapshot begins; payload: every name as deltas. */
    public static final int KIND_SNAPSHOT_BEGIN = 3;

    /** One slice of the table as deltas. */
    public static final int KIND_SNAPSHOT_SLICE = 4;

    /** A snapshot is complete; payload: digest 8, states 8, POSITION deltas. */
    public static final int KIND_SNAPSHOT_END = 5;

    /** A clean end: nothing follows in this incarnation. Payload as of a snapshot's end. */
    public static final int KIND_CLOSE = 6;

    /** Within a snapshot: what keeps the dead out, as TOMBSTONE deltas with the names they need. */
    public static final int KIND_TOMBSTONES = 7;

    /** Caused by the node itself: timers, snapshots. */
    public static final int SOURCE_NODE = 0;

    /** Caused by a frame of a pfsync group, IPv4 carrier. */
    public static final int SOURCE_GROUP_V4 = 4;

    /** Caused by a frame of a pfsync group, IPv6 carrier. */
    public static final int SOURCE_GROUP_V6 = 6;

    /** Caused by another node, the address is IPv4; the group is the peer's name. */
    public static final int SOURCE_LINK_V4 = 2;

    /** Caused by another node, the address is IPv6; the group is the peer's name. */
    public static final int SOURCE_LINK_V6 = 3;

    /** Caused by an operator's command. */
    public static final int SOURCE_OPERATOR = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int KIND_OFFSET = 6;
    static final int SOURCE_KIND_OFFSET = 7;
    static final int LENGTH_OFFSET = 8;
    static final int CRC_OFFSET = 12;
    static final int SEQUENCE_OFFSET = 16;
    static final int INCARNATION_OFFSET = 24;
    static final int TIME_OFFSET = 32;
    static final int GROUP_OFFSET = 40;
    static final int DELTA_COUNT_OFFSET = 44;
    static final int ADDRESS_OFFSET = 48;
    static final int ADDRESS_LENGTH = 16;

    private DirectBuffer buffer;
    private int offset;

    /** Views a document that starts at {@code at}. */
    public Document wrap(DirectBuffer document, int at) {
        buffer = document;
        offset = at;
        return this;
    }

    public DirectBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int magic() {
        return buffer.getInt(offset + MAGIC_OFFSET, LITTLE_ENDIAN);
    }

    public int version() {
        return buffer.getShort(offset + VERSION_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public int kind() {
        return buffer.getByte(offset + KIND_OFFSET) & 0xFF;
    }

    public int sourceKind() {
        return buffer.getByte(offset + SOURCE_KIND_OFFSET) & 0xFF;
    }

    /** Bytes of the whole document, header included. */
    public int length() {
        return buffer.getInt(offset + LENGTH_OFFSET, LITTLE_ENDIAN);
    }

    public int crc() {
        return buffer.getInt(offset + CRC_OFFSET, LITTLE_ENDIAN);
    }

    /** Dense within an incarnation, from 1. */
    public long sequence() {
        return buffer.getLong(offset + SEQUENCE_OFFSET, LITTLE_ENDIAN);
    }

    public long incarnation() {
        return buffer.getLong(offset + INCARNATION_OFFSET, LITTLE_ENDIAN);
    }

    /** When the cause was received, node time, epoch milliseconds. */
    public long timeMs() {
        return buffer.getLong(offset + TIME_OFFSET, LITTLE_ENDIAN);
    }

    /** Name id of the group, 0 for none. */
    public int group() {
        return buffer.getShort(offset + GROUP_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public int deltaCount() {
        return buffer.getInt(offset + DELTA_COUNT_OFFSET, LITTLE_ENDIAN);
    }

    /**
     * Copies the source address: 4 bytes if {@link #sourceKind} is {@link #SOURCE_GROUP_V4}, 16 if
     * V6.
     */
    public void address(byte[] into) {
        buffer.getBytes(offset + ADDRESS_OFFSET, into);
    }

    public int payloadOffset() {
        return offset + HEADER_LENGTH;
    }

    public int payloadLength() {
        return length() - HEADER_LENGTH;
    }

    /** Writes a header whose checksum is still zero. */
    static void encode(MutableDirectBuffer into, int at, Cause cause, int length) {
        into.putInt(at + MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        into.putShort(at + VERSION_OFFSET, (short) cause.version, LITTLE_ENDIAN);
        into.putByte(at + KIND_OFFSET, (byte) cause.kind);
        into.putByte(at + SOURCE_KIND_OFFSET, (byte) cause.sourceKind);
        into.putInt(at + LENGTH_OFFSET, length, LITTLE_ENDIAN);
        into.putInt(at + CRC_OFFSET, 0, LITTLE_ENDIAN);
        into.putLong(at + TIME_OFFSET, cause.timeMs, LITTLE_ENDIAN);
        into.putInt(at + GROUP_OFFSET, cause.group & 0xFFFF, LITTLE_ENDIAN);
        into.putInt(at + DELTA_COUNT_OFFSET, cause.deltaCount, LITTLE_ENDIAN);
        into.putBytes(at + ADDRESS_OFFSET, cause.address, 0, ADDRESS_LENGTH);
    }

    static void number(MutableDirectBuffer into, int at, long incarnation, long sequence) {
        into.putLong(at + INCARNATION_OFFSET, incarnation, LITTLE_ENDIAN);
        into.putLong(at + SEQUENCE_OFFSET, sequence, LITTLE_ENDIAN);
    }

    static void crc(MutableDirectBuffer into, int at, int crc) {
        into.putInt(at + CRC_OFFSET, crc, LITTLE_ENDIAN);
    }

    @Override
    public String toString() {
        return buffer == null
                ? "Document{}"
                : "Document{incarnation="
                        + incarnation()
                        + " sequence="
                        + sequence()
                        + " kind="
                        + kind()
                        + " length="
                        + length()
                        + " timeMs="
                        + timeMs()
                        + "}";
    }
}
