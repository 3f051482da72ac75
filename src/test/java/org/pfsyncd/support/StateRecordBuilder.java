package org.pfsyncd.support;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Sets the fields of one record by the words of a test; see {@link StateRecords}. */
public final class StateRecordBuilder {
    private final StateRecord record = StateRecords.blank();
    private final NameTable names;
    private final long nowMs;

    StateRecordBuilder(NameTable names, long nowMs) {
        this.names = names;
        this.nowMs = nowMs;
        dialect(Dialect.V6).direction(1).ifname("all").ageS(0);
    }

    /** The record itself; the builder must not be used any more. */
    public StateRecord record() {
        return record;
    }

    public StateRecordBuilder identity(long id, int creatorId) {
        record.id(id).creatorId(creatorId);
        return this;
    }

    public StateRecordBuilder dialect(Dialect dialect) {
        record.dialect(dialect.ordinal());
        return this;
    }

    /** Both sides of the key, so nothing is translated: ends 0 and 1 as {@code host:port}. */
    public StateRecordBuilder wire(String end0, String end1) {
        record.wireAf(end(StateRecord.WIRE_ADDR0_OFFSET, end0))
                .wirePort0(port(end0))
                .wirePort1(port(end1));
        end(StateRecord.WIRE_ADDR1_OFFSET, end1);
        return stack(end0, end1);
    }

    /** The stack side alone, after {@link #wire}: a translation. */
    public StateRecordBuilder stack(String end0, String end1) {
        record.stackAf(end(StateRecord.STACK_ADDR0_OFFSET, end0))
                .stackPort0(port(end0))
                .stackPort1(port(end1));
        end(StateRecord.STACK_ADDR1_OFFSET, end1);
        return this;
    }

    public StateRecordBuilder proto(int proto) {
        record.wireProto(proto).stackProto(proto);
        return this;
    }

    /** 1 in, 2 out. */
    public StateRecordBuilder direction(int direction) {
        record.direction(direction);
        return this;
    }

    public StateRecordBuilder ifname(String name) {
        record.ifname(names.intern(name));
        return this;
    }

    public StateRecordBuilder peers(int srcState, int dstState) {
        record.src().state(srcState);
        record.dst().state(dstState);
        return this;
    }

    /** Sequence number of the opener and the highest the other end allows. */
    public StateRecordBuilder src(long seqlo, long seqhi) {
        record.src().seqlo(seqlo).seqhi(seqhi);
        return this;
    }

    public StateRecordBuilder dst(long seqlo, long seqhi) {
        record.dst().seqlo(seqlo).seqhi(seqhi);
        return this;
    }

    /** Timeout class, and the seconds left. */
    public StateRecordBuilder timeout(int timeoutClass, long lifetimeS) {
        record.timeout(timeoutClass).lifetimeS(lifetimeS).expiresAtMs(nowMs + lifetimeS * 1000);
        return this;
    }

    public StateRecordBuilder ageS(long seconds) {
        record.createdAtMs(nowMs - seconds * 1000);
        return this;
    }

    public StateRecordBuilder flags(int stateFlags) {
        record.stateFlags(stateFlags);
        return this;
    }

    private int end(int fieldOffset, String end) {
        byte[] address;
        try {
            address = InetAddress.getByName(end.substring(0, end.lastIndexOf(':'))).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(end + " is not address:port", e);
        }
        byte[] field = new byte[16];
        System.arraycopy(address, 0, field, 0, address.length);
        record.address(fieldOffset, new UnsafeBuffer(field), 0);
        return address.length == 4 ? 4 : 6;
    }

    private static int port(String end) {
        return Integer.parseInt(end.substring(end.lastIndexOf(':') + 1));
    }
}
