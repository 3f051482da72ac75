package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Walks a frame once: header, subheaders and counts, as the kernels do (spec pfsync.md sections
 * 1.8, 1.10, 25).
 *
 * <p>Streaming: regions before a bad one are delivered, the bad one and what follows are not. Every
 * length is proven here, so decoders re-check none. Version 6 is cut to its header's length;
 * version 5 uses that length only to decide whether another region follows and measures regions and
 * the end-of-frame mark against the real packet, as FreeBSD does. Owned by the calling thread;
 * allocates nothing, throws nothing.
 */
public final class FrameWalker {
    /** Bit of {@code accepted}: header version 5. */
    public static final int ACCEPT_V5 = 1;

    /** Bit of {@code accepted}: header version 6. */
    public static final int ACCEPT_V6 = 2;

    public static final int HEADER_LENGTH = 20;
    public static final int SUBHEADER_LENGTH = 4;

    /** Bytes of a state of OpenBSD 4.5 and 4.6, which used header version 5 too. */
    private static final int OPENBSD_V5_STATE_LENGTH = 240;

    private final StateDecoder state = new StateDecoder();
    private final UpdateCompressedDecoder update = new UpdateCompressedDecoder();
    private final IdDecoder id = new IdDecoder();
    private final ClearDecoder clear = new ClearDecoder();
    private final BulkStatusDecoder bulkStatus = new BulkStatusDecoder();
    private final TdbDecoder tdb = new TdbDecoder();

    /**
     * Walks one IP payload.
     *
     * @param accepted bit set of {@link #ACCEPT_V5} and {@link #ACCEPT_V6}.
     */
    public void walk(
            DirectBuffer buffer, int offset, int length, int accepted, FrameVisitor visitor) {
        if (length < HEADER_LENGTH) {
            visitor.onReject(Reject.SHORT_HEADER, length);
            return;
        }
        int version = buffer.getByte(offset) & 0xFF;
        boolean isAccepted =
                (version == 5 && (accepted & ACCEPT_V5) != 0)
                        || (version == 6 && (accepted & ACCEPT_V6) != 0);
        if (!isAccepted) {
            visitor.onReject(Reject.ofVersion(version), version);
            return;
        }
        int headerLength = buffer.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF;
        if (length < headerLength) {
            visitor.onReject(Reject.BAD_LENGTH_HEADER, headerLength);
            return;
        }
        if (version == 6) {
            visitor.onFrame(6, buffer, offset + 4);
            walkV6(buffer, offset, headerLength, visitor);
        } else if (isOpenBsdV5(buffer, offset, length)) {
            visitor.onReject(Reject.BAD_VERSION_V5_OPENBSD, version);
        } else {
            visitor.onFrame(5, buffer, offset + 4);
            walkV5(buffer, offset, headerLength, length, visitor);
        }
    }

    private void walkV6(DirectBuffer buffer, int offset, int length, FrameVisitor visitor) {
        int position = HEADER_LENGTH;
        while (length - position >= SUBHEADER_LENGTH) {
            int action = buffer.getByte(offset + position) & 0xFF;
            int stride = (buffer.getByte(offset + position + 1) & 0xFF) * 4;
            int count = buffer.getShort(offset + position + 2, BIG_ENDIAN) & 0xFFFF;
            position += SUBHEADER_LENGTH;
            boolean isSkipped = action >= Action.V6_LIMIT || stride < Action.length(6, action);
            if (isSkipped && (count == 0 || stride == 0)) {
                visitor.onReject(Reject.BAD_ACTION, action);
                return;
            }
            if (action < Action.COUNT) {
                visitor.onRegion(action, count);
            }
            if (count * stride > length - position) {
                visitor.onReject(Reject.BAD_LENGTH_REGION, action);
                return;
            }
            MessageKind kind = isSkipped ? null : Action.kind(6, action);
            if (kind != null) {
                deliver(kind, Dialect.V6, count, stride, buffer, offset + position, visitor);
            } else {
                visitor.onSkipped(action, count);
            }
            position += count * stride;
        }
    }

    private void walkV5(
            DirectBuffer buffer, int offset, int length, int packetLength, FrameVisitor visitor) {
        int position = HEADER_LENGTH;
        while (length - position >= SUBHEADER_LENGTH) {
            int action = buffer.getByte(offset + position) & 0xFF;
            int count = buffer.getShort(offset + position + 2, BIG_ENDIAN) & 0xFFFF;
            position += SUBHEADER_LENGTH;
            if (action < Action.COUNT) {
                visitor.onRegion(action, count);
            }
            MessageKind kind = action < Action.COUNT ? Action.kind(5, action) : null;
            if (kind == null) {
                visitor.onReject(Reject.BAD_ACTION, action);
                return;
            }
            if (kind == MessageKind.EOF) {
                if (position != packetLength) {
                    visitor.onReject(Reject.BAD_LENGTH_EOF, packetLength - position);
                }
                return;
            }
            int stride = Action.length(5, action);
            if (count * stride > packetLength - position) {
                visitor.onReject(Reject.BAD_LENGTH_REGION, action);
                return;
            }
            deliver(
                    kind,
                    Action.dialect(5, action),
                    count,
                    stride,
                    buffer,
                    offset + position,
                    visitor);
            position += count * stride;
        }
    }

    private void deliver(
            MessageKind kind,
            Dialect dialect,
            int count,
            int stride,
            DirectBuffer buffer,
            int offset,
            FrameVisitor visitor) {
        for (int i = 0, at = offset; i < count; i++, at += stride) {
            switch (kind) {
                case INS, UPD, DEL -> visitor.onState(kind, state.wrap(buffer, at, dialect));
                case UPD_C -> visitor.onUpdateCompressed(update.wrap(buffer, at));
                case INS_ACK, UPD_REQ, DEL_C -> visitor.onId(kind, id.wrap(buffer, at));
                case CLR -> visitor.onClear(clear.wrap(buffer, at));
                case BUS -> visitor.onBulkStatus(bulkStatus.wrap(buffer, at), i);
                case TDB -> visitor.onTdb(tdb.wrap(buffer, at, dialect == Dialect.V6));
                case EOF -> {
                    return;
                }
            }
        }
    }

    /**
     * Section 2.3: states of 242 bytes do not lead to the end-of-frame mark, states of 240 bytes
     * do. A look at the subheaders only, and only where a full state is announced.
     */
    private static boolean isOpenBsdV5(DirectBuffer buffer, int offset, int length) {
        return !endsInEof(buffer, offset, length, Dialect.V1301.stateLength())
                && endsInEof(buffer, offset, length, OPENBSD_V5_STATE_LENGTH);
    }

    private static boolean endsInEof(DirectBuffer buffer, int offset, int length, int stateLength) {
        int position = HEADER_LENGTH;
        while (length - position >= SUBHEADER_LENGTH) {
            int action = buffer.getByte(offset + position) & 0xFF;
            int count = buffer.getShort(offset + position + 2, BIG_ENDIAN) & 0xFFFF;
            position += SUBHEADER_LENGTH;
            if (action == Action.EOF) {
                return position == length;
            }
            if (action >= Action.COUNT || Action.kind(5, action) == null) {
                return false;
            }
            boolean isOldState =
                    action == Action.INS_1301 || action == Action.UPD_1301 || action == Action.DEL;
            position += count * (isOldState ? stateLength : Action.length(5, action));
        }
        return false;
    }
}
