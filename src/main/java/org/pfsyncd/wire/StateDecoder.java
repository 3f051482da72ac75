package org.pfsyncd.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Reads a full state of any living dialect and turns it into the canonical record (spec pfsync.md
 * sections 4 and 8.2).
 *
 * <p>A view, valid until the receive slab is reused; {@link FrameWalker} has proven its length.
 * Owned by the calling thread.
 */
public final class StateDecoder {
    private static final long LOWEST_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

    private DirectBuffer buffer;
    private int offset;
    private Dialect dialect = Dialect.V6;

    StateDecoder wrap(DirectBuffer buffer, int offset, Dialect dialect) {
        this.buffer = buffer;
        this.offset = offset;
        this.dialect = dialect;
        return this;
    }

    /**
     * Views a state that did not come in a frame; {@link Dialect#stateLength()} bytes must be
     * there.
     */
    public static StateDecoder over(DirectBuffer buffer, int offset, Dialect dialect) {
        return new StateDecoder().wrap(buffer, offset, dialect);
    }

    public Dialect dialect() {
        return dialect;
    }

    public long id() {
        return buffer.getLong(offset + StateLayout.ID, BIG_ENDIAN);
    }

    public int creatorId() {
        return u32(StateLayout.CREATOR_ID + StateLayout.shift(dialect));
    }

    /** Age in seconds as the sender wrote it, unsigned. */
    public long creationS() {
        return u32(StateLayout.CREATION + StateLayout.shift(dialect)) & 0xFFFF_FFFFL;
    }

    /** Seconds left as the sender wrote them, unsigned. */
    public long expireS() {
        return u32(StateLayout.EXPIRE + StateLayout.shift(dialect)) & 0xFFFF_FFFFL;
    }

    /**
     * Checks the values (those of an INS, whatever the message is) and fills the record.
     *
     * <p>Absolute creation is {@code nowMs} less the age; {@code lifetimeS} holds the seconds left
     * as received; realm, activity, expiry, marks and origin are left zero for the table to set.
     * Names are interned only after every check has passed.
     *
     * @return the reason to refuse (the record is then undefined), or null.
     */
    public Reject decode(StateRecord into, NameTable names, long nowMs) {
        Reject reject = check();
        if (reject != null) {
            return reject;
        }
        into.clear();
        decodeCommon(into, nowMs);
        decodeKeys(into);
        int ifname = names.intern(buffer, offset + StateLayout.IFNAME, StateLayout.IFNAME_LENGTH);
        into.ifname(Math.max(ifname, 0));
        int worst = ifname;
        if (dialect == Dialect.V6) {
            decodeV6(into);
        } else if (dialect == Dialect.V1500) {
            worst = Math.min(worst, decode1500(into, names));
        } else {
            worst = Math.min(worst, decode1301And1400(into, names));
        }
        clearBehindIpv4(into);
        return worst < 0 ? Reject.NAMES_FULL : null;
    }

    /** What {@link #decode} refused: the field, its value and what it may be, for people. */
    public String explain(Reject reject) {
        int shift = StateLayout.shift(dialect);
        return switch (reject) {
            case BAD_VALUE_CREATORID -> "creatorid=00000000; it is never 0";
            case BAD_VALUE_TIMEOUT ->
                    "timeout="
                            + u8(timeoutOffset())
                            + "; the highest class is "
                            + (StateLayout.timeoutLimit(dialect) - 1);
            case BAD_VALUE_PEER_STATE ->
                    "src.state="
                            + PeerCodec.state(buffer, offset + StateLayout.SRC + shift)
                            + " dst.state="
                            + PeerCodec.state(buffer, offset + StateLayout.DST + shift)
                            + "; the highest is "
                            + StateLayout.PEER_STATE_LIMIT;
            case BAD_VALUE_DIRECTION ->
                    "direction="
                            + u8(directionOffset())
                            + "; the highest is "
                            + StateLayout.DIRECTION_LIMIT;
            case BAD_VALUE_AF ->
                    "address family "
                            + u8(familyOffset())
                            + "; IPv4 is 2, IPv6 is "
                            + StateLayout.wireFamily(dialect, 6);
            case BAD_VALUE_IFNAME -> "ifname is empty or has no NUL; it has 1 to 15 characters";
            default -> reject.meaning();
        };
    }

