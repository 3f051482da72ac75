package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Reads BUS (spec pfsync.md section 7.8): {@code creatorid} 4 bytes, {@code endtime} 4 bytes
 * (seconds since the holder received the request), {@code status} 1 byte, pad 3; big-endian. No
 * kernel reads the pad; ours carries {@link #UNPROVEN} there (decision 11). A view, valid until the
 * receive slab is reused.
 */
public final class BulkStatusDecoder {
    public static final int START = 1;
    public static final int END = 2;

    /** The pad of a pfsyncd that answers although its mirror is not proven: {@code "pfU"}. */
    static final int UNPROVEN = 0x706655;

    private DirectBuffer buffer;
    private int offset;

    BulkStatusDecoder wrap(DirectBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    public int creatorId() {
        return buffer.getInt(offset, BIG_ENDIAN);
    }

    /** Seconds since the holder received the request; OpenBSD since 7.4 always sends 0. */
    public long endTimeS() {
        return buffer.getInt(offset + 4, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /** {@link #START}, {@link #END}, or something unknown. */
    public int status() {
        return buffer.getByte(offset + 8) & 0xFF;
    }

    /** Whether the sender says of itself that it does not know whether its table is complete. */
    public boolean isUnproven() {
        return (buffer.getInt(offset + 8, BIG_ENDIAN) & 0xFF_FFFF) == UNPROVEN;
    }
}
