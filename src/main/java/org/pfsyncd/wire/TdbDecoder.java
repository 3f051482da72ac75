package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Reads TDB, the replay and byte counters of an IPsec association (spec pfsync.md section 7.9), in
 * its old form of 48 bytes or the v6 form of 52. A view, valid until the receive slab is reused.
 */
public final class TdbDecoder {
    /** SPIs up to this one are reserved. */
    public static final int SPI_RESERVED_LIMIT = 255;

    private DirectBuffer buffer;
    private int offset;
    private boolean isV6;

    TdbDecoder wrap(DirectBuffer buffer, int offset, boolean isV6) {
        this.buffer = buffer;
        this.offset = offset;
        this.isV6 = isV6;
        return this;
    }

    public long spi() {
        return buffer.getInt(offset, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /** Family of the destination as 4 or 6, or 0 for anything else. */
    public int af() {
        int af = buffer.getByte(offset + 5) & 0xFF;
        return af == 2 ? 4 : af == 24 || af == 28 ? 6 : 0;
    }

    /** Copies the destination address: 4 or 16 bytes by {@link #af()}. */
    public void address(byte[] into) {
        buffer.getBytes(offset + (into.length == 4 ? 8 : 12), into);
    }

    public long replay() {
        return isV6
                ? buffer.getLong(offset + 32, BIG_ENDIAN)
                : buffer.getInt(offset + 32, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    public long currentBytes() {
        return buffer.getLong(offset + (isV6 ? 40 : 36), BIG_ENDIAN);
    }

    /** 50 ESP, 51 AH. */
    public int protocol() {
        return buffer.getByte(offset + (isV6 ? 48 : 44)) & 0xFF;
    }
}