    private int familyOffset() {
        return switch (dialect) {
            case V6 -> StateLayout.V6_AF;
            case V1500 -> StateLayout.V1500_WIRE_AF;
            case V1301, V1400, V5 -> StateLayout.FB_AF;
        };
    }

    private Reject check() {
        if (creatorId() == 0) {
            return Reject.BAD_VALUE_CREATORID;
        }
        if (u8(timeoutOffset()) >= StateLayout.timeoutLimit(dialect)) {
            return Reject.BAD_VALUE_TIMEOUT;
        }
        int shift = StateLayout.shift(dialect);
        if (PeerCodec.state(buffer, offset + StateLayout.SRC + shift) > StateLayout.PEER_STATE_LIMIT
                || PeerCodec.state(buffer, offset + StateLayout.DST + shift)
                        > StateLayout.PEER_STATE_LIMIT) {
            return Reject.BAD_VALUE_PEER_STATE;
        }
        if (u8(directionOffset()) > StateLayout.DIRECTION_LIMIT) {
            return Reject.BAD_VALUE_DIRECTION;
        }
        if (wireFamily() == 0 || stackFamily() == 0) {
            return Reject.BAD_VALUE_AF;
        }
        boolean areNamesSound =
                buffer.getByte(offset + StateLayout.IFNAME) != 0
                        && isTerminated(StateLayout.IFNAME, StateLayout.IFNAME_LENGTH)
                        && areOtherNamesTerminated();
        return areNamesSound ? null : Reject.BAD_VALUE_IFNAME;
    }

    private boolean areOtherNamesTerminated() {
        return switch (dialect) {
            case V1400 -> isTerminated(StateLayout.V1400_RT_IFNAME, StateLayout.IFNAME_LENGTH);
            case V1500 ->
                    isTerminated(StateLayout.V1500_TAGNAME, StateLayout.TAGNAME_LENGTH)
                            && isTerminated(StateLayout.V1500_RT_IFNAME, StateLayout.IFNAME_LENGTH)
                            && isTerminated(
                                    StateLayout.V1500_ORIG_IFNAME, StateLayout.IFNAME_LENGTH);
            case V6, V1301, V5 -> true;
        };
    }

    /** Whether a byte of the field is 0; its length is a multiple of 8. */
    private boolean isTerminated(int field, int length) {
        long zeroes = 0;
        for (int i = 0; i < length; i += Long.BYTES) {
            long word = buffer.getLong(offset + field + i);
            zeroes |= (word - LOWEST_BITS) & ~word & HIGHEST_BITS; // of its lowest zero byte
        }
        return zeroes != 0;
    }

    private void decodeCommon(StateRecord into, long nowMs) {
        int shift = StateLayout.shift(dialect);
        into.id(id()).creatorId(creatorId()).dialect(dialect.ordinal());
        PeerCodec.decode(buffer, offset + StateLayout.SRC + shift, into.src());
        PeerCodec.decode(buffer, offset + StateLayout.DST + shift, into.dst());
        into.address(StateRecord.RT_ADDR_OFFSET, buffer, offset + StateLayout.RT_ADDR + shift)
                .rule(u32(StateLayout.RULE + shift))
                .anchor(u32(StateLayout.ANCHOR + shift))
                .natRule(u32(StateLayout.NAT_RULE + shift))
                .createdAtMs(nowMs - creationS() * 1000)
                .lifetimeS(expireS())
                .packets0(u64(StateLayout.PACKETS0 + shift))
                .packets1(u64(StateLayout.PACKETS1 + shift))
                .bytes0(u64(StateLayout.BYTES0 + shift))
                .bytes1(u64(StateLayout.BYTES1 + shift))
                .timeout(u8(timeoutOffset()))
                .direction(u8(directionOffset()))
                .wireAf(wireFamily())
                .stackAf(stackFamily());
    }

