package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.MutableDirectBuffer;

/**
 * Writes a canonical record as a full state of a dialect (spec pfsync.md sections 4 and 20.3).
 *
 * <p>A record that came in the dialect it is written in goes out as it came, but for creation and
 * expiry, which are relative on the wire; into another dialect the conversion rules apply. Owned by
 * the calling thread.
 */
public final class StateEncoder {
    /** Flags that mean the same in every dialect. */
    private static final int COMMON_FLAGS = 0x03FF;

    private MutableDirectBuffer buffer;
    private int offset;
    private Dialect dialect = Dialect.V6;
    private StateRecord record;
    private NameTable names;

    /** {@link Dialect#stateLength()} bytes from {@code at} are overwritten. */
    public void encode(
            StateRecord from,
            NameTable table,
            long nowMs,
            Dialect format,
            MutableDirectBuffer into,
            int at) {
        buffer = into;
        offset = at;
        dialect = format;
        record = from;
        names = table;
        zero(format.stateLength());
        encodeCommon(nowMs);
        encodeKeys();
        switch (format) {
            case V6 -> encodeV6();
            case V1500 -> encode1500();
            default -> encode1301And1400();
        }
    }

    private void encodeCommon(long nowMs) {
        int shift = StateLayout.shift(dialect);
        u64(StateLayout.ID, record.id());
        name(StateLayout.IFNAME, record.ifname(), StateLayout.IFNAME_LENGTH);
        PeerCodec.encode(record.src(), buffer, offset + StateLayout.SRC + shift);
        PeerCodec.encode(record.dst(), buffer, offset + StateLayout.DST + shift);
        if (carriesRoute()) {
            address(StateRecord.RT_ADDR_OFFSET, StateLayout.RT_ADDR + shift);
        }
        // Another system numbers its rules otherwise; with an equal fingerprint it would believe
        // us.
        u32(StateLayout.RULE + shift, isSameFamily() ? record.rule() : -1);
        u32(StateLayout.ANCHOR + shift, isSameFamily() ? record.anchor() : -1);
        u32(StateLayout.NAT_RULE + shift, isSameFamily() ? record.natRule() : -1);
        u32(StateLayout.CREATION + shift, seconds(nowMs - record.createdAtMs()));
        u32(StateLayout.EXPIRE + shift, seconds(record.expiresAtMs() - nowMs));
        u64(StateLayout.PACKETS0 + shift, record.packets0());
        u64(StateLayout.PACKETS1 + shift, record.packets1());
        u64(StateLayout.BYTES0 + shift, record.bytes0());
        u64(StateLayout.BYTES1 + shift, record.bytes1());
        u32(StateLayout.CREATOR_ID + shift, record.creatorId());
    }

    /**
     * A 1301 state cannot say which route option its next hop belongs to: its receiver drops it
     * unless it recovers the option from its own rules. So the next hop goes out in 1301 only if
     * the state came in 1301, and elsewhere only with an option and the interface it needs.
     */
    private boolean carriesRoute() {
        if (isNative() || dialect == Dialect.V1301) {
            return isNative();
        }
        boolean isKnown =
                record.rtKind() >= StateLayout.RT_FIRST && record.rtKind() <= StateLayout.RT_LAST;
        return isKnown && (dialect == Dialect.V6 || record.rtIfname() != 0);
    }

    private boolean isNative() {
        return record.dialect() == dialect.ordinal();
    }

    /** True if the state came from the same operating system as it goes to. */
    private boolean isSameFamily() {
        return (record.dialect() == Dialect.V6.ordinal()) == (dialect == Dialect.V6);
    }

    private static int seconds(long ms) {
        return (int) Math.max(0, Math.min(0xFFFF_FFFFL, ms / 1000));
    }

