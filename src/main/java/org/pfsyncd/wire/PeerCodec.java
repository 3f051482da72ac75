package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Copies a peer between the wire (32 bytes, big-endian, spec pfsync.md sections 3.2 and 3.3) and
 * the canonical form.
 */
final class PeerCodec {
    private static final int STATE_OFFSET = 24;

    private PeerCodec() {}

    static int state(DirectBuffer wire, int offset) {
        return wire.getByte(offset + STATE_OFFSET) & 0xFF;
    }

    /** By words: a bounds check for each field is what decoding a state would cost most. */
    static void decode(DirectBuffer wire, int offset, PeerRecord into) {
        long scrubAndModulator = wire.getLong(offset, BIG_ENDIAN);
        long sequences = wire.getLong(offset + 8, BIG_ENDIAN);
        long differenceAndWindow = wire.getLong(offset + 16, BIG_ENDIAN);
        int scrub = (int) (scrubAndModulator >>> 32); // from the highest bit on: 16, TTL 8, flag 8
        long window = (differenceAndWindow >>> 16 & 0xFFFF) | (differenceAndWindow & 0xFFFF) << 16;
        int scrubInRecord = (scrub >>> 16) | (scrub & 0xFF00) << 8 | scrub << 24;
        into.set(
                Long.rotateLeft(sequences, 32),
                differenceAndWindow >>> 32 | scrubAndModulator << 32,
                window | (long) scrubInRecord << 32,
                wire.getShort(offset + STATE_OFFSET, LITTLE_ENDIAN) & 0xFFFF);
    }

    /** The same back. */
    static void encode(PeerRecord from, MutableDirectBuffer wire, int offset) {
        long sequences = from.sequences();
        long difference = from.differenceAndModulator();
        long rest = from.windowAndScrub();
        int scrub = (int) (rest >>> 32); // flags 16, TTL 8, flag 8, from the lowest bit on
        int scrubOnWire = scrub << 16 | (scrub >>> 8 & 0xFF00) | scrub >>> 24;
        wire.putLong(offset, (long) scrubOnWire << 32 | difference >>> 32, BIG_ENDIAN);
        wire.putLong(offset + 8, sequences << 32 | sequences >>> 32, BIG_ENDIAN);
        long window = (rest & 0xFFFF) << 16 | (rest >>> 16 & 0xFFFF);
        wire.putLong(offset + 16, difference << 32 | window, BIG_ENDIAN);
        wire.putLong(
                offset + STATE_OFFSET,
                (long) from.state() << 56 | (long) from.wscale() << 48,
                BIG_ENDIAN);
    }
}