    private void decodeKeys(StateRecord into) {
        int wire = offset + StateLayout.KEY_WIRE;
        int stack = wire + StateLayout.keyLength(dialect);
        into.address(StateRecord.WIRE_ADDR0_OFFSET, buffer, wire)
                .address(StateRecord.WIRE_ADDR1_OFFSET, buffer, wire + 16)
                .address(StateRecord.STACK_ADDR0_OFFSET, buffer, stack)
                .address(StateRecord.STACK_ADDR1_OFFSET, buffer, stack + 16);
        int ports = StateLayout.KEY_PORTS;
        into.wirePort0(buffer.getShort(wire + ports, BIG_ENDIAN))
                .wirePort1(buffer.getShort(wire + ports + 2, BIG_ENDIAN))
                .stackPort0(buffer.getShort(stack + ports, BIG_ENDIAN))
                .stackPort1(buffer.getShort(stack + ports + 2, BIG_ENDIAN));
        if (dialect == Dialect.V6) {
            into.wireRdomain(buffer.getShort(wire + StateLayout.KEY_RDOMAIN, BIG_ENDIAN))
                    .stackRdomain(buffer.getShort(stack + StateLayout.KEY_RDOMAIN, BIG_ENDIAN));
        }
    }

    private void decodeV6(StateRecord into) {
        int rtKind = rtKindV6();
        into.wireProto(u8(StateLayout.V6_PROTO))
                .stackProto(u8(StateLayout.V6_PROTO))
                .log(u8(StateLayout.V6_LOG))
                .rtKind(rtKind)
                .rtableId0(u32(StateLayout.V6_RTABLE0))
                .rtableId1(u32(StateLayout.V6_RTABLE1))
                .maxMss(u16(StateLayout.V6_MAX_MSS))
                .syncFlags(u8(StateLayout.V6_SYNC_FLAGS))
                .updates(u8(StateLayout.V6_UPDATES))
                .minTtl(u8(StateLayout.V6_MIN_TTL))
                .setTos(u8(StateLayout.V6_SET_TOS))
                .stateFlags(u16(StateLayout.V6_STATE_FLAGS))
                .setPrio0(u8(StateLayout.V6_SET_PRIO))
                .setPrio1(u8(StateLayout.V6_SET_PRIO + 1))
                .rtAf(rtKind == 0 ? 0 : into.wireAf());
    }

    /** The route option in FreeBSD's numbering; a number that nobody defined is no option. */
    private int rtKindV6() {
        int rt = u8(StateLayout.V6_RT);
        return rt == 0 || rt > StateLayout.V6_RT_LIMIT ? 0 : rt + 1;
    }

    /** Returns the smallest name id met, so that a refusal (negative) is not lost. */
    private int decode1301And1400(StateRecord into, NameTable names) {
        boolean is1400 = dialect == Dialect.V1400;
        into.wireProto(u8(StateLayout.FB_PROTO))
                .stackProto(u8(StateLayout.FB_PROTO))
                .log(u8(StateLayout.FB_LOG))
                .stateFlags(is1400 ? u16(StateLayout.FB_FLAGS16) : u8(StateLayout.FB_FLAGS8))
                .syncFlags(u8(StateLayout.FB_SYNC_FLAGS))
                .updates(u8(StateLayout.FB_UPDATES))
                .rtAf(into.wireAf());
        if (!is1400) {
            return 0;
        }
        into.qid(u16(StateLayout.V1400_QID))
                .pqid(u16(StateLayout.V1400_PQID))
                .dnpipe(u16(StateLayout.V1400_DNPIPE))
                .dnrpipe(u16(StateLayout.V1400_DNRPIPE))
                .rtableId0(u32(StateLayout.V1400_RTABLE))
                .rtableId1(u32(StateLayout.V1400_RTABLE))
                .minTtl(u8(StateLayout.V1400_MIN_TTL))
                .setTos(u8(StateLayout.V1400_SET_TOS))
                .maxMss(u16(StateLayout.V1400_MAX_MSS))
                .setPrio0(u8(StateLayout.V1400_SET_PRIO))
                .setPrio1(u8(StateLayout.V1400_SET_PRIO + 1))
                .rtKind(u8(StateLayout.V1400_RT));
        int rtIfname =
                names.intern(
                        buffer, offset + StateLayout.V1400_RT_IFNAME, StateLayout.IFNAME_LENGTH);
        into.rtIfname(Math.max(rtIfname, 0));
        return rtIfname;
    }

