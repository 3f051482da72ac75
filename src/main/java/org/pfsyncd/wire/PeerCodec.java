package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Copies a peer between the wire (32 bytes, big-endian, spec pfsync.md sections 3.2 and 3.3) and
 * the canonical form.
 */
final class PeerCodec {
    static final int LENGTH = 32;

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

    static void encode(PeerRecord from, MutableDirectBuffer wire, int offset) {
        wire.putShort(offset, (short) from.scrubFlags(), BIG_ENDIAN);
        wire.putByte(offset + 2, (byte) from.scrubTtl());
        wire.putByte(offset + 3, (byte) from.scrubFlag());
        wire.putInt(offset + 4, (int) from.tsMod(), BIG_ENDIAN);
        wire.putInt(offset + 8, (int) from.seqlo(), BIG_ENDIAN);
        wire.putInt(offset + 12, (int) from.seqhi(), BIG_ENDIAN);
        wire.putInt(offset + 16, (int) from.seqdiff(), BIG_ENDIAN);
        wire.putShort(offset + 20, (short) from.maxWin(), BIG_ENDIAN);
        wire.putShort(offset + 22, (short) from.mss(), BIG_ENDIAN);
        wire.putByte(offset + STATE_OFFSET, (byte) from.state());
        wire.putByte(offset + 25, (byte) from.wscale());
        wire.putShort(offset + 26, (short) 0);
        wire.putInt(offset + 28, 0);
    }
}
