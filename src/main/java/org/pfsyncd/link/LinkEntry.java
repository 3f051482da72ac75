package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of an entry of the stream; {@code src/docs/link-format.md} section 4 is normative. All
 * numbers little-endian.
 *
 * <pre>
 *  0 type 1 | flags 1 | 0 2 | content length 4
 *  8 incarnation 8 | sequence 8      of the sender's journal
 * 24 content
 * </pre>
 */
public final class LinkEntry {
    public static final int HEADER_LENGTH = 24;

    /** Most content bytes of one entry. */
    public static final int CONTENT_LIMIT = 32 * 1024;

    /** What the sender's name ids mean; the meanings before are forgotten. Content: NAME deltas. */
    public static final int NAMES = 1;

    /** A document, or a part of one. Content: deltas. */
    public static final int DOCUMENT = 2;

    /** Nothing of concern up to the position. No content. */
    public static final int POSITION = 3;

    /** A snapshot begins; documents and slices follow. Content: NAME and POSITION deltas. */
    public static final int SNAPSHOT_BEGIN = 4;

    /** The snapshot is complete. Content: POSITION deltas. */
    public static final int SNAPSHOT_END = 5;

    /** The sums of all buckets at the position. */
    public static final int DIGEST = 6;

    /** Please list these buckets. Content: bucket numbers, 2 bytes each. */
    public static final int LIST_REQUEST = 7;

    /** States of a bucket: key and hash. */
    public static final int LIST = 8;

    /** The listing is complete. No content. */
    public static final int LIST_END = 9;

    /** Please send these states. Content: keys. */
    public static final int STATE_REQUEST = 10;

    /** States, as NAME and PUT deltas with names of their own. */
    public static final int STATES = 11;

    static final int TYPE_LIMIT = STATES;

    /** Flag: the last, or only, part of its document. */
    public static final int LAST = 1;

    /** Flag: the first, or only, part of its document. */
    public static final int FIRST = 2;

    static final int TYPE_OFFSET = 0;
    static final int FLAGS_OFFSET = 1;
    static final int LENGTH_OFFSET = 4;
    static final int INCARNATION_OFFSET = 8;
    static final int SEQUENCE_OFFSET = 16;

    private LinkEntry() {}

    /** Writes a header at {@code offset}; the content lies, or will lie, behind it. */
    public static void encode(
            MutableDirectBuffer into, int offset, int type, int flags, int contentLength) {
        into.putByte(offset + TYPE_OFFSET, (byte) type);
        into.putByte(offset + FLAGS_OFFSET, (byte) flags);
        into.putShort(offset + 2, (short) 0, LITTLE_ENDIAN);
        into.putInt(offset + LENGTH_OFFSET, contentLength, LITTLE_ENDIAN);
    }

    /** Writes the position into a header. */
    public static void position(
            MutableDirectBuffer into, int offset, long incarnation, long sequence) {
        into.putLong(offset + INCARNATION_OFFSET, incarnation, LITTLE_ENDIAN);
        into.putLong(offset + SEQUENCE_OFFSET, sequence, LITTLE_ENDIAN);
    }

    /** One of the types above. */
    public static int type(DirectBuffer entry, int offset) {
        return entry.getByte(offset + TYPE_OFFSET) & 0xFF;
    }

    /** {@link #FIRST} and {@link #LAST}. */
    public static int flags(DirectBuffer entry, int offset) {
        return entry.getByte(offset + FLAGS_OFFSET) & 0xFF;
    }

    static int contentLength(DirectBuffer entry, int offset) {
        return entry.getInt(offset + LENGTH_OFFSET, LITTLE_ENDIAN);
    }

    static long incarnation(DirectBuffer entry, int offset) {
        return entry.getLong(offset + INCARNATION_OFFSET, LITTLE_ENDIAN);
    }

    static long sequence(DirectBuffer entry, int offset) {
        return entry.getLong(offset + SEQUENCE_OFFSET, LITTLE_ENDIAN);
    }
}