    private int decode1500(StateRecord into, NameTable names) {
        into.wireProto(u8(StateLayout.V1500_WIRE_PROTO))
                .stackProto(u8(StateLayout.V1500_STACK_PROTO))
                .log(u8(StateLayout.V1500_LOG))
                .stateFlags(u16(StateLayout.V1500_STATE_FLAGS))
                .qid(u16(StateLayout.V1500_QID))
                .pqid(u16(StateLayout.V1500_PQID))
                .dnpipe(u16(StateLayout.V1500_DNPIPE))
                .dnrpipe(u16(StateLayout.V1500_DNRPIPE))
                .rtableId0(u32(StateLayout.V1500_RTABLE))
                .rtableId1(u32(StateLayout.V1500_RTABLE))
                .minTtl(u8(StateLayout.V1500_MIN_TTL))
                .setTos(u8(StateLayout.V1500_SET_TOS))
                .maxMss(u16(StateLayout.V1500_MAX_MSS))
                .setPrio0(u8(StateLayout.V1500_SET_PRIO))
                .setPrio1(u8(StateLayout.V1500_SET_PRIO + 1))
                .rtKind(u8(StateLayout.V1500_RT))
                .rtAf(StateLayout.family(dialect, u8(StateLayout.V1500_RT_AF)));
        int tag =
                names.intern(
                        buffer, offset + StateLayout.V1500_TAGNAME, StateLayout.TAGNAME_LENGTH);
        int rtIfname =
                names.intern(
                        buffer, offset + StateLayout.V1500_RT_IFNAME, StateLayout.IFNAME_LENGTH);
        int origIfname =
                names.intern(
                        buffer, offset + StateLayout.V1500_ORIG_IFNAME, StateLayout.IFNAME_LENGTH);
        into.tag(Math.max(tag, 0))
                .rtIfname(Math.max(rtIfname, 0))
                .origIfname(Math.max(origIfname, 0));
        return Math.min(tag, Math.min(rtIfname, origIfname));
    }

    private static void clearBehindIpv4(StateRecord into) {
        if (into.wireAf() == 4) {
            into.clearBehindIpv4(StateRecord.WIRE_ADDR0_OFFSET)
                    .clearBehindIpv4(StateRecord.WIRE_ADDR1_OFFSET);
        }
        if (into.stackAf() == 4) {
            into.clearBehindIpv4(StateRecord.STACK_ADDR0_OFFSET)
                    .clearBehindIpv4(StateRecord.STACK_ADDR1_OFFSET);
        }
        if (into.rtAf() == 4) {
            into.clearBehindIpv4(StateRecord.RT_ADDR_OFFSET);
        }
    }

    private int wireFamily() {
        return keyFamily(0);
    }

    private int stackFamily() {
        return keyFamily(1);
    }

    /**
     * Family of one side; in v6 a key that carries none takes the state's, but one key cannot carry
     * one alone.
     */
    private int keyFamily(int side) {
        if (dialect == Dialect.V1500) {
            return StateLayout.family(
                    dialect,
                    u8(side == 0 ? StateLayout.V1500_WIRE_AF : StateLayout.V1500_STACK_AF));
        }
        if (dialect != Dialect.V6) {
            return StateLayout.family(dialect, u8(StateLayout.FB_AF));
        }
        int state = StateLayout.family(dialect, u8(StateLayout.V6_AF));
        int wire = u8(StateLayout.KEY_WIRE + StateLayout.KEY_AF);
        int stack = u8(StateLayout.KEY_WIRE + StateLayout.KEY_V6_LENGTH + StateLayout.KEY_AF);
        if (state == 0 || (wire == 0 && stack == 0)) {
            return state;
        }
        return StateLayout.family(dialect, side == 0 ? wire : stack);
    }

    private int timeoutOffset() {
        return switch (dialect) {
            case V6 -> StateLayout.V6_TIMEOUT;
            case V1500 -> StateLayout.V1500_TIMEOUT;
            case V1301, V1400, V5 -> StateLayout.FB_TIMEOUT;
        };
    }

    private int directionOffset() {
        return switch (dialect) {
            case V6 -> StateLayout.V6_DIRECTION;
            case V1500 -> StateLayout.V1500_DIRECTION;
            case V1301, V1400, V5 -> StateLayout.FB_DIRECTION;
        };
    }

    private int u8(int field) {
        return buffer.getByte(offset + field) & 0xFF;
    }

    private int u16(int field) {
        return buffer.getShort(offset + field, BIG_ENDIAN) & 0xFFFF;
    }

    private int u32(int field) {
        return buffer.getInt(offset + field, BIG_ENDIAN);
    }

    private long u64(int field) {
        return buffer.getLong(offset + field, BIG_ENDIAN);
    }
}
