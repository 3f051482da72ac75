package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.MutableDirectBuffer;

/**
 * Composes one frame in the caller's buffer (spec pfsync.md sections 1.4 to 1.7).
 *
 * <p>{@link #begin}, any number of {@code add…}, {@link #finish}. Equal consecutive actions share a
 * region. Each {@code add…} answers false, and writes nothing, when the packet would exceed the MTU
 * or the region its count. The fingerprint is zero unless set. Owned by the calling thread;
 * allocates nothing.
 */
public final class FrameEncoder {
    private static final int IP_HEADER_LENGTH = 20;
    private static final int IP_PACKET_LIMIT = 0xFFFF;
    private static final int COUNT_LIMIT = 0xFFFF;
    private static final int NO_ACTION = -1;

    private final StateEncoder states = new StateEncoder();
    private final byte[] fingerprint = new byte[16];
    private MutableDirectBuffer buffer;
    private int offset;
    private Dialect dialect = Dialect.V6;
    private int limit;
    private int position;
    private int regionAction = NO_ACTION;
    private int regionOffset;
    private int regionCount;

    /** Sets the 16 bytes of pfcksum for frames begun from now on. */
    public void fingerprint(byte[] value) {
        System.arraycopy(value, 0, fingerprint, 0, fingerprint.length);
    }

    /**
     * Starts a frame.
     *
     * @param into at least {@code mtu - 20} bytes from {@code at}.
     * @param format decides header version, state format and the end-of-frame mark.
     * @param mtu largest IP packet, bytes; the IP header of 20 bytes counts (an IPv6 carrier: pass
     *     20 less). Values above 65,535 are taken as 65,535.
     */
    public FrameEncoder begin(MutableDirectBuffer into, int at, Dialect format, int mtu) {
        buffer = into;
        offset = at;
        dialect = format;
        limit =
                Math.min(mtu, IP_PACKET_LIMIT)
                        - IP_HEADER_LENGTH
                        - (isV6() ? 0 : FrameWalker.SUBHEADER_LENGTH);
        position = FrameWalker.HEADER_LENGTH;
        regionAction = NO_ACTION;
        buffer.setMemory(offset, FrameWalker.HEADER_LENGTH, (byte) 0);
        buffer.putByte(offset, (byte) format.headerVersion());
        buffer.putBytes(offset + 4, fingerprint);
        return this;
    }

    /** INS_ACK. */
    public boolean addInsertAck(long id, int creatorId) {
        return addId(Action.INS_ACK, id, creatorId);
    }

    /** UPD_REQ; id 0 and creatorId 0 ask for the whole table. */
    public boolean addUpdateRequest(long id, int creatorId) {
        return addId(Action.UPD_REQ, id, creatorId);
    }

    /** DEL_C. */
    public boolean addDeleteCompressed(long id, int creatorId) {
        return addId(Action.DEL_C, id, creatorId);
    }

    /**
     * INS, UPD or DEL with a full state; the record must be {@link Representable} in the frame's
     * dialect.
     *
     * <p>In 1400 and 1500 a DEL goes out as DEL_C: action 6 carries a 1301 state, and FreeBSD 14
     * and later refuse it together with the rest of the packet.
     */
    public boolean addState(MessageKind kind, StateRecord record, NameTable names, long nowMs) {
        assert Representable.isIn(record, dialect) : record + " does not fit " + dialect;
        if (kind == MessageKind.DEL && (dialect == Dialect.V1400 || dialect == Dialect.V1500)) {
            return addDeleteCompressed(record.id(), record.creatorId());
        }
        int length = dialect.stateLength();
        if (length == 0 || !open(Action.of(kind, dialect), length)) {
            return false;
        }
        states.encode(record, names, nowMs, dialect, buffer, offset + position);
        position += length;
        return true;
    }

    /** UPD_C; the timeout class must be one that the dialect's receivers know. */
    public boolean addUpdateCompressed(StateRecord record) {
        assert record.timeout() < StateLayout.timeoutLimit(dialect) : record;
        if (!open(Action.UPD_C, Action.UPD_C_LENGTH)) {
            return false;
        }
        int at = offset + position;
        buffer.putLong(at, record.id(), BIG_ENDIAN);
        PeerCodec.encode(record.src(), buffer, at + 8);
        PeerCodec.encode(record.dst(), buffer, at + 40);
        buffer.putInt(at + 72, record.creatorId(), BIG_ENDIAN);
        buffer.putInt(at + 76, 0);
        buffer.putInt(at + 80, 0);
        buffer.putByte(at + 80, (byte) record.timeout());
        position += Action.UPD_C_LENGTH;
        return true;
    }

