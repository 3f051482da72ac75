package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.pfsyncd.wire.StateRecord;

/**
 * Compares and hashes the two keys of a state: what it is on the wire and on the stack (spec
 * pfsync.md sections 6.1, 6.4, 6.6). Pure functions over records.
 */
final class ConnectionKey {
    /** Bit of the wire key in a slot mask. */
    static final int WIRE = 1;

    /** Bit of the stack key in a slot mask. */
    static final int STACK = 2;

    private static final int DIRECTION_OUT = 2;
    private static final int PROTO_ICMP = 1;
    private static final int PROTO_ICMPV6 = 58;

    private ConnectionKey() {}

    /**
     * Hash of one key with what else must be equal for a collision: realm, interface, direction.
     * The far port of ICMP is left out, as {@link #isSame} may ignore it.
     */
    static long hash(StateRecord record, int slot, long seed) {
        long place = ((long) record.realm() << 32) | ((long) record.ifname() << 16);
        return Hash.finish(
                Hash.step(
                        keyHash(record, slot, seed),
                        place | (record.direction() << 8) | af(record, slot)));
    }

    /** Hash of both keys and the direction, without names: the same in every table and life. */
    static long identity(StateRecord record) {
        long families = ((long) af(record, WIRE) << 8) | af(record, STACK);
        long keys = keyHash(record, STACK, keyHash(record, WIRE, record.direction()));
        return Hash.finish(Hash.step(keys, families));
    }

    private static long keyHash(StateRecord record, int slot, long seed) {
        DirectBuffer buffer = record.buffer();
        int address = record.offset() + addressOffset(slot);
        long hash = seed;
        for (int i = 0; i < 32; i += Long.BYTES) {
            hash = Hash.step(hash, buffer.getLong(address + i, LITTLE_ENDIAN));
        }
        int proto = proto(record, slot);
        long ports = isIcmp(proto) ? port(record, slot, near(record)) : ports(record, slot);
        return Hash.step(hash, (ports << 32) | ((long) proto << 16) | rdomain(record, slot));
    }

    /** True if both records have the same key in this slot (not: interface and direction). */
    static boolean isSame(StateRecord a, StateRecord b, int slot) {
        DirectBuffer left = a.buffer();
        DirectBuffer right = b.buffer();
        int i = a.offset() + addressOffset(slot);
        int j = b.offset() + addressOffset(slot);
        return left.getLong(i) == right.getLong(j)
                && left.getLong(i + 8) == right.getLong(j + 8)
                && left.getLong(i + 16) == right.getLong(j + 16)
                && left.getLong(i + 24) == right.getLong(j + 24)
                && af(a, slot) == af(b, slot)
                && proto(a, slot) == proto(b, slot)
                && rdomain(a, slot) == rdomain(b, slot)
                && isSamePorts(a, b, slot);
    }

    /** True if both are the same connection at the same place: both keys, interface, direction. */
    static boolean isSameConnection(StateRecord a, StateRecord b) {
        return isSamePlace(a, b) && isSame(a, b, WIRE) && isSame(a, b, STACK);
    }

    /** True if both are on the same interface of the same realm, in the same direction. */
    static boolean isSamePlace(StateRecord a, StateRecord b) {
        return a.ifname() == b.ifname() && a.direction() == b.direction() && a.realm() == b.realm();
    }

    /** True if the key index holds both under the same hashes and masks: keys equal to the bit. */
    static boolean isIndexedAlike(StateRecord a, StateRecord b) {
        return isSamePlace(a, b)
                && isEqual(
                        a,
                        b,
                        StateRecord.WIRE_ADDR0_OFFSET,
                        StateRecord.DIRECTION_OFFSET - StateRecord.WIRE_ADDR0_OFFSET);
    }

    /** True if {@code length} bytes from {@code field} on are equal; a multiple of 8. */
    static boolean isEqual(StateRecord a, StateRecord b, int field, int length) {
        for (int i = field; i < field + length; i += Long.BYTES) {
            if (a.buffer().getLong(a.offset() + i) != b.buffer().getLong(b.offset() + i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The port beside the identifier of an ICMP query is the identifier again on older systems and
     * the ICMP type on newer ones: where one of both repeats the identifier it says nothing.
     */
    private static boolean isSamePorts(StateRecord a, StateRecord b, int slot) {
        if (ports(a, slot) == ports(b, slot)) {
            return true;
        }
        if (!isIcmp(proto(a, slot))) {
            return false;
        }
        int near = near(a);
        int identifier = port(a, slot, near);
        return identifier == port(b, slot, near)
                && (identifier == port(a, slot, 1 - near) || identifier == port(b, slot, 1 - near));
    }

    private static boolean isIcmp(int proto) {
        return proto == PROTO_ICMP || proto == PROTO_ICMPV6;
    }

    /** Index of the end that opened the connection (6.2). */
    private static int near(StateRecord record) {
        return record.direction() == DIRECTION_OUT ? 1 : 0;
    }

    private static int addressOffset(int slot) {
        return slot == WIRE ? StateRecord.WIRE_ADDR0_OFFSET : StateRecord.STACK_ADDR0_OFFSET;
    }

    private static int port(StateRecord record, int slot, int index) {
        if (slot == WIRE) {
            return index == 0 ? record.wirePort0() : record.wirePort1();
        }
        return index == 0 ? record.stackPort0() : record.stackPort1();
    }

    private static long ports(StateRecord record, int slot) {
        return ((long) port(record, slot, 0) << 16) | port(record, slot, 1);
    }

    private static int proto(StateRecord record, int slot) {
        return slot == WIRE ? record.wireProto() : record.stackProto();
    }

    private static int rdomain(StateRecord record, int slot) {
        return slot == WIRE ? record.wireRdomain() : record.stackRdomain();
    }

    private static int af(StateRecord record, int slot) {
        return slot == WIRE ? record.wireAf() : record.stackAf();
    }
}
