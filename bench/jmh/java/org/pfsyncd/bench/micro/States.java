package org.pfsyncd.bench.micro;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/** Numbered states: established TCP connections, no two alike in id or addresses. */
final class States {
    static final long NOW_MS = Taker.NOW_MS;
    static final int CREATOR = 0xc0a8_0001;
    static final int TCP_ESTABLISHED = 2;
    private static final long DAY_S = 86_400;

    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();

    States(int ifname) {
        record.creatorId(CREATOR).ifname(ifname).timeout(TCP_ESTABLISHED);
        record.wireAf(4).stackAf(4).wireProto(6).stackProto(6).direction(1);
        record.wirePort0(40_000).wirePort1(443).stackPort0(40_000).stackPort1(443);
        record.createdAtMs(NOW_MS).lifetimeS(DAY_S).expiresAtMs(NOW_MS + DAY_S * 1_000);
        record.lastActivityMs(NOW_MS);
        record.src().state(4);
        record.dst().state(4);
    }

    /** Scattered, so that neighbours in time are no neighbours in memory. */
    static long id(int number) {
        return (number * 0x9e37_79b9_7f4a_7c15L) >>> 8;
    }

    /** The one record of this object, as state {@code number}. */
    StateRecord get(int number) {
        record.id(id(number));
        record.buffer().putInt(StateRecord.WIRE_ADDR0_OFFSET, number);
        record.buffer().putInt(StateRecord.STACK_ADDR0_OFFSET, number);
        return record;
    }
}