    private void encodeKeys() {
        int stack = StateLayout.KEY_WIRE + StateLayout.keyLength(dialect);
        address(StateRecord.WIRE_ADDR0_OFFSET, StateLayout.KEY_WIRE);
        address(StateRecord.WIRE_ADDR1_OFFSET, StateLayout.KEY_WIRE + 16);
        address(StateRecord.STACK_ADDR0_OFFSET, stack);
        address(StateRecord.STACK_ADDR1_OFFSET, stack + 16);
        u16(StateLayout.KEY_WIRE + StateLayout.KEY_PORTS, record.wirePort0());
        u16(StateLayout.KEY_WIRE + StateLayout.KEY_PORTS + 2, record.wirePort1());
        u16(stack + StateLayout.KEY_PORTS, record.stackPort0());
        u16(stack + StateLayout.KEY_PORTS + 2, record.stackPort1());
        if (dialect == Dialect.V6) {
            u16(StateLayout.KEY_WIRE + StateLayout.KEY_RDOMAIN, record.wireRdomain());
            u16(stack + StateLayout.KEY_RDOMAIN, record.stackRdomain());
            u8(
                    StateLayout.KEY_WIRE + StateLayout.KEY_AF,
                    StateLayout.wireFamily(dialect, record.wireAf()));
            u8(stack + StateLayout.KEY_AF, StateLayout.wireFamily(dialect, record.stackAf()));
        }
    }

    private void encodeV6() {
        u32(StateLayout.V6_RTABLE0, record.rtableId0());
        u32(StateLayout.V6_RTABLE1, record.rtableId1());
        u16(StateLayout.V6_MAX_MSS, record.maxMss());
        u8(StateLayout.V6_AF, StateLayout.wireFamily(dialect, record.wireAf()));
        u8(StateLayout.V6_PROTO, record.wireProto());
        u8(StateLayout.V6_DIRECTION, record.direction());
        u8(StateLayout.V6_LOG, record.log());
        u8(
                StateLayout.V6_RT,
                record.rtKind() >= StateLayout.RT_FIRST && carriesRoute()
                        ? record.rtKind() - 1
                        : 0);
        u8(StateLayout.V6_TIMEOUT, record.timeout());
        u8(StateLayout.V6_SYNC_FLAGS, record.syncFlags());
        u8(StateLayout.V6_UPDATES, record.updates());
        u8(StateLayout.V6_MIN_TTL, record.minTtl());
        u8(StateLayout.V6_SET_TOS, record.setTos());
        u16(StateLayout.V6_STATE_FLAGS, flags());
        u8(StateLayout.V6_SET_PRIO, record.setPrio0());
        u8(StateLayout.V6_SET_PRIO + 1, record.setPrio1());
    }

    private void encode1301And1400() {
        u8(StateLayout.FB_AF, StateLayout.wireFamily(dialect, record.wireAf()));
        u8(StateLayout.FB_PROTO, record.wireProto());
        u8(StateLayout.FB_DIRECTION, record.direction());
        u8(StateLayout.FB_LOG, record.log());
        u8(StateLayout.FB_TIMEOUT, record.timeout());
        u8(StateLayout.FB_SYNC_FLAGS, record.syncFlags());
        u8(StateLayout.FB_UPDATES, record.updates());
        if (dialect == Dialect.V1301) {
            u8(StateLayout.FB_FLAGS8, flags() & 0xFF);
            return;
        }
        u16(StateLayout.FB_FLAGS16, flags());
        u16(StateLayout.V1400_QID, record.qid());
        u16(StateLayout.V1400_PQID, record.pqid());
        u16(StateLayout.V1400_DNPIPE, record.dnpipe());
        u16(StateLayout.V1400_DNRPIPE, record.dnrpipe());
        u32(StateLayout.V1400_RTABLE, record.rtableId0());
        u8(StateLayout.V1400_MIN_TTL, record.minTtl());
        u8(StateLayout.V1400_SET_TOS, record.setTos());
        u16(StateLayout.V1400_MAX_MSS, record.maxMss());
        u8(StateLayout.V1400_SET_PRIO, record.setPrio0());
        u8(StateLayout.V1400_SET_PRIO + 1, record.setPrio1());
        u8(StateLayout.V1400_RT, carriesRoute() ? record.rtKind() : 0);
        name(
                StateLayout.V1400_RT_IFNAME,
                carriesRoute() ? record.rtIfname() : 0,
                StateLayout.IFNAME_LENGTH);
    }

