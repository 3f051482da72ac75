package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Reads INS_ACK, UPD_REQ and DEL_C, which name a state by its pair (spec pfsync.md sections 7.3,
 * 7.6, 7.7): {@code id} 8 bytes, {@code creatorid} 4 bytes, big-endian, packed. A view, valid until
 * the receive slab is reused.
 */
public final class IdDecoder {
    private DirectBuffer buffer;
    private int offset;

    /** {@link FrameWalker} has proven that 12 bytes are there. */
    IdDecoder wrap(DirectBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    public long id() {
        return buffer.getLong(offset, BIG_ENDIAN);
    }

    public int creatorId() {
        return buffer.getInt(offset + 8, BIG_ENDIAN);
    }
}
