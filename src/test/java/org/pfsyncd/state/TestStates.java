package org.pfsyncd.state;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/** Records for tests: an established, untranslated TCP connection, different for every number. */
final class TestStates {
    static final long NOW_MS = 1_700_000_000_000L;
    static final int CREATOR = 0xc0a8_0001;
    static final int REALM = 0;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP = 1;
    static final int IN = 1;
    static final int OUT = 2;
    static final int TCP_OPENING = 1;
    static final int TCP_ESTABLISHED = 2;
    static final int TCP_CLOSING = 3;
    static final int UDP_MULTIPLE = 8;

    private TestStates() {}

    static StateRecord blank() {
        return new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();
    }

    /** State {@code number}: id and addresses are made from it, so keys never collide. */
    static StateRecord tcp(int number) {
        return fill(blank(), number);
    }

    /** The same, over a record that exists. */
    static StateRecord fill(StateRecord record, int number) {
        record.clear().id(0x6500_0000_0000_0000L + number).creatorId(CREATOR).realm(REALM);
        record.wireAf(4).stackAf(4).wireProto(TCP).stackProto(TCP).direction(IN);
        address(record, StateRecord.WIRE_ADDR0_OFFSET, 0x0a00_0000 + number);
        address(record, StateRecord.WIRE_ADDR1_OFFSET, 0xc633_640a);
        address(record, StateRecord.STACK_ADDR0_OFFSET, 0x0a00_0000 + number);
        address(record, StateRecord.STACK_ADDR1_OFFSET, 0xc633_640a);
        record.wirePort0(40_000).wirePort1(443).stackPort0(40_000).stackPort1(443);
        record.createdAtMs(NOW_MS - 60_000).timeout(TCP_ESTABLISHED);
        peers(record, 4, 1_000, 4, 2_000);
        return record;
    }

    /** An outbound connection behind source NAT. */
    static StateRecord translated(int number) {
        StateRecord record = tcp(number).direction(OUT);
        address(record, StateRecord.WIRE_ADDR0_OFFSET, 0xc633_640a);
        address(record, StateRecord.WIRE_ADDR1_OFFSET, 0xcb00_7101);
        address(record, StateRecord.STACK_ADDR0_OFFSET, 0xc633_640a);
        address(record, StateRecord.STACK_ADDR1_OFFSET, 0x0a00_0000 + number);
        record.wirePort0(443).wirePort1(1_024 + number % 60_000);
        return record.stackPort0(443).stackPort1(40_000);
    }

    static StateRecord udp(int number) {
        StateRecord record = tcp(number).wireProto(UDP).stackProto(UDP).timeout(UDP_MULTIPLE);
        return peers(record, 2, 0, 2, 0);
    }

    static StateRecord peers(
            StateRecord record, int srcState, long srcSeqlo, int dstState, long dstSeqlo) {
        record.src().state(srcState).seqlo(srcSeqlo).seqhi(srcSeqlo + 500);
        record.dst().state(dstState).seqlo(dstSeqlo).seqhi(dstSeqlo + 500);
        return record;
    }

    static void address(StateRecord record, int field, int ipv4) {
        record.buffer().putInt(record.offset() + field, ipv4, java.nio.ByteOrder.BIG_ENDIAN);
    }

    static StateRecord copy(StateRecord record) {
        return blank().copyFrom(record);
    }
}
