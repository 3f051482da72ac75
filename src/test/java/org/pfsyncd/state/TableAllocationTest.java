package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.CREATOR;
import static org.pfsyncd.state.TestStates.REALM;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** The message path allocates nothing once warm. */
class TableAllocationTest {
    private static final int STEPS = 10_000;
    private static final int STATES = 2_000;

    private final Fixture fixture = new Fixture();
    private final StateRecord plain = TestStates.tcp(1);
    private final StateRecord nat = TestStates.translated(1);
    private int number;
    private Object escaped;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldAllocateNothingForInsertAndDelete() {
        Allocation.assertNoneInSteadyState(
                STEPS,
                () -> {
                    StateRecord state = next(nat);
                    state.stackPort1(number);
                    assertEquals(Outcome.INSERTED, fixture.insert(state.wirePort1(number)));
                    assertEquals(Outcome.DELETED, fixture.delete(state));
                    fixture.batch.reset();
                });
    }

    @Test
    void shouldAllocateNothingForUpdates() {
        fixture.insert(plain);
        Allocation.assertNoneInSteadyState(
                STEPS,
                () -> {
                    number++;
                    plain.packets0(number).src().seqlo(number + 2_000L);
                    assertEquals(Outcome.MERGED, fixture.update(plain));
                    assertEquals(Outcome.MERGED, fixture.updateCompressed(plain));
                    fixture.batch.reset();
                });
    }

    @Test
    void shouldAllocateNothingForRefusals() {
        fixture.insert(TestStates.tcp(0));
        StateRecord clash = TestStates.tcp(0).id(7);
        fixture.insert(plain);
        fixture.delete(plain);
        Allocation.assertNoneInSteadyState(
                STEPS,
                () -> {
                    assertEquals(Outcome.COLLISION, fixture.insert(clash));
                    assertEquals(Outcome.TOMBSTONED, fixture.insert(plain));
                    assertEquals(Outcome.TOMBSTONED, fixture.delete(plain));
                    fixture.table.clear(REALM, CREATOR + 1, 0, fixture.nowMs);
                });
    }

    @Test
    void shouldAllocateNothingForExpiry() {
        Allocation.assertNoneInSteadyState(
                STEPS,
                () -> {
                    StateRecord state = next(plain);
                    state.lifetimeS(1).wirePort0(number).stackPort0(number);
                    fixture.insert(state);
                    fixture.nowMs += 3;
                    fixture.table.work(fixture.nowMs, 100);
                    fixture.batch.reset();
                });
    }

    @Test
    void shouldSeeWhatIsAllocated() {
        long bytes =
                Allocation.quietestWindowBytes(
                        () -> {
                            escaped = TestStates.blank();
                            fixture.get(plain);
                        },
                        STEPS);
        assertTrue(bytes >= STEPS * 64L, "the negative control sees " + bytes + " bytes");
        assertTrue(escaped != null);
    }

    private StateRecord next(StateRecord state) {
        number = (number + 1) % STATES;
        fixture.nowMs += 20;
        return state.id(number).createdAtMs(fixture.nowMs);
    }
}
