package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.wire.Crc32c;

/**
 * Layout of a frame between nodes; {@code src/docs/link-format.md} section 2 is normative. All
 * numbers little-endian.
 *
 * <pre>
 *  0 magic 4 | version 1 | type 1 | key id 2
 *  8 counter 8
 * 16 node id of the sender 8
 * 24 session of the sender 8
 * 32 session of the receiver 8, 0 if not known yet
 * 40 payload length 2 | flags 2 | CRC32C 4 of all but these four bytes
 * 48 payload, then a tag of 16 bytes if key id is not 0
 * </pre>
 */
final class LinkFrame {
    /** "PFSL". */
    static final int MAGIC = 0x4C53_4650;

    /** Of the frame's layout: the number in its header. */
    static final int VERSION = 1;

    /** Newest version of what the stream says; each end says in its HELLO what it speaks. */
    static final int STREAM_VERSION = 3;

    static final int HEADER_LENGTH = 48;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int TYPE_OFFSET = 5;
    static final int KEY_OFFSET = 6;
    static final int COUNTER_OFFSET = 8;
    static final int NODE_OFFSET = 16;
    static final int SESSION_OFFSET = 24;
    static final int PEER_SESSION_OFFSET = 32;
    static final int LENGTH_OFFSET = 40;
    static final int FLAGS_OFFSET = 42;
    static final int CRC_OFFSET = 44;

    /** Who I am, how far I have your journal: starts a conversation. */
    static final int HELLO = 1;

    /** A piece of the stream. */
    static final int DATA = 2;

    /** How far the stream has arrived, what is missing, how much more may come. */
    static final int ACK = 3;

    /** How long the stream is: each second, and when an answer is awaited. */
    static final int BEAT = 4;

    /** The conversation is refused; payload: why, as text. */
    static final int REFUSE = 5;

    static final int TYPE_LIMIT = REFUSE;

    private LinkFrame() {}

    /**
     * Completes a frame whose payload lies behind the header already; returns its whole length.
     *
     * @param counter never the same for two frames of one sender and session.
     */
    static int seal(
            MutableDirectBuffer frame, int type, int length, long counter, Conversation of) {
        frame.putInt(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
        frame.putByte(VERSION_OFFSET, (byte) VERSION);
        frame.putByte(TYPE_OFFSET, (byte) type);
        frame.putShort(KEY_OFFSET, (short) 0, LITTLE_ENDIAN);
        frame.putLong(COUNTER_OFFSET, counter, LITTLE_ENDIAN);
        frame.putLong(NODE_OFFSET, of.nodeId(), LITTLE_ENDIAN);
        frame.putLong(SESSION_OFFSET, of.session(), LITTLE_ENDIAN);
        frame.putLong(PEER_SESSION_OFFSET, of.peerSession(), LITTLE_ENDIAN);
        frame.putShort(LENGTH_OFFSET, (short) length, LITTLE_ENDIAN);
        frame.putShort(FLAGS_OFFSET, (short) 0, LITTLE_ENDIAN);
        int total = HEADER_LENGTH + length;
        frame.putInt(CRC_OFFSET, of.crc().of(frame, 0, total, CRC_OFFSET), LITTLE_ENDIAN);
        return total;
    }

    /**
     * What stands in every header of one side of a conversation.
     *
     * @param nodeId of the sender.
     * @param session of the sender.
     * @param peerSession of the receiver, 0 unknown.
     * @param crc scratch of the sending thread.
     */
    record Conversation(long nodeId, long session, long peerSession, Crc32c crc) {}

    static boolean hasHeader(DirectBuffer frame, int offset, int length) {
        return length >= HEADER_LENGTH
                && frame.getInt(offset + MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC;
    }

    /** What is wrong with a frame that {@link #hasHeader}, as its counter; null if nothing is. */
    static PeerCounter fault(DirectBuffer frame, int offset, int length, Crc32c crc) {
        if (version(frame, offset) != VERSION) {
            return PeerCounter.LINK_BAD_VERSION;
        }
        if (keyId(frame, offset) != 0) {
            return PeerCounter.LINK_BAD_KEY;
        }
        if (HEADER_LENGTH + payloadLength(frame, offset) != length) {
            return PeerCounter.LINK_BAD_LENGTH;
        }
        if (crc.of(frame, offset, length, CRC_OFFSET) != crc(frame, offset)) {
            return PeerCounter.LINK_BAD_CHECKSUM;
        }
        int type = type(frame, offset);
        return type == 0 || type > TYPE_LIMIT ? PeerCounter.LINK_BAD_TYPE : null;
    }

    /** The highest version that both ends speak. */
    static int commonVersion(Hello hello) {
        return Math.min(hello.versionMax, STREAM_VERSION);
    }

    static int version(DirectBuffer frame, int offset) {
        return frame.getByte(offset + VERSION_OFFSET) & 0xFF;
    }

    static int type(DirectBuffer frame, int offset) {
        return frame.getByte(offset + TYPE_OFFSET) & 0xFF;
    }

    static int keyId(DirectBuffer frame, int offset) {
        return frame.getShort(offset + KEY_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    static long nodeId(DirectBuffer frame, int offset) {
        return frame.getLong(offset + NODE_OFFSET, LITTLE_ENDIAN);
    }

    static long session(DirectBuffer frame, int offset) {
        return frame.getLong(offset + SESSION_OFFSET, LITTLE_ENDIAN);
    }

    static long peerSession(DirectBuffer frame, int offset) {
        return frame.getLong(offset + PEER_SESSION_OFFSET, LITTLE_ENDIAN);
    }

    static int payloadLength(DirectBuffer frame, int offset) {
        return frame.getShort(offset + LENGTH_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    static int crc(DirectBuffer frame, int offset) {
        return frame.getInt(offset + CRC_OFFSET, LITTLE_ENDIAN);
    }
}