    private void encode1500() {
        name(StateLayout.V1500_TAGNAME, record.tag(), StateLayout.TAGNAME_LENGTH);
        name(
                StateLayout.V1500_RT_IFNAME,
                carriesRoute() ? record.rtIfname() : 0,
                StateLayout.IFNAME_LENGTH);
        int origIfname =
                record.origIfname() == 0 && !isNative() ? record.ifname() : record.origIfname();
        name(StateLayout.V1500_ORIG_IFNAME, origIfname, StateLayout.IFNAME_LENGTH);
        u32(StateLayout.V1500_RTABLE, record.rtableId0());
        u16(StateLayout.V1500_STATE_FLAGS, flags());
        u16(StateLayout.V1500_QID, record.qid());
        u16(StateLayout.V1500_PQID, record.pqid());
        u16(StateLayout.V1500_DNPIPE, record.dnpipe());
        u16(StateLayout.V1500_DNRPIPE, record.dnrpipe());
        u16(StateLayout.V1500_MAX_MSS, record.maxMss());
        u8(StateLayout.V1500_WIRE_AF, StateLayout.wireFamily(dialect, record.wireAf()));
        u8(StateLayout.V1500_STACK_AF, StateLayout.wireFamily(dialect, record.stackAf()));
        u8(
                StateLayout.V1500_RT_AF,
                StateLayout.wireFamily(dialect, carriesRoute() ? record.rtAf() : 0));
        u8(StateLayout.V1500_WIRE_PROTO, record.wireProto());
        u8(StateLayout.V1500_STACK_PROTO, record.stackProto());
        u8(StateLayout.V1500_LOG, record.log());
        u8(StateLayout.V1500_TIMEOUT, record.timeout());
        u8(StateLayout.V1500_DIRECTION, record.direction());
        u8(StateLayout.V1500_RT, carriesRoute() ? record.rtKind() : 0);
        u8(StateLayout.V1500_MIN_TTL, record.minTtl());
        u8(StateLayout.V1500_SET_TOS, record.setTos());
        u8(StateLayout.V1500_SET_PRIO, record.setPrio0());
        u8(StateLayout.V1500_SET_PRIO + 1, record.setPrio1());
    }

    private int flags() {
        return isSameFamily() ? record.stateFlags() : record.stateFlags() & COMMON_FLAGS;
    }

    /** By words: for so few bytes a call of the machine's own filling and copying costs more. */
    private void zero(int length) {
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            buffer.putLong(at, 0);
        }
        for (; at < end; at++) {
            buffer.putByte(at, (byte) 0);
        }
    }

    /** Into bytes that are zero. */
    private void name(int field, int nameId, int length) {
        byte[] name = names.bytes(nameId);
        if (name.length < length) {
            for (int i = 0; i < name.length; i++) {
                buffer.putByte(offset + field + i, name[i]);
            }
        }
    }

    /**
     * Writes a NUL-padded name; one that is too long for its field is left out rather than cut to
     * another name.
     */
    static void putName(MutableDirectBuffer into, int at, byte[] name, int length) {
        into.setMemory(at, length, (byte) 0);
        if (name.length < length) {
            into.putBytes(at, name);
        }
    }

    private void address(int recordField, int field) {
        int from = record.offset() + recordField;
        buffer.putLong(offset + field, record.buffer().getLong(from));
        buffer.putLong(offset + field + Long.BYTES, record.buffer().getLong(from + Long.BYTES));
    }

    private void u8(int field, int value) {
        buffer.putByte(offset + field, (byte) value);
    }

    private void u16(int field, int value) {
        buffer.putShort(offset + field, (short) value, BIG_ENDIAN);
    }

    private void u32(int field, int value) {
        buffer.putInt(offset + field, value, BIG_ENDIAN);
    }

    private void u64(int field, long value) {
        buffer.putLong(offset + field, value, BIG_ENDIAN);
    }
}
