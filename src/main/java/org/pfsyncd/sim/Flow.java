package org.pfsyncd.sim;

import java.util.HashSet;
import java.util.Set;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * One connection through a simulated firewall, and everything that was ever said about it. Its rule
 * number is its own in the whole run, so that a record in a mirror tells which flow it is.
 */
final class Flow {
    static final int ESTABLISHED_CLASS = 2;
    static final int CLOSING_CLASS = 4;
    static final int ESTABLISHED_SECONDS = 40;
    static final int OTHER_SECONDS = 15;

    private static final int ESTABLISHED = 4;
    private static final int FIN_WAIT_2 = 9;
    private static final int FLAG_ACK = 0x10;
    private static final int PROTO_TCP = 6;

    final int rule;
    final long id;
    final int creatorId;
    final int client;
    final long createdMs;
    final boolean wantsAck;
    private Said said = new Said();

    int srcState = 2;
    int dstState = 1;
    long srcSeq;
    long dstSeq;
    int timeoutClass = 1;
    long packets;

    long nextUpdateNs;
    long diesAtNs;

    /** The firewall said that it is over, or lost it. */
    boolean isOver;

    /** When. */
    long overNs;

    /** Whether it said so by a delete, and nothing afterwards. */
    boolean isDeleted;

    /** An older flow had the id. */
    boolean isIdReused;

    /** Bits of the nodes that were seen to have dropped it behind a delete. */
    int deleteSeenBy;

    /**
     * Sides that were announced under one id: a compressed update names no more than the id, so
     * that after a reboot it may change what an older flow left under it.
     */
    static final class Said {
        private final Set<Long> srcSides = new HashSet<>();
        private final Set<Long> dstSides = new HashSet<>();
    }

    /**
     * @param client number from which address and port of the client follow.
     */
    Flow(int rule, long id, int creatorId, int client, long createdMs) {
        this.rule = rule;
        this.id = id;
        this.creatorId = creatorId;
        this.client = client;
        this.createdMs = createdMs;
        wantsAck = rule % 3 == 0;
        srcSeq = 0x7FFF_0000L + rule * 7919L & 0xFFFF_FFFFL;
        dstSeq = 0xFFFF_0000L + rule * 104_729L & 0xFFFF_FFFFL;
    }

    /** What was said under the same id before. */
    void continues(Said sides) {
        isIdReused = !sides.srcSides.isEmpty();
        said = sides;
    }

    /** The connection goes on: sequence numbers and perhaps its states. */
    void advance(int srcBytes, int dstBytes, int turn) {
        srcSeq = srcSeq + srcBytes & 0xFFFF_FFFFL;
        dstSeq = dstSeq + dstBytes & 0xFFFF_FFFFL;
        packets++;
        if (dstState < ESTABLISHED) {
            srcState = ESTABLISHED;
            dstState = ESTABLISHED;
            timeoutClass = ESTABLISHED_CLASS;
        } else if (turn == 0) {
            srcState = FIN_WAIT_2;
            dstState = FIN_WAIT_2;
            timeoutClass = CLOSING_CLASS;
        }
    }

    int seconds() {
        return timeoutClass == ESTABLISHED_CLASS ? ESTABLISHED_SECONDS : OTHER_SECONDS;
    }

    /** As the firewall says it now; from now on it has been said. */
    void announce(StateRecord into, NameTable names, int dialect) {
        into.clear().id(id).creatorId(creatorId).rule(rule).dialect(dialect);
        into.ifname(names.intern("all")).direction(1).timeout(timeoutClass);
        into.wireAf(4).stackAf(4).wireProto(PROTO_TCP).stackProto(PROTO_TCP);
        into.wirePort0(clientPort()).stackPort0(clientPort()).wirePort1(443).stackPort1(443);
        address(into, StateRecord.WIRE_ADDR0_OFFSET, 0x0A01_0000 + (client >>> 14));
        address(into, StateRecord.STACK_ADDR0_OFFSET, 0x0A01_0000 + (client >>> 14));
        address(into, StateRecord.WIRE_ADDR1_OFFSET, 0x0A02_000A);
        address(into, StateRecord.STACK_ADDR1_OFFSET, 0x0A02_000A);
        into.createdAtMs(createdMs).stateFlags(wantsAck ? FLAG_ACK : 0);
        into.packets0(packets).bytes0(packets * 100);
        sides(into);
    }

    private void sides(StateRecord into) {
        into.src().state(srcState).seqlo(srcSeq).seqhi(srcSeq + 1000 & 0xFFFF_FFFFL).maxWin(1000);
        into.dst().state(dstState).seqlo(dstSeq).seqhi(dstSeq + 1000 & 0xFFFF_FFFFL).maxWin(1000);
        said.srcSides.add(side(into.src()));
        said.dstSides.add(side(into.dst()));
        isDeleted = false;
    }

    private static void address(StateRecord into, int offset, int address) {
        into.buffer().putInt(into.offset() + offset, address, java.nio.ByteOrder.BIG_ENDIAN);
    }

    int clientPort() {
        return 1024 + (client & 0x3FFF);
    }

    /** Why a mirror's record cannot be of this flow; null if it can. */
    String contradiction(StateRecord record) {
        if (record.id() != id || record.creatorId() != creatorId) {
            return "another id";
        }
        if (record.wirePort0() != clientPort() || record.wirePort1() != 443) {
            return "other ports";
        }
        if (!said.srcSides.contains(side(record.src()))
                || !said.dstSides.contains(side(record.dst()))) {
            return "a side that was never announced";
        }
        return null;
    }

    private static long side(PeerRecord side) {
        long tail = (side.seqhi() - side.seqlo() & 0xFFFFL) << 40 | (long) side.maxWin() << 44;
        return side.seqlo() ^ (long) side.state() << 32 ^ tail;
    }

    @Override
    public String toString() {
        return String.format("%016x/%08x rule %d", id, creatorId, rule);
    }
}
