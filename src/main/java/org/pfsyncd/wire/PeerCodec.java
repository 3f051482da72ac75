package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

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

    static void decode(DirectBuffer wire, int offset, PeerRecord into) {
        into.scrubFlags(wire.getShort(offset, BIG_ENDIAN) & 0xFFFF)
                .scrubTtl(wire.getByte(offset + 2) & 0xFF)
                .scrubFlag(wire.getByte(offset + 3) & 0xFF)
                .tsMod(wire.getInt(offset + 4, BIG_ENDIAN))
                .seqlo(wire.getInt(offset + 8, BIG_ENDIAN))
                .seqhi(wire.getInt(offset + 12, BIG_ENDIAN))
                .seqdiff(wire.getInt(offset + 16, BIG_ENDIAN))
                .maxWin(wire.getShort(offset + 20, BIG_ENDIAN) & 0xFFFF)
                .mss(wire.getShort(offset + 22, BIG_ENDIAN) & 0xFFFF)
                .state(wire.getByte(offset + STATE_OFFSET) & 0xFF)
                .wscale(wire.getByte(offset + 25) & 0xFF);
    }

    /** By words: a bounds check for each field is what encoding a state costs most. */
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
