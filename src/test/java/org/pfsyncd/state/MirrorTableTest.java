package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.copy;
import static org.pfsyncd.state.TestStates.peers;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

class MirrorTableTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void shouldLeaveTheJournalEqualToTheMirror() {
        fixture.assertJournalEqualsMirror();
        fixture.close();
    }

    @Test
    void shouldInsertMergeAndDelete() {
        StateRecord state = tcp(1);
        assertEquals(Outcome.INSERTED, fixture.insert(state));
        assertEquals(Outcome.MERGED, fixture.updateCompressed(peers(state, 7, 1_500, 4, 2_500)));
        assertEquals(7, fixture.get(state).src().state());
        assertEquals(Outcome.DELETED, fixture.delete(state));
        assertNull(fixture.get(state));
        assertEquals(0, fixture.table.size());
        assertEquals(
                List.of("PUT insert", "UPDATE update", "DELETE peer-delete"), fixture.deltas());
        assertEquals(1, fixture.count(NodeCounter.INSERTED));
        assertEquals(1, fixture.count(NodeCounter.MERGED));
        assertEquals(1, fixture.count(NodeCounter.DELETED));
        assertEquals(0, fixture.count(NodeCounter.STATES));
    }

    @Test
    void shouldAnswerUnknownForWhatItNeverHad() {
        assertEquals(Outcome.UNKNOWN, fixture.updateCompressed(tcp(1)));
        assertEquals(Outcome.UNKNOWN, fixture.delete(tcp(1)));
        assertEquals(List.of(), fixture.deltas());
    }

    @Test
    void shouldImportAnUpdateOfAnUnknownState() {
        assertEquals(Outcome.INSERTED, fixture.update(tcp(1)));
        assertNotNull(fixture.get(tcp(1)));
    }

    @Test
    void shouldMergeAnInsertOfAKnownState() {
        fixture.insert(tcp(1));
        assertEquals(Outcome.MERGED, fixture.insert(peers(tcp(1), 4, 1_001, 4, 2_000)));
        assertEquals(1_001, fixture.get(tcp(1)).src().seqlo());
        assertEquals(1, fixture.table.size());
    }

    @Test
    void shouldNotChangeTheReceivedRecord() {
        StateRecord received = tcp(1).lifetimeS(100);
        StateRecord before = copy(received);
        fixture.insert(received);
        fixture.insert(received);
        assertEquals(0, received.buffer().compareTo(before.buffer()));
    }

    @Test
    void shouldKeepRealmsApart() {
        int realm = fixture.names.intern("dmz");
        fixture.insert(tcp(1));
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(1).realm(realm)));
        assertEquals(Outcome.DELETED, fixture.delete(tcp(1)));
        assertNotNull(fixture.get(tcp(1).realm(realm)));
    }

    @Test
    void shouldTakeLargerCountersOfAFullUpdateAndPutTheWholeState() {
        fixture.insert(tcp(1).packets0(10).bytes0(1_000));
        fixture.deltas();
        fixture.update(tcp(1).packets0(11).bytes0(900));
        assertEquals(11, fixture.get(tcp(1)).packets0());
        assertEquals(1_000, fixture.get(tcp(1)).bytes0(), "a smaller one is not taken");
        assertEquals(List.of("PUT update"), fixture.deltas());
        fixture.update(tcp(1).packets0(11));
        assertEquals(List.of("UPDATE update"), fixture.deltas());
    }

    /** A firewall on another segment says it in its own format, with less in it. */
    @Test
    void shouldKeepTheDialectOfTheFixedFieldsWhenAStateComesBackConverted() {
        int v1500 = Dialect.V1500.ordinal();
        int v1301 = Dialect.V1301.ordinal();
        fixture.insert(tcp(1).dialect(v1500).packets0(10));
        fixture.deltas();
        fixture.update(tcp(1).dialect(v1301).packets0(10));
        assertEquals(v1500, fixture.get(tcp(1)).dialect());
        assertEquals(List.of("UPDATE update"), fixture.deltas(), "nothing fixed has changed");
        fixture.update(tcp(1).dialect(v1301).packets0(11));
        assertEquals(v1500, fixture.get(tcp(1)).dialect(), "the counts alone are newer");
    }

    @Test
    void shouldConfirmByAnyLivingSource() {
        for (int i = 0; i < 4; i++) {
            fixture.insert(tcp(i));
        }
        long digest = fixture.table.digest();
        fixture.journal();
        fixture.table.markAllUnconfirmed(false);
        assertEquals(4, fixture.table.unconfirmed());
        assertEquals(digest, fixture.table.digest(), "the mark is not in the digest");
        assertFalse(fixture.get(tcp(0)).isConfirmed());

        fixture.insert(tcp(0));
        fixture.update(tcp(1));
        fixture.updateCompressed(tcp(2));
        fixture.updateCompressed(peers(tcp(3), 4, 999, 4, 1_999));
        assertEquals(0, fixture.table.unconfirmed(), "even a stale update vouches");
        assertEquals(0, fixture.count(NodeCounter.UNCONFIRMED));
    }

    @Test
    void shouldNameEveryNameOnceBeforeItsFirstUse() {
        int em0 = fixture.names.intern("em0");
        int em1 = fixture.names.intern("em1");
        fixture.insert(tcp(1).ifname(em1));
        fixture.insert(tcp(2).ifname(em0).origIfname(em1));
        assertEquals(
                List.of("NAME id=2 name=em1", "PUT insert", "NAME id=1 name=em0", "PUT insert"),
                fixture.deltas());
        fixture.batch.forgetNames();
        fixture.insert(tcp(3).ifname(em1));
        assertEquals(List.of("NAME id=2 name=em1", "PUT insert"), fixture.deltas());
    }

    @Test
    void shouldRefuseBeyondCapacityAndRecover() {
        try (Fixture small = new Fixture(TableConfig.ofCapacity(2))) {
            small.insert(tcp(1));
            small.insert(tcp(2));
            assertEquals(Outcome.FULL, small.insert(tcp(3)));
            assertEquals(Outcome.MERGED, small.insert(tcp(2)), "known states still merge");
            small.delete(tcp(1));
            assertEquals(Outcome.INSERTED, small.insert(tcp(3)));
            small.assertJournalEqualsMirror();
        }
    }

    @Test
    void shouldRefuseAHundredThousandInsertsBeyondCapacityFlat() {
        try (Fixture small = new Fixture(TableConfig.ofCapacity(5_000))) {
            for (int i = 0; i < 5_000; i++) {
                small.insert(tcp(i));
                small.journal();
            }
            long digest = small.table.digest();
            for (int i = 5_000; i < 105_000; i++) {
                assertEquals(Outcome.FULL, small.insert(tcp(i)));
            }
            assertEquals(0, small.batch.count());
            assertEquals(5_000, small.table.size());
            assertEquals(digest, small.table.digest());
        }
    }

    @Test
    void shouldReadEverySegmentOnce() {
        try (Fixture large = new Fixture(TableConfig.ofCapacity(100_000))) {
            for (int i = 0; i < 3_000; i++) {
                large.insert(tcp(i));
            }
            long[] seen = new long[1];
            int shown = 0;
            for (int segment = 0; segment < large.table.segmentCount(); segment++) {
                shown += large.table.readSegment(segment, record -> seen[0] ^= record.id() + 1);
            }
            assertTrue(large.table.segmentCount() > 50);
            assertEquals(3_000, shown);
            long expected = 0;
            for (int i = 0; i < 3_000; i++) {
                expected ^= tcp(i).id() + 1;
            }
            assertEquals(expected, seen[0]);
        }
    }

    @Test
    void shouldShiftAllTimes() {
        fixture.insert(tcp(1).lifetimeS(50));
        fixture.journal();
        StateRecord before = fixture.get(tcp(1));
        fixture.table.shiftTimes(ClockShift.whole(5_000));
        StateRecord after = fixture.get(tcp(1));
        assertEquals(before.createdAtMs() + 5_000, after.createdAtMs());
        assertEquals(before.expiresAtMs() + 5_000, after.expiresAtMs());
        assertEquals(before.lastActivityMs() + 5_000, after.lastActivityMs());
        assertEquals(fixture.table.recomputeDigest(), fixture.table.digest());
        fixture.table.shiftTimes(ClockShift.whole(-5_000));
    }

    @Test
    void shouldFindByEitherKey() {
        StateRecord state = TestStates.translated(7);
        fixture.insert(state);
        StateRecord into = TestStates.blank();
        assertTrue(fixture.table.getByWireKey(state, into));
        assertEquals(state.id(), into.id());
        assertTrue(fixture.table.getByStackKey(state, into));
        assertFalse(fixture.table.getByWireKey(copy(state).wirePort1(9), into));
        assertFalse(fixture.table.getByStackKey(copy(state).direction(1), into));
    }
}
