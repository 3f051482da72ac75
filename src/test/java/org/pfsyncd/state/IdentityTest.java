package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.pfsyncd.state.TestStates.NOW_MS;
import static org.pfsyncd.state.TestStates.copy;
import static org.pfsyncd.state.TestStates.tcp;
import static org.pfsyncd.state.TestStates.translated;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** Clause 4 of state.md: ids that come again, and the dead. */
class IdentityTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void shouldLeaveTheJournalEqualToTheMirror() {
        fixture.assertJournalEqualsMirror();
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "60000, 10000, MERGED",
        "60000, -10000, MERGED",
        "60000, 10001, REPLACED",
        "60000, -10001, REPLACED",
        "20480000, 20000, MERGED",
        "20480000, 20001, REPLACED",
        "10000, 20000, REPLACED",
    })
    void shouldTolerateTheWanderingOfCreation(long ageMs, long differenceMs, String outcome) {
        fixture.insert(tcp(1).createdAtMs(NOW_MS - ageMs));
        int result = fixture.update(tcp(1).createdAtMs(NOW_MS - ageMs + differenceMs));
        assertEquals(outcome, result == Outcome.MERGED ? "MERGED" : "REPLACED");
        assertEquals(result == Outcome.MERGED ? Outcome.MERGED : Outcome.REPLACED, result);
        assertEquals(1, fixture.table.size());
    }

    @Test
    void shouldReplaceWhenAnyPartOfTheKeyDiffers() {
        int em0 = fixture.names.intern("em0");
        List<UnaryOperator<StateRecord>> changes =
                List.of(
                        r -> r.wirePort0(1),
                        r -> r.stackPort1(1),
                        r -> r.wireRdomain(1),
                        r -> r.stackRdomain(1),
                        r -> r.wireAf(6),
                        r -> r.stackAf(6),
                        r -> r.wireProto(17),
                        r -> r.stackProto(17),
                        r -> r.direction(2),
                        r -> r.ifname(em0),
                        r -> address(r, StateRecord.WIRE_ADDR1_OFFSET + 12),
                        r -> address(r, StateRecord.STACK_ADDR0_OFFSET + 8));
        for (int i = 0; i < changes.size(); i++) {
            fixture.insert(tcp(i));
            StateRecord changed = changes.get(i).apply(tcp(i));
            assertEquals(Outcome.REPLACED, fixture.update(changed), "change " + i);
            assertEquals(i + 1, fixture.table.size());
        }
    }

    @Test
    void shouldJournalAReplacementAsDeleteAndInsert() {
        fixture.insert(tcp(1));
        fixture.deltas();
        assertEquals(Outcome.REPLACED, fixture.insert(tcp(1).wirePort0(5)));
        assertEquals(List.of("DELETE replaced", "PUT insert"), fixture.deltas());
        assertEquals(5, fixture.get(tcp(1)).wirePort0());
    }

    @Test
    void shouldNotBringTheDeadBackForAMinute() {
        StateRecord state = translated(1);
        fixture.insert(state);
        fixture.delete(state);
        fixture.nowMs += 59_999;
        assertEquals(Outcome.TOMBSTONED, fixture.updateCompressed(state));
        assertEquals(Outcome.TOMBSTONED, fixture.update(state));
        assertEquals(Outcome.TOMBSTONED, fixture.insert(state));
        assertEquals(Outcome.TOMBSTONED, fixture.delete(state));
        assertNull(fixture.get(state));
        fixture.nowMs += 1;
        assertEquals(Outcome.UNKNOWN, fixture.updateCompressed(state));
        assertEquals(Outcome.INSERTED, fixture.update(state));
    }

    @Test
    void shouldLetANewerCreationOrAnotherKeyPassATombstone() {
        fixture.insert(tcp(1));
        fixture.delete(tcp(1));
        long created = tcp(1).createdAtMs();
        assertEquals(Outcome.TOMBSTONED, fixture.insert(tcp(1).createdAtMs(created + 10_000)));
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(1).createdAtMs(created + 10_001)));

        fixture.insert(tcp(2));
        fixture.delete(tcp(2));
        assertEquals(Outcome.INSERTED, fixture.update(tcp(2).stackPort0(1)));
    }

    @Test
    void shouldNotReplaceTheNewWithTheOldItReplaced() {
        StateRecord older = tcp(1);
        StateRecord newer = tcp(1).createdAtMs(NOW_MS);
        fixture.insert(older);
        assertEquals(Outcome.REPLACED, fixture.insert(newer));
        assertEquals(Outcome.TOMBSTONED, fixture.update(older));
        assertEquals(NOW_MS, fixture.get(newer).createdAtMs());
    }

    @Test
    void shouldBelieveWhoeverStillSpeaksOfAnExpiredState() {
        fixture.insert(tcp(1).lifetimeS(1));
        fixture.nowMs += 11_000;
        fixture.workAll();
        assertEquals(Outcome.UNKNOWN, fixture.updateCompressed(tcp(1)), "worth asking for");
        assertEquals(Outcome.INSERTED, fixture.update(tcp(1)));
    }

    @Test
    void shouldForgetTheOldestTombstoneWhenThereAreTooMany() {
        TableConfig config =
                TableConfig.ofCapacity(100)
                        .withTombstones(new TableConfig.TombstoneLimits(60_000, 3));
        try (Fixture small = new Fixture(config)) {
            for (int i = 0; i < 4; i++) {
                small.insert(tcp(i));
                small.delete(tcp(i));
            }
            assertEquals(Outcome.UNKNOWN, small.updateCompressed(tcp(0)));
            for (int i = 1; i < 4; i++) {
                assertEquals(Outcome.TOMBSTONED, small.updateCompressed(tcp(i)));
            }
        }
    }

    @Test
    void shouldNotLetTheIcmpTypeMakeAnotherState() {
        StateRecord asId = icmp(1).wirePort1(0x1234).stackPort1(0x1234);
        StateRecord asType = icmp(1).wirePort1(8).stackPort1(8);
        fixture.insert(asId);
        assertEquals(Outcome.MERGED, fixture.update(asType));
        assertEquals(Outcome.REPLACED, fixture.update(copy(asType).wirePort0(0x1235)));
        assertNotNull(fixture.get(asId));
    }

    private static StateRecord icmp(int number) {
        StateRecord record = tcp(number).wireProto(1).stackProto(1).timeout(9);
        return record.wirePort0(0x1234).stackPort0(0x1234);
    }

    private static StateRecord address(StateRecord record, int offset) {
        record.buffer().putByte(record.offset() + offset, (byte) 1);
        return record;
    }
}
