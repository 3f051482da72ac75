package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.support.StateRecords;

/** The value checks of spec section 8.2: for each, the last good and the first bad value. */
class ValueChecksTest {
    private static final long NOW_MS = StateRecords.NOW_MS;

    private final NameTable names = new NameTable();
    private final StateRecord record = StateRecords.blank();

    private byte[] encoded(Dialect dialect) {
        StateRecord sent =
                new StateRecords(names).tcp(1, 0xa1b2c3d4).dialect(dialect).ifname("em0").record();
        UnsafeBuffer frame = new UnsafeBuffer(new byte[1500]);
        FrameEncoder encoder = new FrameEncoder().begin(frame, 0, dialect, 1500);
        encoder.addState(MessageKind.INS, sent, names, NOW_MS);
        return Arrays.copyOfRange(frame.byteArray(), 24, 24 + dialect.stateLength());
    }

    private Reject decode(byte[] state, Dialect dialect) {
        return StateDecoder.over(new UnsafeBuffer(state), 0, dialect).decode(record, names, NOW_MS);
    }

    private Reject decodeWith(Dialect dialect, int field, int value) {
        byte[] state = encoded(dialect);
        assertNull(decode(state, dialect), "sound before it is broken");
        state[field] = (byte) value;
        return decode(state, dialect);
    }

    @ParameterizedTest
    @CsvSource({"V6, 255, 20", "V1301, 239, 20", "V1400, 239, 25", "V1500, 350, 25"})
    void shouldRefuseTimeoutClassesThatTheSendersDoNotHave(Dialect dialect, int field, int limit) {
        assertNull(decodeWith(dialect, field, limit - 1));
        assertEquals(Reject.BAD_VALUE_TIMEOUT, decodeWith(dialect, field, limit));
        assertEquals(Reject.BAD_VALUE_TIMEOUT, decodeWith(dialect, field, 255));
    }

    @ParameterizedTest
    @CsvSource({
        "V6, 128",
        "V6, 160",
        "V1301, 120",
        "V1301, 152",
        "V1400, 120",
        "V1400, 152",
        "V1500, 120",
        "V1500, 152"
    })
    void shouldRefusePeerStatesAbove12(Dialect dialect, int field) {
        assertNull(decodeWith(dialect, field, 12));
        assertEquals(Reject.BAD_VALUE_PEER_STATE, decodeWith(dialect, field, 13));
        assertEquals(Reject.BAD_VALUE_PEER_STATE, decodeWith(dialect, field, 255));
    }

    @ParameterizedTest
    @CsvSource({"V6, 252", "V1301, 234", "V1400, 234", "V1500, 351"})
    void shouldRefuseDirectionsAbove2(Dialect dialect, int field) {
        assertNull(decodeWith(dialect, field, 0), "direction 0 is accepted by every kernel");
        assertNull(decodeWith(dialect, field, 2));
        assertEquals(Reject.BAD_VALUE_DIRECTION, decodeWith(dialect, field, 3));
    }

    @ParameterizedTest
    @CsvSource({"V1301, 232", "V1400, 232", "V1500, 344", "V1500, 345"})
    void shouldAcceptOnlyFreeBsdsFamilyNumbersFromFreeBsd(Dialect dialect, int field) {
        assertNull(decodeWith(dialect, field, 28));
        for (int af : new int[] {0, 1, 10, 24, 27, 29, 255}) {
            assertEquals(Reject.BAD_VALUE_AF, decodeWith(dialect, field, af), () -> "af " + af);
        }
    }

    @Test
    void shouldAcceptOnlyOpenBsdsFamilyNumbersInVersion6() {
        int wireAf = 62;
        int stackAf = 102;
        int stateAf = 250;
        for (int field : new int[] {wireAf, stackAf, stateAf}) {
            assertNull(decodeWith(Dialect.V6, field, 24));
            for (int af : new int[] {1, 10, 28, 255}) {
                assertEquals(Reject.BAD_VALUE_AF, decodeWith(Dialect.V6, field, af));
            }
        }
        assertEquals(Reject.BAD_VALUE_AF, decodeWith(Dialect.V6, wireAf, 0), "one key alone");
        assertEquals(Reject.BAD_VALUE_AF, decodeWith(Dialect.V6, stackAf, 0));
        assertEquals(Reject.BAD_VALUE_AF, decodeWith(Dialect.V6, stateAf, 0));
    }

