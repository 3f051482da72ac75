package org.pfsyncd.support;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/** Fills one record with chance values that a dialect can carry. */
final class RandomStateRecord {
    private static final int[] V6_RT_KINDS = {0, 2, 3, 4};
    private static final int[] PROTOCOLS = {1, 6, 17, 58, 132, 0, 255};

    private final StateRecord record = StateRecords.blank();
    private final NameTable names;
    private final long nowMs;
    private final Dialect dialect;
    private final Random random;

    RandomStateRecord(NameTable names, long nowMs, Dialect dialect, Random random) {
        this.names = names;
        this.nowMs = nowMs;
        this.dialect = dialect;
        this.random = random;
    }

    StateRecord make() {
        common();
        keys();
        switch (dialect) {
            case V6 -> v6();
            case V1301 -> v1301();
            case V1400 -> v1400();
            case V1500 -> v1500();
            case V5 -> throw new IllegalArgumentException("v5 has no state format");
        }
        if (record.rtAf() != 0) {
            address(StateRecord.RT_ADDR_OFFSET, record.rtAf());
        }
        return record;
    }

    private void common() {
        long lifetimeS = random.nextInt() & 0xFFFF_FFFFL;
        boolean isOldLimit = dialect == Dialect.V6 || dialect == Dialect.V1301;
        record.id(random.nextLong())
                .creatorId(random.nextInt() | 1)
                .dialect(dialect.ordinal())
                .ifname(name(15, true))
                .rule(random.nextInt())
                .anchor(random.nextInt())
                .natRule(random.nextInt())
                .createdAtMs(nowMs - (random.nextInt() & 0xFFFF_FFFFL) * 1000)
                .lifetimeS(lifetimeS)
                .expiresAtMs(nowMs + lifetimeS * 1000)
                .packets0(random.nextLong())
                .packets1(random.nextLong())
                .bytes0(random.nextLong())
                .bytes1(random.nextLong())
                .timeout(random.nextInt(isOldLimit ? 20 : 25))
                .direction(random.nextInt(3))
                .log(u8());
        peer(record.src());
        peer(record.dst());
    }

    private void peer(PeerRecord peer) {
        peer.scrubFlags(u16())
                .scrubTtl(u8())
                .scrubFlag(u8())
                .tsMod(random.nextInt())
                .seqlo(random.nextInt())
                .seqhi(random.nextInt())
                .seqdiff(random.nextInt())
                .maxWin(u16())
                .mss(u16())
                .state(random.nextInt(13))
                .wscale(u8());
    }

    private void keys() {
        boolean canTranslate = dialect == Dialect.V6 || dialect == Dialect.V1500;
        int wireAf = family();
        int stackAf = canTranslate ? family() : wireAf;
        int proto = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        record.wireAf(wireAf)
                .stackAf(stackAf)
                .wireProto(proto)
                .stackProto(dialect == Dialect.V1500 ? u8() : proto)
                .wirePort0(u16())
                .wirePort1(u16())
                .stackPort0(u16())
                .stackPort1(u16());
        address(StateRecord.WIRE_ADDR0_OFFSET, wireAf);
        address(StateRecord.WIRE_ADDR1_OFFSET, wireAf);
        address(StateRecord.STACK_ADDR0_OFFSET, stackAf);
        address(StateRecord.STACK_ADDR1_OFFSET, stackAf);
    }

    private void v6() {
        int rtKind = V6_RT_KINDS[random.nextInt(V6_RT_KINDS.length)];
        record.wireRdomain(u16())
                .stackRdomain(u16())
                .rtKind(rtKind)
                .rtAf(rtKind == 0 ? 0 : record.wireAf())
                .rtableId0(random.nextInt())
                .rtableId1(random.nextInt())
                .syncFlags(u8())
                .updates(u8())
                .stateFlags(u16());
        options();
    }

    private void v1301() {
        record.rtAf(record.wireAf()).stateFlags(u8()).syncFlags(u8()).updates(u8());
    }

    private void v1400() {
        record.rtAf(record.wireAf()).syncFlags(u8()).updates(u8());
        freeBsdOptions();
    }

    private void v1500() {
        int[] families = {0, 4, 6};
        record.rtAf(families[random.nextInt(3)]).tag(name(63, false)).origIfname(name(15, false));
        freeBsdOptions();
    }

    private void freeBsdOptions() {
        int rtableId = random.nextInt();
        record.rtKind(random.nextInt(5))
                .rtIfname(name(15, false))
                .rtableId0(rtableId)
                .rtableId1(rtableId)
                .qid(u16())
                .pqid(u16())
                .dnpipe(u16())
                .dnrpipe(u16())
                .stateFlags(u16());
        options();
    }

    private void options() {
        record.maxMss(u16()).minTtl(u8()).setTos(u8()).setPrio0(u8()).setPrio1(u8());
    }

    private void address(int fieldOffset, int family) {
        byte[] field = new byte[16];
        for (int i = 0; i < (family == 4 ? 4 : 16); i++) {
            field[i] = (byte) random.nextInt();
        }
        record.address(fieldOffset, new UnsafeBuffer(field), 0);
    }

    /** One of few names of each length, so that a name table does not run full. */
    private int name(int longest, boolean isRequired) {
        int length = isRequired ? 1 + random.nextInt(longest) : random.nextInt(longest + 1);
        char first = (char) ('a' + random.nextInt(4));
        return names.intern(length == 0 ? "" : first + "x".repeat(length - 1));
    }

    private int family() {
        return random.nextBoolean() ? 4 : 6;
    }

    private int u8() {
        return random.nextInt(0x100);
    }

    private int u16() {
        return random.nextInt(0x1_0000);
    }
}
