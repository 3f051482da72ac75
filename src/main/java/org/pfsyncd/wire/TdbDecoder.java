package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Reads TDB, the replay and byte counters of an IPsec association (spec pfsync.md section 7.9), in
 * its old form of 48 bytes or the v6 form of 52. A view, valid until the receive slab is reused.
 */
public final class TdbDecoder {
    /** SPIs up to this one are reserved. */
    public static final int SPI_RESERVED_LIMIT = 255;

    private static final int AF_OFFSET = 5;
    private static final int SOCKADDR_END = 32;

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
        int af = buffer.getByte(offset + AF_OFFSET) & 0xFF;
        return af == 2 ? 4 : af == 24 || af == 28 ? 6 : 0;
    }

    /** Copies the destination address: 4 or 16 bytes by {@link #af()}. */
    public void address(byte[] into) {
        buffer.getBytes(offset + (into.length == 4 ? 8 : 12), into);
    }

    public long replay() {
        return isV6
                ? buffer.getLong(offset + SOCKADDR_END, BIG_ENDIAN)
                : buffer.getInt(offset + SOCKADDR_END, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /** Writes the message in the form of a dialect's version; narrows the replay counter for v5. */
    void copyTo(MutableDirectBuffer into, int at, Dialect dialect) {
        boolean toV6 = dialect == Dialect.V6;
        into.putBytes(at, buffer, offset, SOCKADDR_END);
        if (af() == 6) {
            into.putByte(at + AF_OFFSET, (byte) StateLayout.wireFamily(dialect, 6));
        }
        if (toV6) {
            into.putLong(at + SOCKADDR_END, replay(), BIG_ENDIAN);
        } else {
            into.putInt(at + SOCKADDR_END, (int) replay(), BIG_ENDIAN);
        }
        int tail = at + SOCKADDR_END + (toV6 ? Long.BYTES : Integer.BYTES);
        into.putLong(tail, currentBytes(), BIG_ENDIAN);
        into.putBytes(tail + Long.BYTES, buffer, offset + (isV6 ? 48 : 44), Integer.BYTES);
    }

    public long currentBytes() {
        return buffer.getLong(offset + (isV6 ? 40 : 36), BIG_ENDIAN);
    }

    /** 50 ESP, 51 AH. */
    public int protocol() {
        return buffer.getByte(offset + (isV6 ? 48 : 44)) & 0xFF;
    }
}