    @Test
    void shouldTakeTheStatesFamilyWhereOldSendersLeaveTheKeysEmpty() {
        byte[] state = encoded(Dialect.V6);
        state[62] = 0;
        state[102] = 0;
        state[250] = 24;
        assertNull(decode(state, Dialect.V6));
        assertEquals(6, record.wireAf());
        assertEquals(6, record.stackAf());
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1301", "V1400", "V1500"})
    void shouldRefuseCreator0(Dialect dialect) {
        byte[] state = encoded(dialect);
        int field = dialect == Dialect.V6 ? 236 : 228;
        Arrays.fill(state, field, field + 4, (byte) 0);
        assertEquals(Reject.BAD_VALUE_CREATORID, decode(state, dialect));
        state[field + 3] = 1;
        assertNull(decode(state, dialect));
    }

    @ParameterizedTest
    @CsvSource({
        "V6, 8, 16",
        "V1301, 8, 16",
        "V1400, 8, 16",
        "V1500, 8, 16",
        "V1400, 261, 16",
        "V1500, 232, 64",
        "V1500, 296, 16",
        "V1500, 312, 16"
    })
    void shouldRefuseUnterminatedNamesBeforeAnyIsRemembered(
            Dialect dialect, int field, int length) {
        for (int filler : new int[] {'x', 0x01, 0x80, 0xff}) {
            byte[] state = encoded(dialect);
            int known = names.size();
            Arrays.fill(state, 8, 16, (byte) 'z');
            Arrays.fill(state, field, field + length, (byte) filler);
            assertEquals(Reject.BAD_VALUE_IFNAME, decode(state, dialect));
            assertEquals(known, names.size());
            for (int end = length - 1; end > 0; end--) {
                state[field + end] = 0; // behind it, what was there remains
                assertNull(decode(state, dialect), "ends at " + end);
                state[field + end] = (byte) filler;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1301", "V1400", "V1500"})
    void shouldRefuseAnEmptyInterfaceName(Dialect dialect) {
        assertEquals(Reject.BAD_VALUE_IFNAME, decodeWith(dialect, 8, 0));
    }

    @Test
    void shouldRefuseAStateWhoseNameFindsNoRoom() {
        byte[] state = encoded(Dialect.V1301);
        NameTable full = new NameTable(1);
        full.intern("em1");
        StateDecoder decoder = StateDecoder.over(new UnsafeBuffer(state), 0, Dialect.V1301);
        assertEquals(Reject.NAMES_FULL, decoder.decode(record, full, NOW_MS));
        state[10] = '1';
        assertNull(decoder.decode(record, full, NOW_MS), "em1 is known");
    }

    @Test
    void shouldIgnoreWhatIsBehindAnIpv4Address() {
        byte[] state = encoded(Dialect.V1301);
        decode(state, Dialect.V1301);
        StateRecord clean = StateRecords.blank().copyFrom(record);
        for (int address : new int[] {24, 40, 60, 76, 160}) {
            Arrays.fill(state, address + 4, address + 16, (byte) 0xAA);
        }
        assertNull(decode(state, Dialect.V1301));
        assertEquals(clean.buffer(), record.buffer());
    }

    @Test
    void shouldKeepAnAgeGreaterThanTheClock() {
        byte[] state = encoded(Dialect.V1301);
        Arrays.fill(state, 188, 196, (byte) 0xFF);
        StateDecoder decoder = StateDecoder.over(new UnsafeBuffer(state), 0, Dialect.V1301);
        assertNull(decoder.decode(record, names, 5_000));
        assertEquals(5_000 - 0xFFFF_FFFFL * 1000, record.createdAtMs());
        assertEquals(0xFFFF_FFFFL, record.lifetimeS());
    }

    @Test
    void shouldCheckShortUpdatesByTheLimitOfTheirGroup() {
        byte[] update = new byte[84];
        UpdateCompressedDecoder decoder =
                new UpdateCompressedDecoder().wrap(new UnsafeBuffer(update), 0);
        update[80] = 20;
        assertEquals(Reject.BAD_VALUE_TIMEOUT, decoder.check(20));
        assertNull(decoder.check(25));
        update[80] = 25;
        assertEquals(Reject.BAD_VALUE_TIMEOUT, decoder.check(25));
        update[80] = 19;
        assertNull(decoder.check(20));
        for (int field : new int[] {32, 64}) {
            update[field] = 12;
            assertNull(decoder.check(20));
            update[field] = 13;
            assertEquals(Reject.BAD_VALUE_PEER_STATE, decoder.check(20));
            update[field] = 0;
        }
    }
}
