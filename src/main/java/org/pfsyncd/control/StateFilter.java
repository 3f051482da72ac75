package org.pfsyncd.control;

import java.util.Arrays;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Which states a listing shows; a null or zero field does not restrict.
 *
 * @param creatorId host id of the creator, 0 for any.
 * @param id state id, 0 for any.
 * @param ifname interface it is bound to, or null.
 * @param proto IP protocol number, 0 for any.
 * @param address 4 or 16 bytes that must stand in a key, or null.
 * @param port that must stand in a key, 0 for any.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, read byte by byte
public record StateFilter(
        int creatorId, long id, String ifname, int proto, byte[] address, int port) {
    /** Shows everything. */
    public static final StateFilter ANY = new StateFilter(0, 0, null, 0, null, 0);

    /** Whether nothing is restricted. */
    public boolean isAny() {
        return creatorId == 0
                && id == 0
                && ifname == null
                && proto == 0
                && address == null
                && port == 0;
    }

    /** Whether the state is shown. */
    public boolean matches(StateRecord record, NameTable names) {
        return (creatorId == 0 || creatorId == record.creatorId())
                && (id == 0 || id == record.id())
                && (ifname == null || ifname.equals(names.name(record.ifname())))
                && (proto == 0 || proto == record.wireProto() || proto == record.stackProto())
                && (port == 0 || hasPort(record))
                && (address == null || hasAddress(record));
    }

    private boolean hasPort(StateRecord record) {
        return port == record.wirePort0()
                || port == record.wirePort1()
                || port == record.stackPort0()
                || port == record.stackPort1();
    }

    private boolean hasAddress(StateRecord record) {
        return isAt(record, StateRecord.WIRE_ADDR0_OFFSET, record.wireAf())
                || isAt(record, StateRecord.WIRE_ADDR1_OFFSET, record.wireAf())
                || isAt(record, StateRecord.STACK_ADDR0_OFFSET, record.stackAf())
                || isAt(record, StateRecord.STACK_ADDR1_OFFSET, record.stackAf());
    }

    private boolean isAt(StateRecord record, int field, int family) {
        byte[] found = new byte[family == 4 ? 4 : 16];
        record.buffer().getBytes(record.offset() + field, found);
        return Arrays.equals(found, address);
    }
}
