package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.pfsyncd.state.TestStates.copy;
import static org.pfsyncd.state.TestStates.peers;
import static org.pfsyncd.state.TestStates.tcp;
import static org.pfsyncd.state.TestStates.translated;
import static org.pfsyncd.state.TestStates.udp;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** Clause 4 of state.md: two states, one key (spec pfsync.md section 6.6). */
class CollisionTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void shouldLeaveTheJournalEqualToTheMirror() {
        fixture.assertJournalEqualsMirror();
        fixture.close();
    }

    @Test
    void shouldRefuseASecondStateWithTheSameKey() {
        fixture.insert(tcp(1));
        assertEquals(Outcome.COLLISION, fixture.insert(tcp(1).id(99)));
        assertEquals(Outcome.COLLISION, fixture.update(tcp(1).creatorId(99)));
        assertEquals(1, fixture.table.size());
    }

    @Test
    void shouldAllowTheSameKeyElsewhere() {
        int em0 = fixture.names.intern("em0");
        int dmz = fixture.names.intern("dmz");
        fixture.insert(tcp(1));
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(1).id(97).ifname(em0)));
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(1).id(98).direction(2)));
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(1).id(99).realm(dmz)));
    }

    @Test
    void shouldCompareWireWithWireAndStackWithStack() {
        StateRecord nat = translated(1);
        fixture.insert(nat);
        StateRecord sameWire = copy(nat).id(97).stackPort1(1);
        StateRecord sameStack = copy(nat).id(98).wirePort1(1);
        assertEquals(Outcome.COLLISION, fixture.insert(sameWire));
        assertEquals(Outcome.COLLISION, fixture.insert(sameStack));
        assertEquals(Outcome.INSERTED, fixture.insert(copy(sameWire).wirePort1(2)));

        StateRecord wireOfNatOnStack = copy(nat).id(99);
        swapKeys(wireOfNatOnStack, nat);
        assertEquals(Outcome.INSERTED, fixture.insert(wireOfNatOnStack), "crosswise is no clash");
    }

    @Test
    void shouldFindUntranslatedAgainstTranslatedInBothDirections() {
        StateRecord nat = translated(1);
        StateRecord plainOnWire = plain(nat, StateRecord.WIRE_ADDR0_OFFSET, nat.wirePort1(), 97);
        StateRecord plainOnStack = plain(nat, StateRecord.STACK_ADDR0_OFFSET, nat.stackPort1(), 98);
        fixture.insert(nat);
        assertEquals(Outcome.COLLISION, fixture.insert(plainOnWire));
        assertEquals(Outcome.COLLISION, fixture.insert(plainOnStack));
        fixture.delete(nat);
        assertEquals(Outcome.INSERTED, fixture.insert(plainOnStack));
        assertEquals(Outcome.COLLISION, fixture.insert(copy(nat).id(96)));
    }

    @ParameterizedTest
    @CsvSource({"9, 9, true", "10, 9, true", "8, 9, false", "9, 8, false", "4, 4, false"})
    void shouldLetAFinishedConnectionGiveWay(int src, int dst, boolean isGivingWay) {
        fixture.insert(peers(tcp(1), src, 1, dst, 1));
        fixture.deltas();
        int outcome = fixture.insert(tcp(1).id(99));
        assertEquals(isGivingWay ? Outcome.INSERTED : Outcome.COLLISION, outcome);
        assertEquals(
                isGivingWay ? List.of("DELETE collision", "PUT insert") : List.of(),
                fixture.deltas());
        assertEquals(isGivingWay, fixture.get(tcp(1)) == null);
    }

    @Test
    void shouldNotLetOtherProtocolsGiveWay() {
        fixture.insert(peers(udp(1), 9, 0, 9, 0));
        assertEquals(Outcome.COLLISION, fixture.insert(udp(1).id(99)));
    }

    @Test
    void shouldRemoveNothingWhenOneOfTwoHoldersStays() {
        StateRecord nat = translated(1);
        StateRecord finished = peers(copy(nat).id(97).stackPort1(1), 9, 1, 9, 1);
        StateRecord living = copy(nat).id(98).wirePort1(1);
        fixture.insert(finished);
        fixture.insert(living);
        assertEquals(Outcome.COLLISION, fixture.insert(nat));
        assertNotNull(fixture.get(finished));
        fixture.updateCompressed(peers(copy(living), 9, 1, 9, 1));
        assertEquals(Outcome.INSERTED, fixture.insert(nat));
        assertNull(fixture.get(finished));
        assertNull(fixture.get(living));
    }

    @Test
    void shouldIgnoreTheFarPortOfIcmpWhenItRepeatsTheIdentifier() {
        StateRecord old = icmp(1, 0x1234, 0x1234);
        fixture.insert(old);
        assertEquals(Outcome.COLLISION, fixture.insert(icmp(2, 0x1234, 8)));
        assertEquals(Outcome.INSERTED, fixture.insert(icmp(3, 0x1235, 8)));
        assertEquals(Outcome.INSERTED, fixture.insert(icmp(4, 0x1235, 13)), "two types differ");
    }

    private static StateRecord icmp(long id, int identifier, int far) {
        StateRecord record = tcp(1).id(id).wireProto(1).stackProto(1).timeout(9);
        record.wirePort0(identifier).stackPort0(identifier);
        return record.wirePort1(far).stackPort1(far);
    }

    /** An untranslated state whose only key is one of another's. */
    private static StateRecord plain(StateRecord of, int addressOffset, int port1, long id) {
        StateRecord plain = copy(of).id(id);
        for (int field : new int[] {0, 16}) {
            int from = of.offset() + addressOffset + field;
            plain.address(StateRecord.WIRE_ADDR0_OFFSET + field, of.buffer(), from);
            plain.address(StateRecord.STACK_ADDR0_OFFSET + field, of.buffer(), from);
        }
        return plain.wirePort1(port1).stackPort1(port1);
    }

    private static void swapKeys(StateRecord into, StateRecord from) {
        for (int field : new int[] {0, 16}) {
            int wire = from.offset() + StateRecord.WIRE_ADDR0_OFFSET + field;
            int stack = from.offset() + StateRecord.STACK_ADDR0_OFFSET + field;
            into.address(StateRecord.WIRE_ADDR0_OFFSET + field, from.buffer(), stack);
            into.address(StateRecord.STACK_ADDR0_OFFSET + field, from.buffer(), wire);
        }
        into.wirePort1(from.stackPort1()).stackPort1(from.wirePort1());
    }
}
