package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Reads CLR (spec pfsync.md section 7.1): {@code ifname} 16 bytes NUL padded, {@code creatorid} 4
 * bytes big-endian. A view, valid until the receive slab is reused.
 */
public final class ClearDecoder {
    private DirectBuffer buffer;
    private int offset;

    ClearDecoder wrap(DirectBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    /**
     * The name's id (0 is every interface), or {@link NameTable#UNTERMINATED} or {@link
     * NameTable#FULL}.
     */
    public int ifname(NameTable names) {
        return names.intern(buffer, offset, StateLayout.IFNAME_LENGTH);
    }

    public int creatorId() {
        return buffer.getInt(offset + StateLayout.IFNAME_LENGTH, BIG_ENDIAN);
    }
}
