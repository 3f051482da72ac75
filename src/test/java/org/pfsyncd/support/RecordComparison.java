package org.pfsyncd.support;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.pfsyncd.wire.StateRecord;

/** Compares a state with what a receiver made of it: all fields, times by the wire's seconds. */
public final class RecordComparison {
    private RecordComparison() {}

    /**
     * Equal in every field that travels, the end if the actual record has one (a decoder does not
     * set it). Realm, marks, origin and last activity are the
     * receiver's own.
     *
     * @param toleranceMs between the instants of sending and receiving, and the wire's second.
     */
    public static void assertEqualOnTheWire(
            StateRecord expected, StateRecord actual, long toleranceMs) {
        String what = "id " + Long.toHexString(expected.id());
        assertEquals(expected.creatorId(), actual.creatorId(), what);
        assertArrayEquals(
                bytes(expected, StateRecord.DIALECT_OFFSET, StateRecord.CREATED_AT_MS_OFFSET),
                bytes(actual, StateRecord.DIALECT_OFFSET, StateRecord.CREATED_AT_MS_OFFSET),
                what + " fixed fields");
        assertArrayEquals(
                bytes(expected, StateRecord.PACKETS0_OFFSET, StateRecord.LAST_ACTIVITY_MS_OFFSET),
                bytes(actual, StateRecord.PACKETS0_OFFSET, StateRecord.LAST_ACTIVITY_MS_OFFSET),
                what + " counts and peers");
        assertEquals(expected.timeout(), actual.timeout(), what + " timeout class");
        long createdMs = Math.abs(expected.createdAtMs() - actual.createdAtMs());
        assertTrue(createdMs <= toleranceMs, what + " created " + createdMs + " ms apart");
        long endMs = Math.abs(expected.expiresAtMs() - actual.expiresAtMs());
        assertTrue(
                actual.expiresAtMs() == 0 || endMs <= toleranceMs,
                what + " ends " + endMs + " ms apart");
    }

    private static byte[] bytes(StateRecord record, int from, int to) {
        byte[] all = new byte[StateRecord.LENGTH];
        record.buffer().getBytes(record.offset(), all);
        return Arrays.copyOfRange(all, from, to);
    }
}
