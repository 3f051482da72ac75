package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** {@code src/docs/state.md} section 10. */
class LoadingTest {
    private static final long SECOND = 1_000;

    private final Fixture fixture = new Fixture();
    private final Loading loading = fixture.table.newLoading();

    @AfterEach
    void close() {
        fixture.assertJournalEqualsMirror();
        fixture.close();
    }

    @Test
    void shouldInsertUnconfirmedWithTheFilesTimes() {
        StateRecord file = file(1);
        assertEquals(Outcome.INSERTED, load(file));
        StateRecord held = fixture.get(file);
        assertFalse(held.isConfirmed());
        assertEquals(file.expiresAtMs(), held.expiresAtMs());
        assertEquals(file.lastActivityMs(), held.lastActivityMs());
        assertEquals(List.of("PUT operator"), fixture.deltas());
        assertEquals(1, fixture.count(NodeCounter.OPERATOR_LOADED));
    }

    @Test
    void shouldCountTheSecondsLeftFromTheSave() {
        StateRecord file = TestStates.tcp(1).lifetimeS(100);
        long savedMs = fixture.nowMs - 40 * SECOND;
        assertEquals(Outcome.INSERTED, loading.load(file, savedMs, fixture.nowMs));
        assertEquals(fixture.nowMs + 60 * SECOND, fixture.get(file).expiresAtMs());
        StateRecord ended = TestStates.tcp(2).lifetimeS(40);
        assertEquals(Outcome.ENDED, loading.load(ended, savedMs, fixture.nowMs));
        StateRecord almost = TestStates.tcp(3).lifetimeS(41);
        assertEquals(Outcome.INSERTED, loading.load(almost, savedMs, fixture.nowMs));
        StateRecord whole = TestStates.tcp(4).lifetimeS(0);
        assertEquals(Outcome.INSERTED, loading.load(whole, savedMs, fixture.nowMs));
        assertTrue(fixture.get(whole).expiresAtMs() > fixture.nowMs + 3_600 * SECOND);
    }

    @Test
    void shouldNeverMakeALivingStateOlderOrGiveItANewLife() {
        StateRecord living = TestStates.peers(TestStates.tcp(1), 4, 5_000, 4, 6_000);
        fixture.insert(living);
        StateRecord before = fixture.get(living);
        long digest = fixture.table.digest();
        StateRecord old = file(1);
        old.lastActivityMs(fixture.nowMs - 50 * SECOND).rule(77).stateFlags(0x0101);
        TestStates.peers(old, 4, 1_000, 4, 2_000);
        assertEquals(Outcome.STALE, load(old));
        assertEquals(digest, fixture.table.digest());
        assertTrue(fixture.get(living).isConfirmed());
        assertEquals(before.rule(), fixture.get(living).rule());
    }

    @Test
    void shouldTakeWhatTheFileKnowsLaterButNotWhatNeverChanges() {
        fixture.insert(TestStates.tcp(1));
        StateRecord later = file(1).rule(77).bytes0(99);
        later.lastActivityMs(fixture.nowMs + 5 * SECOND);
        TestStates.peers(later, 9, 9_000, 9, 9_000);
        assertEquals(Outcome.MERGED, loading.judge(TestStates.copy(later), 0, fixture.nowMs));
        assertEquals(Outcome.MERGED, load(later));
        StateRecord held = fixture.get(later);
        assertEquals(9, held.src().state());
        assertEquals(99, held.bytes0());
        assertEquals(-1, held.rule());
        assertTrue(held.isConfirmed(), "it was, and a load takes no mark away");
    }

    @Test
    void shouldRefuseTheDeadForAMinute() {
        fixture.insert(TestStates.tcp(1));
        fixture.delete(TestStates.tcp(1));
        assertEquals(Outcome.TOMBSTONED, load(file(1)));
        fixture.nowMs += 59_999;
        assertEquals(Outcome.TOMBSTONED, load(file(1)));
        fixture.nowMs += 1;
        fixture.workAll();
        assertEquals(Outcome.INSERTED, load(file(1)));
    }

