package org.pfsyncd.pfhost;

import java.nio.ByteOrder;
import org.pfsyncd.wire.StateRecord;

/**
 * One key of a state as it is looked up: two with the same key on one interface and in one
 * direction collide (6.6).
 *
 * @param where slot (0 wire, 1 stack), direction, protocol and interface.
 */
record HostKey(long where, long a0, long b0, long a1, long b1, int ports) {
    static final int WIRE = 0;
    static final int STACK = 1;

    static HostKey of(StateRecord record, int slot) {
        int addresses =
                slot == WIRE ? StateRecord.WIRE_ADDR0_OFFSET : StateRecord.STACK_ADDR0_OFFSET;
        int port0 = slot == WIRE ? record.wirePort0() : record.stackPort0();
        int port1 = slot == WIRE ? record.wirePort1() : record.stackPort1();
        int proto = slot == WIRE ? record.wireProto() : record.stackProto();
        return new HostKey(
                (long) record.ifname() << 24 | proto << 8 | record.direction() << 4 | slot,
                word(record, addresses),
                word(record, addresses + 8),
                word(record, addresses + 16),
                word(record, addresses + 24),
                port0 << 16 | port1);
    }

    private static long word(StateRecord record, int at) {
        return record.buffer().getLong(record.offset() + at, ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int hashCode() {
        long mixed = (where * 31 + a0) * 31 + b0;
        mixed = ((mixed * 31 + a1) * 31 + b1) * 31 + ports;
        return Long.hashCode(mixed * 0x9E37_79B9_7F4A_7C15L);
    }
}
