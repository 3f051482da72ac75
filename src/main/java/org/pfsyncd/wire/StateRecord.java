package org.pfsyncd.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The canonical record: one state with everything that any dialect carries, in a fixed layout.
 *
 * <p>A flyweight over {@link #LENGTH} bytes, little-endian, unaligned access allowed; addresses are
 * 16 bytes in network order, an IPv4 address in the first four and the rest zero. The same bytes
 * are the value in the table, the delta in the journal (the first {@link #JOURNALED_LENGTH} bytes)
 * and the pivot between dialects (spec pfsync.md section 20.4). Families are 4 and 6, times are
 * absolute epoch milliseconds, names are ids of a {@link NameTable}.
 *
 * <p>Three blocks: identity, what never changes while the state lives, and from {@link
 * #MUTABLE_OFFSET} what an update may change. Owned by whoever wrapped it; not thread-safe.
 *
 * <pre>
 *   0 id 8 | creatorId 4 | realm 2 | dialect 1 | 0
 *  16 wire address 0, 1, stack address 0, 1 (16 each)
 *  80 ports, rdomains, families, protocols, direction, log, route option
 * 124 rule, anchor, nat rule, rtables, flags, scrub and queue options
 * 168 createdAtMs, packets 0, 1, bytes 0, 1 (8 each)
 * 208 src peer 28 | dst peer 28                        mutable from here
 * 264 lastActivityMs, expiresAtMs, lifetimeS, timeout, marks, originNode
 * 288 insertOrdinal                                    local from here
 * </pre>
 */
public final class StateRecord {
    /** Bytes of a record in the table. */
    public static final int LENGTH = 296;

    /** Bytes of a record in the journal: everything but the local tail. */
    public static final int JOURNALED_LENGTH = 288;

    /** First byte that an update may change. */
    public static final int MUTABLE_OFFSET = 208;

    /** Bytes of the mutable block. */
    public static final int MUTABLE_LENGTH = JOURNALED_LENGTH - MUTABLE_OFFSET;

    /**
     * Bytes of the key block at offset 0: id, creatorId, realm, and two bytes that a key leaves
     * zero.
     */
    public static final int KEY_LENGTH = 16;

    /** Bytes of one peer. */
    public static final int PEER_LENGTH = 28;

    /** Set in {@link #marks()} once a living source has vouched for the state since the start. */
    public static final int MARK_CONFIRMED = 1;

    /** Set if the state came into the table since the node's clock began: its times are by it. */
    public static final int MARK_NEW = 2;

    public static final int WIRE_ADDR0_OFFSET = 16;
    public static final int WIRE_ADDR1_OFFSET = 32;
    public static final int STACK_ADDR0_OFFSET = 48;
    public static final int STACK_ADDR1_OFFSET = 64;
    public static final int RT_ADDR_OFFSET = 100;
    public static final int SRC_OFFSET = 208;
    public static final int DST_OFFSET = 236;
    public static final int ID_OFFSET = 0;
    public static final int CREATOR_ID_OFFSET = 8;
    public static final int REALM_OFFSET = 12;
    public static final int DIALECT_OFFSET = 14;
    public static final int WIRE_PORT0_OFFSET = 80;
    public static final int WIRE_PORT1_OFFSET = 82;
    public static final int STACK_PORT0_OFFSET = 84;
    public static final int STACK_PORT1_OFFSET = 86;
    public static final int WIRE_RDOMAIN_OFFSET = 88;
    public static final int STACK_RDOMAIN_OFFSET = 90;
    public static final int WIRE_AF_OFFSET = 92;
    public static final int STACK_AF_OFFSET = 93;
    public static final int WIRE_PROTO_OFFSET = 94;
    public static final int STACK_PROTO_OFFSET = 95;
    public static final int DIRECTION_OFFSET = 96;
    public static final int LOG_OFFSET = 97;
    public static final int RT_KIND_OFFSET = 98;
    public static final int RT_AF_OFFSET = 99;
    public static final int RT_IFNAME_OFFSET = 116;
    public static final int IFNAME_OFFSET = 118;
    public static final int ORIG_IFNAME_OFFSET = 120;
    public static final int TAG_OFFSET = 122;
    public static final int RULE_OFFSET = 124;
    public static final int ANCHOR_OFFSET = 128;
    public static final int NAT_RULE_OFFSET = 132;
    public static final int RTABLE_ID0_OFFSET = 136;
    public static final int RTABLE_ID1_OFFSET = 140;
    public static final int STATE_FLAGS_OFFSET = 144;
    public static final int SYNC_FLAGS_OFFSET = 146;
    public static final int MIN_TTL_OFFSET = 147;
    public static final int SET_TOS_OFFSET = 148;
    public static final int SET_PRIO0_OFFSET = 149;
    public static final int SET_PRIO1_OFFSET = 150;
    public static final int UPDATES_OFFSET = 151;
    public static final int MAX_MSS_OFFSET = 152;
    public static final int QID_OFFSET = 154;
    public static final int PQID_OFFSET = 156;
    public static final int DNPIPE_OFFSET = 158;
    public static final int DNRPIPE_OFFSET = 160;
    public static final int CREATED_AT_MS_OFFSET = 168;
    public static final int PACKETS0_OFFSET = 176;
    public static final int PACKETS1_OFFSET = 184;
    public static final int BYTES0_OFFSET = 192;
    public static final int BYTES1_OFFSET = 200;
    public static final int LAST_ACTIVITY_MS_OFFSET = 264;
    public static final int EXPIRES_AT_MS_OFFSET = 272;
    public static final int LIFETIME_S_OFFSET = 280;
    public static final int TIMEOUT_OFFSET = 284;
    public static final int MARKS_OFFSET = 285;
    public static final int ORIGIN_NODE_OFFSET = 286;
    public static final int INSERT_ORDINAL_OFFSET = 288;

    private final PeerRecord src = new PeerRecord();
    private final PeerRecord dst = new PeerRecord();
    private MutableDirectBuffer buffer;
    private int offset;

    /** Views {@link #LENGTH} bytes ({@link #JOURNALED_LENGTH} if the local tail is not touched). */
    public StateRecord wrap(MutableDirectBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
        src.wrap(buffer, offset + SRC_OFFSET);
        dst.wrap(buffer, offset + DST_OFFSET);
        return this;
    }

    public MutableDirectBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    /** Sets every byte to zero and every number that means none to its none. */
    public StateRecord clear() {
        buffer.setMemory(offset, LENGTH, (byte) 0);
        rule(-1).anchor(-1).natRule(-1).rtableId0(-1).rtableId1(-1);
        return this;
    }

    /** Copies all {@link #LENGTH} bytes of another record. */
    public StateRecord copyFrom(StateRecord other) {
        buffer.putBytes(offset, other.buffer, other.offset, LENGTH);
        return this;
    }

    /** The end that opened the connection. */
    public PeerRecord src() {
        return src;
    }

    /** The other end. */
    public PeerRecord dst() {
        return dst;
    }

    public boolean isConfirmed() {
        return (marks() & MARK_CONFIRMED) != 0;
    }

    public boolean isNew() {
        return (marks() & MARK_NEW) != 0;
    }

    /** Copies 16 address bytes in network order to one of the {@code *_ADDR*_OFFSET} fields. */
    public StateRecord address(int fieldOffset, DirectBuffer from, int fromOffset) {
        buffer.putLong(offset + fieldOffset, from.getLong(fromOffset));
        buffer.putLong(offset + fieldOffset + 8, from.getLong(fromOffset + 8));
        return this;
    }

    /** Zeroes the 12 bytes behind an IPv4 address; senders should, and comparisons rely on it. */
    StateRecord clearBehindIpv4(int fieldOffset) {
        buffer.putInt(offset + fieldOffset + 4, 0);
        buffer.putLong(offset + fieldOffset + 8, 0);
        return this;
    }

    /** True if the wire and the stack key of this state are the same, so nothing is translated. */
    public boolean isUntranslated() {
        return buffer.getLong(offset + WIRE_ADDR0_OFFSET)
                        == buffer.getLong(offset + STACK_ADDR0_OFFSET)
                && buffer.getLong(offset + WIRE_ADDR0_OFFSET + 8)
                        == buffer.getLong(offset + STACK_ADDR0_OFFSET + 8)
                && buffer.getLong(offset + WIRE_ADDR1_OFFSET)
                        == buffer.getLong(offset + STACK_ADDR1_OFFSET)
                && buffer.getLong(offset + WIRE_ADDR1_OFFSET + 8)
                        == buffer.getLong(offset + STACK_ADDR1_OFFSET + 8)
                && buffer.getInt(offset + WIRE_PORT0_OFFSET)
                        == buffer.getInt(offset + STACK_PORT0_OFFSET)
                && wireRdomain() == stackRdomain()
                && wireAf() == stackAf()
                && wireProto() == stackProto();
    }

    /** Identifier given by the creating host: its bytes in wire order as a big-endian number. */
    public long id() {
        return buffer.getLong(offset + ID_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord id(long value) {
        buffer.putLong(offset + ID_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Host id of the creating host; bytes in wire order read as a big-endian number, never 0. */
    public int creatorId() {
        return buffer.getInt(offset + CREATOR_ID_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord creatorId(int value) {
        buffer.putInt(offset + CREATOR_ID_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Name id of the realm: groups that relay to each other share one. */
    public int realm() {
        return buffer.getShort(offset + REALM_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord realm(int value) {
        buffer.putShort(offset + REALM_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** {@link Dialect#ordinal()} of the last full copy received. */
    public int dialect() {
        return buffer.getByte(offset + DIALECT_OFFSET) & 0xFF;
    }

    public StateRecord dialect(int value) {
        buffer.putByte(offset + DIALECT_OFFSET, (byte) value);
        return this;
    }

    /** Port 0 of the wire key, host order. */
    public int wirePort0() {
        return buffer.getShort(offset + WIRE_PORT0_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord wirePort0(int value) {
        buffer.putShort(offset + WIRE_PORT0_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Port 1 of the wire key, host order. */
    public int wirePort1() {
        return buffer.getShort(offset + WIRE_PORT1_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord wirePort1(int value) {
        buffer.putShort(offset + WIRE_PORT1_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Port 0 of the stack key, host order. */
    public int stackPort0() {
        return buffer.getShort(offset + STACK_PORT0_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord stackPort0(int value) {
        buffer.putShort(offset + STACK_PORT0_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Port 1 of the stack key, host order. */
    public int stackPort1() {
        return buffer.getShort(offset + STACK_PORT1_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord stackPort1(int value) {
        buffer.putShort(offset + STACK_PORT1_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Routing domain of the wire side (v6 only). */
    public int wireRdomain() {
        return buffer.getShort(offset + WIRE_RDOMAIN_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord wireRdomain(int value) {
        buffer.putShort(offset + WIRE_RDOMAIN_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Routing domain of the stack side (v6 only). */
    public int stackRdomain() {
        return buffer.getShort(offset + STACK_RDOMAIN_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord stackRdomain(int value) {
        buffer.putShort(offset + STACK_RDOMAIN_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Family of the wire key: 4 or 6, whatever number the dialect uses. */
    public int wireAf() {
        return buffer.getByte(offset + WIRE_AF_OFFSET) & 0xFF;
    }

    public StateRecord wireAf(int value) {
        buffer.putByte(offset + WIRE_AF_OFFSET, (byte) value);
        return this;
    }

    /** Family of the stack key: 4 or 6; differs from the wire side for af-to. */
    public int stackAf() {
        return buffer.getByte(offset + STACK_AF_OFFSET) & 0xFF;
    }

    public StateRecord stackAf(int value) {
        buffer.putByte(offset + STACK_AF_OFFSET, (byte) value);
        return this;
    }

    /** IP protocol of the wire side. */
    public int wireProto() {
        return buffer.getByte(offset + WIRE_PROTO_OFFSET) & 0xFF;
    }

    public StateRecord wireProto(int value) {
        buffer.putByte(offset + WIRE_PROTO_OFFSET, (byte) value);
        return this;
    }

    /** IP protocol of the stack side. */
    public int stackProto() {
        return buffer.getByte(offset + STACK_PROTO_OFFSET) & 0xFF;
    }

    public StateRecord stackProto(int value) {
        buffer.putByte(offset + STACK_PROTO_OFFSET, (byte) value);
        return this;
    }

    /** 1 in, 2 out, 0 unknown. */
    public int direction() {
        return buffer.getByte(offset + DIRECTION_OFFSET) & 0xFF;
    }

    public StateRecord direction(int value) {
        buffer.putByte(offset + DIRECTION_OFFSET, (byte) value);
        return this;
    }

    /** Log bits (5.7). */
    public int log() {
        return buffer.getByte(offset + LOG_OFFSET) & 0xFF;
    }

    public StateRecord log(int value) {
        buffer.putByte(offset + LOG_OFFSET, (byte) value);
        return this;
    }

    /** Route option in FreeBSD's numbering (5.6): 0 none, 2 route-to, 3 dup-to, 4 reply-to. */
    public int rtKind() {
        return buffer.getByte(offset + RT_KIND_OFFSET) & 0xFF;
    }

    public StateRecord rtKind(int value) {
        buffer.putByte(offset + RT_KIND_OFFSET, (byte) value);
        return this;
    }

    /** Family of the next hop: 4, 6, or 0 where there is none. */
    public int rtAf() {
        return buffer.getByte(offset + RT_AF_OFFSET) & 0xFF;
    }

    public StateRecord rtAf(int value) {
        buffer.putByte(offset + RT_AF_OFFSET, (byte) value);
        return this;
    }

    /** Name id of the route option's interface. */
    public int rtIfname() {
        return buffer.getShort(offset + RT_IFNAME_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord rtIfname(int value) {
        buffer.putShort(offset + RT_IFNAME_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Name id of the interface the state is bound to, or of {@code all}. */
    public int ifname() {
        return buffer.getShort(offset + IFNAME_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord ifname(int value) {
        buffer.putShort(offset + IFNAME_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Name id of the interface on which the state was created (1500 only). */
    public int origIfname() {
        return buffer.getShort(offset + ORIG_IFNAME_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord origIfname(int value) {
        buffer.putShort(offset + ORIG_IFNAME_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Name id of the packet tag (1500 only). */
    public int tag() {
        return buffer.getShort(offset + TAG_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord tag(int value) {
        buffer.putShort(offset + TAG_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Rule number on the sender, -1 none. */
    public int rule() {
        return buffer.getInt(offset + RULE_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord rule(int value) {
        buffer.putInt(offset + RULE_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Anchor number on the sender, -1 none. */
    public int anchor() {
        return buffer.getInt(offset + ANCHOR_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord anchor(int value) {
        buffer.putInt(offset + ANCHOR_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** NAT rule number on the sender, -1 none. */
    public int natRule() {
        return buffer.getInt(offset + NAT_RULE_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord natRule(int value) {
        buffer.putInt(offset + NAT_RULE_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Routing table of direction 0, -1 none. */
    public int rtableId0() {
        return buffer.getInt(offset + RTABLE_ID0_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord rtableId0(int value) {
        buffer.putInt(offset + RTABLE_ID0_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Routing table of direction 1, -1 none. */
    public int rtableId1() {
        return buffer.getInt(offset + RTABLE_ID1_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord rtableId1(int value) {
        buffer.putInt(offset + RTABLE_ID1_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** State flags (5.5), as received. */
    public int stateFlags() {
        return buffer.getShort(offset + STATE_FLAGS_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord stateFlags(int value) {
        buffer.putShort(offset + STATE_FLAGS_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** 0x04 source node, 0x08 NAT source node. */
    public int syncFlags() {
        return buffer.getByte(offset + SYNC_FLAGS_OFFSET) & 0xFF;
    }

    public StateRecord syncFlags(int value) {
        buffer.putByte(offset + SYNC_FLAGS_OFFSET, (byte) value);
        return this;
    }

    /** Scrub option min-ttl. */
    public int minTtl() {
        return buffer.getByte(offset + MIN_TTL_OFFSET) & 0xFF;
    }

    public StateRecord minTtl(int value) {
        buffer.putByte(offset + MIN_TTL_OFFSET, (byte) value);
        return this;
    }

    /** Scrub option set-tos. */
    public int setTos() {
        return buffer.getByte(offset + SET_TOS_OFFSET) & 0xFF;
    }

    public StateRecord setTos(int value) {
        buffer.putByte(offset + SET_TOS_OFFSET, (byte) value);
        return this;
    }

    /** Priority of normal packets. */
    public int setPrio0() {
        return buffer.getByte(offset + SET_PRIO0_OFFSET) & 0xFF;
    }

    public StateRecord setPrio0(int value) {
        buffer.putByte(offset + SET_PRIO0_OFFSET, (byte) value);
        return this;
    }

    /** Priority of low-delay packets. */
    public int setPrio1() {
        return buffer.getByte(offset + SET_PRIO1_OFFSET) & 0xFF;
    }

    public StateRecord setPrio1(int value) {
        buffer.putByte(offset + SET_PRIO1_OFFSET, (byte) value);
        return this;
    }

    /** The wire's unused updates byte, kept to send it back as it came. */
    public int updates() {
        return buffer.getByte(offset + UPDATES_OFFSET) & 0xFF;
    }

    public StateRecord updates(int value) {
        buffer.putByte(offset + UPDATES_OFFSET, (byte) value);
        return this;
    }

    /** MSS clamp, 0 none. */
    public int maxMss() {
        return buffer.getShort(offset + MAX_MSS_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord maxMss(int value) {
        buffer.putShort(offset + MAX_MSS_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** ALTQ queue number. */
    public int qid() {
        return buffer.getShort(offset + QID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord qid(int value) {
        buffer.putShort(offset + QID_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Priority ALTQ queue number. */
    public int pqid() {
        return buffer.getShort(offset + PQID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord pqid(int value) {
        buffer.putShort(offset + PQID_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Dummynet pipe, forward. */
    public int dnpipe() {
        return buffer.getShort(offset + DNPIPE_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord dnpipe(int value) {
        buffer.putShort(offset + DNPIPE_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Dummynet pipe, reverse. */
    public int dnrpipe() {
        return buffer.getShort(offset + DNRPIPE_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord dnrpipe(int value) {
        buffer.putShort(offset + DNRPIPE_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Instant of creation, epoch milliseconds; may lie far in the past. */
    public long createdAtMs() {
        return buffer.getLong(offset + CREATED_AT_MS_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord createdAtMs(long value) {
        buffer.putLong(offset + CREATED_AT_MS_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Packets in the opening direction, unsigned, as last received. */
    public long packets0() {
        return buffer.getLong(offset + PACKETS0_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord packets0(long value) {
        buffer.putLong(offset + PACKETS0_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Packets in the reverse direction, unsigned, as last received. */
    public long packets1() {
        return buffer.getLong(offset + PACKETS1_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord packets1(long value) {
        buffer.putLong(offset + PACKETS1_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Bytes in the opening direction, unsigned, as last received. */
    public long bytes0() {
        return buffer.getLong(offset + BYTES0_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord bytes0(long value) {
        buffer.putLong(offset + BYTES0_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Bytes in the reverse direction, unsigned, as last received. */
    public long bytes1() {
        return buffer.getLong(offset + BYTES1_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord bytes1(long value) {
        buffer.putLong(offset + BYTES1_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** Last activity, epoch milliseconds. */
    public long lastActivityMs() {
        return buffer.getLong(offset + LAST_ACTIVITY_MS_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord lastActivityMs(long value) {
        buffer.putLong(offset + LAST_ACTIVITY_MS_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /** When the state ends unless something refreshes it, epoch milliseconds. */
    public long expiresAtMs() {
        return buffer.getLong(offset + EXPIRES_AT_MS_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord expiresAtMs(long value) {
        buffer.putLong(offset + EXPIRES_AT_MS_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    /**
     * In a record fresh from a decoder: the seconds left that the sender wrote. In the table: the
     * longest lifetime heard for the present timeout class, seconds.
     */
    public long lifetimeS() {
        return buffer.getInt(offset + LIFETIME_S_OFFSET, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }

    public StateRecord lifetimeS(long value) {
        buffer.putInt(offset + LIFETIME_S_OFFSET, (int) value, LITTLE_ENDIAN);
        return this;
    }

    /** Timeout class (5.3). */
    public int timeout() {
        return buffer.getByte(offset + TIMEOUT_OFFSET) & 0xFF;
    }

    public StateRecord timeout(int value) {
        buffer.putByte(offset + TIMEOUT_OFFSET, (byte) value);
        return this;
    }

    /** Bit set of {@link #MARK_CONFIRMED} and {@link #MARK_NEW}. */
    public int marks() {
        return buffer.getByte(offset + MARKS_OFFSET) & 0xFF;
    }

    public StateRecord marks(int value) {
        buffer.putByte(offset + MARKS_OFFSET, (byte) value);
        return this;
    }

    /** Name id of the pfsyncd node that first accepted the state; 0 is this node. */
    public int originNode() {
        return buffer.getShort(offset + ORIGIN_NODE_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public StateRecord originNode(int value) {
        buffer.putShort(offset + ORIGIN_NODE_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Number of the insert, counted by the table; local, never journaled. */
    public long insertOrdinal() {
        return buffer.getLong(offset + INSERT_ORDINAL_OFFSET, LITTLE_ENDIAN);
    }

    public StateRecord insertOrdinal(long value) {
        buffer.putLong(offset + INSERT_ORDINAL_OFFSET, value, LITTLE_ENDIAN);
        return this;
    }

    @Override
    public String toString() {
        return buffer == null
                ? "StateRecord{}"
                : String.format(
                        "StateRecord{id=%016x creatorid=%08x proto=%d direction=%d src=%d dst=%d"
                                + " timeout=%d}",
                        id(),
                        creatorId(),
                        wireProto(),
                        direction(),
                        src.state(),
                        dst.state(),
                        timeout());
    }
}