    @Test
    void shouldReplaceNoOtherState() {
        fixture.insert(TestStates.tcp(1));
        StateRecord sameId = file(2).id(TestStates.tcp(1).id());
        assertEquals(Outcome.OTHER_STATE, load(sameId));
        StateRecord sameKey = file(1).id(4711);
        assertEquals(Outcome.COLLISION, loading.judge(TestStates.copy(sameKey), 0, fixture.nowMs));
        assertEquals(Outcome.COLLISION, load(sameKey));
        assertEquals(1, fixture.table.size());
        assertEquals(2, fixture.count(NodeCounter.OPERATOR_REFUSED));
    }

    @Test
    void shouldRemoveNoFinishedConnectionForAnOlderOne() {
        StateRecord finished = TestStates.peers(TestStates.tcp(1), 9, 5_000, 9, 6_000);
        fixture.insert(finished);
        fixture.deltas();
        StateRecord sameKey = file(1).id(4711);
        assertEquals(Outcome.COLLISION, loading.judge(TestStates.copy(sameKey), 0, fixture.nowMs));
        assertEquals(Outcome.COLLISION, load(sameKey));
        assertEquals(List.of(), fixture.deltas());
        assertNotNull(fixture.get(finished));
        StateRecord nat = TestStates.translated(2);
        fixture.insert(TestStates.peers(TestStates.copy(nat), 10, 1, 10, 1));
        assertEquals(Outcome.COLLISION, load(file(nat, 4712).wirePort1(1)), "one key of two");
        assertEquals(2, fixture.table.size());
    }

    @Test
    void shouldRefuseTimesAheadOfTheClock() {
        StateRecord edge = file(1).lastActivityMs(fixture.nowMs + Loading.AHEAD_LIMIT_MS);
        assertEquals(Outcome.INSERTED, load(edge));
        StateRecord ahead = file(2).lastActivityMs(fixture.nowMs + Loading.AHEAD_LIMIT_MS + 1);
        assertEquals(Outcome.AHEAD, load(ahead));
        StateRecord unborn = file(3).createdAtMs(fixture.nowMs + Loading.AHEAD_LIMIT_MS + 1);
        assertEquals(Outcome.AHEAD, load(unborn));
        assertEquals(Outcome.INVALID, load(file(4).timeout(25)));
        assertEquals(Outcome.INVALID, load(file(5).creatorId(0)));
    }

    @Test
    void shouldSayFullAtTheCapacity() {
        try (Fixture small = new Fixture(TableConfig.ofCapacity(2))) {
            Loading into = small.table.newLoading();
            assertEquals(Outcome.INSERTED, into.load(file(1), 0, small.nowMs));
            assertEquals(Outcome.INSERTED, into.load(file(2), 0, small.nowMs));
            assertEquals(Outcome.FULL, into.judge(file(3), 0, small.nowMs));
            assertEquals(Outcome.FULL, into.load(file(3), 0, small.nowMs));
        }
    }

    @Test
    void shouldRemoveOnlyTheChosenState() {
        fixture.insert(TestStates.tcp(1));
        StateRecord chosen = fixture.get(TestStates.tcp(1));
        long createdAtMs = chosen.createdAtMs();
        assertEquals(Outcome.UNKNOWN, loading.remove(chosen, createdAtMs - 1, fixture.nowMs));
        fixture.deltas();
        assertEquals(Outcome.DELETED, loading.remove(chosen, createdAtMs, fixture.nowMs));
        assertEquals(List.of("DELETE operator"), fixture.deltas());
        assertEquals(Outcome.UNKNOWN, loading.remove(chosen, createdAtMs, fixture.nowMs));
        assertEquals(Outcome.TOMBSTONED, fixture.insert(TestStates.tcp(1)));
        assertEquals(Outcome.UNKNOWN, fixture.delete(TestStates.tcp(1)), "its end is news");
    }

    private int load(StateRecord file) {
        return loading.load(file, 0, fixture.nowMs);
    }

    /** As a file of a minute ago has it. */
    private StateRecord file(int number) {
        return file(TestStates.tcp(number), TestStates.tcp(number).id());
    }

    private StateRecord file(StateRecord state, long id) {
        return TestStates.copy(state)
                .id(id)
                .lastActivityMs(fixture.nowMs - 60 * SECOND)
                .expiresAtMs(fixture.nowMs + 3_600 * SECOND)
                .lifetimeS(3_660);
    }
}