    /** CLR; {@code ifnameId} 0 is every interface. */
    public boolean addClear(int creatorId, int ifnameId, NameTable names) {
        if (!open(Action.CLR, Action.CLR_LENGTH)) {
            return false;
        }
        int at = offset + position;
        StateEncoder.putName(buffer, at, names.bytes(ifnameId), StateLayout.IFNAME_LENGTH);
        buffer.putInt(at + StateLayout.IFNAME_LENGTH, creatorId, BIG_ENDIAN);
        position += Action.CLR_LENGTH;
        return true;
    }

    /** BUS with {@link BulkStatusDecoder#START} or {@link BulkStatusDecoder#END}. */
    public boolean addBulkStatus(int creatorId, long endTimeS, int status) {
        return addBulkStatus(creatorId, endTimeS, status, true);
    }

    /**
     * BUS.
     *
     * @param isProven whether it may be taken for a proof by those who see the difference.
     */
    public boolean addBulkStatus(int creatorId, long endTimeS, int status, boolean isProven) {
        if (!open(Action.BUS, Action.BUS_LENGTH)) {
            return false;
        }
        int at = offset + position;
        buffer.putInt(at, creatorId, BIG_ENDIAN);
        buffer.putInt(at + 4, (int) endTimeS, BIG_ENDIAN);
        int pad = isProven ? 0 : BulkStatusDecoder.UNPROVEN;
        buffer.putInt(at + 8, status << 24 | pad, BIG_ENDIAN);
        position += Action.BUS_LENGTH;
        return true;
    }

    /** TDB, passed on in the form and with the family number of this frame's version. */
    public boolean addTdb(TdbDecoder received) {
        int action = isV6() ? Action.TDB_V6 : Action.TDB_OLD;
        int length = Action.length(dialect.headerVersion(), action);
        if (!open(action, length)) {
            return false;
        }
        received.copyTo(buffer, offset + position, dialect);
        position += length;
        return true;
    }

    /** True until something was added. */
    public boolean isEmpty() {
        return position == FrameWalker.HEADER_LENGTH;
    }

    /** Writes the lengths and, in version 5, the end-of-frame mark; returns the frame's bytes. */
    public int finish() {
        closeRegion();
        if (!isV6()) {
            buffer.putByte(offset + position, (byte) Action.EOF);
            buffer.putByte(offset + position + 1, (byte) 0);
            buffer.putShort(offset + position + 2, (short) 1, BIG_ENDIAN);
            position += FrameWalker.SUBHEADER_LENGTH;
        }
        buffer.putShort(offset + 2, (short) position, BIG_ENDIAN);
        return position;
    }

    private boolean addId(int action, long id, int creatorId) {
        if (!open(action, Action.ID_LENGTH)) {
            return false;
        }
        buffer.putLong(offset + position, id, BIG_ENDIAN);
        buffer.putInt(offset + position + 8, creatorId, BIG_ENDIAN);
        position += Action.ID_LENGTH;
        return true;
    }

    /** Makes room for one message, in the open region if it has the same action. */
    private boolean open(int action, int length) {
        boolean isSame = action == regionAction && regionCount < COUNT_LIMIT;
        int needed = length + (isSame ? 0 : FrameWalker.SUBHEADER_LENGTH);
        if (position + needed > limit) {
            return false;
        }
        if (!isSame) {
            closeRegion();
            regionAction = action;
            regionOffset = offset + position;
            regionCount = 0;
            buffer.putByte(regionOffset, (byte) action);
            buffer.putByte(regionOffset + 1, (byte) (isV6() ? length / 4 : 0));
            position += FrameWalker.SUBHEADER_LENGTH;
        }
        regionCount++;
        return true;
    }

    private void closeRegion() {
        if (regionAction != NO_ACTION) {
            buffer.putShort(regionOffset + 2, (short) regionCount, BIG_ENDIAN);
            regionAction = NO_ACTION;
        }
    }

    private boolean isV6() {
        return dialect == Dialect.V6;
    }
}
