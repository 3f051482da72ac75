package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.tcp;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** Dead states that a snapshot keeps out of another life of the table; state.md 8.6. */
class TombstoneSnapshotTest {
    private static final int KEEP_MS = 60_000;
    private static final int HOUR_MS = 3_600_000;

    private final Fixture fixture =
            new Fixture(
                    TableConfig.ofCapacity(10_000)
                            .withTombstones(new TableConfig.TombstoneLimits(KEEP_MS, 100)));
    private final DeltaBatch slice = new DeltaBatch(fixture.names);
    private final Fixture other = new Fixture();

    @AfterEach
    void close() {
        fixture.close();
        other.close();
    }

    private void killStates(int from, int to) {
        for (int number = from; number <= to; number++) {
            fixture.insert(tcp(number));
            fixture.delete(tcp(number));
        }
    }

    /** What the fixture remembers, in slices, into another life of the table. */
    private int recallIn(MirrorTable table, int sliceLimit) {
        TombstoneSnapshot from = fixture.table.tombstones();
        int refused = 0;
        long next = 0;
        for (int i = 0; i < 1_000 && next < from.end(); i++) {
            slice.forgetNames();
            slice.reset();
            next = from.append(next, sliceLimit, slice);
            refused += table.tombstones().recall(slice.buffer(), 0, slice.length());
        }
        assertEquals(from.end(), next);
        return refused;
    }

    @Test
    void shouldKeepOutInAnotherTableWhatDiedInThisOne() {
        killStates(1, 25);
        other.names.intern("shifts-every-id");
        assertEquals(0, recallIn(other.table, 7));
        for (int number = 1; number <= 25; number++) {
            assertEquals(Outcome.TOMBSTONED, other.insert(tcp(number)), "state " + number);
        }
        assertEquals(Outcome.INSERTED, other.insert(tcp(26)));
    }

    @Test
    void shouldRememberNoLongerThanTheTableThatSawItDie() {
        killStates(1, 1);
        assertEquals(0, recallIn(other.table, 100));
        other.nowMs += KEEP_MS - 1;
        assertEquals(Outcome.TOMBSTONED, other.insert(tcp(1)));
        other.nowMs += 1;
        assertEquals(Outcome.INSERTED, other.insert(tcp(1)));
    }

    @Test
    void shouldLetInWhatWasCreatedAgain() {
        killStates(1, 1);
        assertEquals(0, recallIn(other.table, 100));
        other.nowMs += 20_000;
        assertEquals(
                Outcome.INSERTED, other.insert(tcp(1).createdAtMs(tcp(1).createdAtMs() + 20_000)));
    }

    @Test
    void shouldGoOnWhereItStoppedThoughOthersDieAndAreForgottenMeanwhile() {
        killStates(1, 90);
        TombstoneSnapshot from = fixture.table.tombstones();
        long end = from.end();
        slice.reset();
        long next = from.append(0, 10, slice);
        assertEquals(10, next);
        killStates(91, 160); // there is room for 100: the first 60 give way
        slice.reset();
        slice.forgetNames();
        next = from.append(next, 1_000, slice);
        assertEquals(from.end(), next);
        assertTrue(next > end);
        assertEquals(0, other.table.tombstones().recall(slice.buffer(), 0, slice.length()));
        for (int number = 61; number <= 160; number++) {
            assertEquals(Outcome.TOMBSTONED, other.insert(tcp(number)), "state " + number);
        }
        assertEquals(Outcome.INSERTED, other.insert(tcp(60)));
    }

    @Test
    void shouldNotLetOneGiveWayForWhatAnotherTableRemembers() {
        Fixture small =
                new Fixture(
                        TableConfig.ofCapacity(10_000)
                                .withTombstones(new TableConfig.TombstoneLimits(KEEP_MS, 2)));
        try (small) {
            small.insert(tcp(50));
            small.delete(tcp(50));
            killStates(1, 5);
            assertEquals(0, recallIn(small.table, 100));
            assertEquals(Outcome.TOMBSTONED, small.insert(tcp(50)));
            assertEquals(Outcome.TOMBSTONED, small.insert(tcp(1)));
            assertEquals(Outcome.INSERTED, small.insert(tcp(2)));
        }
    }

    @Test
    void shouldRememberOnceWhatItIsToldAgain() {
        killStates(1, 25);
        recallIn(fixture.table, 100);
        recallIn(other.table, 100);
        recallIn(other.table, 100);
        fixture.workAll();
        other.nowMs++;
        other.insert(tcp(70));
        other.delete(tcp(70));
        other.nowMs += KEEP_MS;
        other.workAll();
        assertEquals(0, other.count(NodeCounter.TOMBSTONES));
        assertEquals(25, fixture.table.tombstones().end());
    }

    @Test
    void shouldMoveWithTheClock() {
        killStates(1, 1);
        fixture.table.shiftTimes(ClockShift.whole(-HOUR_MS));
        fixture.nowMs += KEEP_MS - 1 - HOUR_MS;
        assertEquals(Outcome.TOMBSTONED, fixture.insert(anHourAgo()));
        fixture.nowMs += 1;
        assertEquals(Outcome.INSERTED, fixture.insert(anHourAgo()));
    }

    private static StateRecord anHourAgo() {
        return tcp(1).createdAtMs(tcp(1).createdAtMs() - HOUR_MS);
    }

    @Test
    void shouldCountWhatIsNoTombstone() {
        fixture.insert(tcp(1));
        fixture.delete(tcp(1));
        int puts = 2; // a PUT and a DELETE have no place here; their NAMEs do no harm
        assertEquals(
                puts,
                other.table.tombstones().recall(fixture.batch.buffer(), 0, fixture.batch.length()));
    }

    @Test
    void shouldCountATombstoneWhoseRealmWasNeverNamed() {
        StateRecord state = tcp(1).realm(fixture.names.intern("dmz"));
        fixture.insert(state);
        fixture.delete(state);
        fixture.table.tombstones().append(0, 1, slice);
        slice.reset(); // the name is journaled, so it is not said again
        fixture.table.tombstones().append(0, 1, slice);
        assertEquals(1, other.table.tombstones().recall(slice.buffer(), 0, slice.length()));
        assertEquals(0, other.table.tombstones().end());
    }

    @Test
    void shouldCountWhatIsCutOff() {
        killStates(1, 1);
        slice.reset();
        fixture.table.tombstones().append(0, 1, slice);
        for (int length = slice.length() - 43; length < slice.length(); length++) {
            assertEquals(1, other.table.tombstones().recall(slice.buffer(), 0, length));
        }
        UnsafeBuffer zeros = new UnsafeBuffer(new byte[44]);
        assertEquals(1, other.table.tombstones().recall(zeros, 0, 44));
    }
}
