package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Reads UPD_C, the short update (spec pfsync.md section 7.5): {@code id} 8, two peers of 32, {@code
 * creatorid} 4, {@code expire} 4 (never filled), {@code timeout} 1, flags 1, pad 2; big-endian. It
 * does not say which protocol the state has. A view, valid until the receive slab is reused.
 */
public final class UpdateCompressedDecoder {
    private static final int SRC_OFFSET = 8;
    private static final int DST_OFFSET = 40;
    private static final int CREATOR_ID_OFFSET = 72;
    private static final int EXPIRE_OFFSET = 76;
    private static final int TIMEOUT_OFFSET = 80;

    private DirectBuffer buffer;
    private int offset;

    UpdateCompressedDecoder wrap(DirectBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    /**
     * The value checks of section 8.2.
     *
     * @param timeoutLimit first timeout class that is unknown: 20 for v6 and 1301, 25 else.
     * @return the reason to refuse, or null.
     */
    public Reject check(int timeoutLimit) {
        if (timeout() >= timeoutLimit) {
            return Reject.BAD_VALUE_TIMEOUT;
        }
        boolean areStatesKnown =
                PeerCodec.state(buffer, offset + SRC_OFFSET) <= StateLayout.PEER_STATE_LIMIT
                        && PeerCodec.state(buffer, offset + DST_OFFSET)
                                <= StateLayout.PEER_STATE_LIMIT;
        return areStatesKnown ? null : Reject.BAD_VALUE_PEER_STATE;
    }

    public long id() {
        return buffer.getLong(offset, BIG_ENDIAN);
    }

    public int creatorId() {
        return buffer.getInt(offset + CREATOR_ID_OFFSET, BIG_ENDIAN);
    }

    public int timeout() {
        return buffer.getByte(offset + TIMEOUT_OFFSET) & 0xFF;
    }

    public long expireS() {
        return buffer.getInt(offset + EXPIRE_OFFSET, BIG_ENDIAN) & 0xFFFF_FFFFL;
    }

    /** Copies the opener's side. */
    public void src(PeerRecord into) {
        PeerCodec.decode(buffer, offset + SRC_OFFSET, into);
    }

    /** Copies the other side. */
    public void dst(PeerRecord into) {
        PeerCodec.decode(buffer, offset + DST_OFFSET, into);
    }
}
