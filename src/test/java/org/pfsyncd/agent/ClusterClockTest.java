package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.ClockShift;

/** Whose time is right, and when it is believed. */
class ClusterClockTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long START_NS = 7 * SECOND_NS;
    private static final long WALL_MS = 1_700_000_000_000L;
    private static final long ELDER_AGE_MS = 3_600_000;

    private long nowNs = START_NS;
    private long bootId = 77;
    private long wallStepMs;
    private final UnsafeBuffer memory = new UnsafeBuffer(new byte[SavedClock.LENGTH]);
    private final NodeClock clock = new NodeClock(this::wallMs, START_NS);
    private final SavedClock saved = new SavedClock(memory, new FakeBoot(), START_NS);
    private final ClusterClock cluster = cluster(0, 0);

    private final class FakeBoot implements BootClock {
        @Override
        public long nanos() {
            return nowNs + 3 * SECOND_NS;
        }

        @Override
        public long bootId() {
            return bootId;
        }
    }

    private ClusterClock cluster(long olderShiftMs, long journalEndMs) {
        ClusterClock.Past past = ClusterClock.Past.none(clock.time(), olderShiftMs, journalEndMs);
        return new ClusterClock(clock, START_NS, past, true, saved);
    }

    private long wallMs() {
        return WALL_MS + wallStepMs + (nowNs - START_NS) / 1_000_000;
    }

    @Test
    void shouldBelieveAnElderAtOnceRightAfterTheStart() {
        pass(ClusterClock.WAIT_NS - 1);
        assertEquals(-8_000, say(-8_000, ELDER_AGE_MS));
    }

    @Test
    void shouldNotBelieveFramesThatWaitedWhileTheProcessWasPaused() {
        pass(100 * SECOND_NS);
        for (long lateMs = 8_000; lateMs > 0; lateMs -= 1_000) {
            assertEquals(0, say(-lateMs, ELDER_AGE_MS), "all in the cycle after the pause");
        }
        pass(ClusterClock.DOUBT_NS);
        assertEquals(0, say(-8_000, ELDER_AGE_MS), "the fresh ones in between agreed");
        assertFalse(cluster.isShiftDue());
    }

    @Test
    void shouldBelieveAnElderThatKeepsSayingSo() {
        pass(100 * SECOND_NS);
        assertEquals(0, say(9_000, ELDER_AGE_MS));
        pass(ClusterClock.DOUBT_NS - 1);
        assertEquals(0, say(9_000, ELDER_AGE_MS));
        pass(1);
        assertEquals(9_000, say(9_000, ELDER_AGE_MS));
        assertEquals(ClockShift.NONE, cluster.takeShift(), "nothing was written");
    }

    @Test
    void shouldNotTakeTwoLateFramesFarApartForOneDoubt() {
        pass(100 * SECOND_NS);
        assertEquals(0, say(-9_000, ELDER_AGE_MS));
        pass(100 * SECOND_NS);
        assertEquals(0, say(-9_000, ELDER_AGE_MS));
    }

    @Test
    void shouldNotBelieveAYoungerOne() {
        pass(100 * SECOND_NS);
        for (int i = 0; i < 5; i++) {
            assertEquals(0, say(9_000, 1_000));
            pass(SECOND_NS);
        }
    }

    @Test
    void shouldBelieveWhatAConversationBeginsWith() {
        pass(100 * SECOND_NS);
        cluster.onCycle(nowNs);
        pass(ClusterClock.DOUBT_NS);
        assertEquals(9_000, greet(9_000, ELDER_AGE_MS));
    }

    @Test
    void shouldNotBelieveAGreetingThatMayHaveWaitedInTheSocket() {
        pass(100 * SECOND_NS);
        cluster.onCycle(nowNs);
        assertEquals(0, greet(-9_000, ELDER_AGE_MS));
    }

    @Test
    void shouldMoveWhatWasWrittenSinceAndLeaveWhatWasThere() {
        cluster.onWrite();
        assertEquals(9_000, say(9_000, ELDER_AGE_MS));
        assertEquals(new ClockShift(0, 9_000, WALL_MS), cluster.takeShift());
        assertFalse(cluster.isShiftDue());
    }

    @Test
    void shouldUndoWhatTheStartMovedWhereItsClockWasBehind() {
        ClusterClock moved = cluster(-3_000_000, WALL_MS + 3_000_000);
        moved.onPeer(WALL_MS + 3_600_000, ELDER_AGE_MS, nowNs, true);
        assertEquals(new ClockShift(3_000_000, 3_600_000, WALL_MS), moved.takeShift());
    }

    @Test
    void shouldMoveAllWhereTheOthersHaveBeenSetBack() {
        ClusterClock ahead = cluster(0, WALL_MS - 5_000);
        ahead.onWrite();
        ahead.onPeer(WALL_MS - 3_600_000, ELDER_AGE_MS, nowNs, true);
        assertEquals(new ClockShift(-3_600_000, -3_600_000, WALL_MS), ahead.takeShift());
    }

    @Test
    void shouldLeaveAJournalThatEndsALittleAheadOfWhatAPeerSays() {
        ClusterClock young = cluster(0, WALL_MS - 3_597_000);
        young.onWrite();
        young.onPeer(WALL_MS - 3_600_000, ELDER_AGE_MS, nowNs, true);
        assertEquals(new ClockShift(0, -3_600_000, WALL_MS), young.takeShift());
    }

    @Test
    void shouldAddUpWhatIsDue() {
        cluster.onWrite();
        say(9_000, ELDER_AGE_MS);
        say(-5_000, 2 * ELDER_AGE_MS);
        assertEquals(new ClockShift(0, 4_000, WALL_MS), cluster.takeShift());
    }

    @Test
    void shouldDoubtATimeThatOnlyYoungOnesTell() {
        assertTrue(cluster.isDoubtful());
        pass(3 * SECOND_NS);
        say(0, 3_000);
        assertTrue(cluster.isDoubtful(), "started together");
        say(0, ELDER_AGE_MS);
        assertFalse(cluster.isDoubtful());
    }

    @Test
    void shouldGoOnWithItsTimeWhateverIsDoneToTheWallClockWhileItIsDead() {
        say(9_000, ELDER_AGE_MS);
        cluster.dueIn(2);
        pass(5 * SECOND_NS);
        wallStepMs = -3_600_000;
        SavedClock after = new SavedClock(memory, new FakeBoot(), nowNs);
        assertTrue(after.goesOn(wallMs(), nowNs));
        assertEquals(WALL_MS + 9_000 + 5_000, after.nodeMs(nowNs));
        assertEquals(9_000, after.offsetMs());
        assertTrue(after.past(1).isProven());
        assertEquals(WALL_MS + 9_000 - ELDER_AGE_MS, after.past(1).bornMs());
    }

    @Test
    void shouldNotGoOnAfterABoot() {
        cluster.dueIn(2);
        bootId = 78;
        assertFalse(new SavedClock(memory, new FakeBoot(), nowNs).goesOn(wallMs(), nowNs));
        bootId = 0;
        assertFalse(new SavedClock(memory, new FakeBoot(), nowNs).goesOn(wallMs(), nowNs));
    }

    @Test
    void shouldTakeTheWallClockThatWasSetAfterACleanEnd() {
        cluster.close();
        pass(5 * SECOND_NS);
        SavedClock after = new SavedClock(memory, new FakeBoot(), nowNs);
        assertTrue(after.goesOn(wallMs(), nowNs), "it is where the time follows it");
        wallStepMs = 3_600_000;
        assertFalse(after.goesOn(wallMs(), nowNs));
    }

    @Test
    void shouldTakeTheOlderCopyWhereTheNewerIsTorn() {
        for (int word = 0; word < SavedClock.LENGTH; word += Long.BYTES) {
            cluster.onCycle(nowNs);
            cluster.dueIn(2);
            pass(SECOND_NS);
            cluster.onCycle(nowNs);
            cluster.dueIn(2);
            memory.putLong(word, memory.getLong(word) ^ 0x10);
            SavedClock after = new SavedClock(memory, new FakeBoot(), nowNs);
            assertTrue(after.goesOn(wallMs(), nowNs), "word at " + word);
            assertEquals(clock.time(), after.nodeMs(nowNs), "word at " + word);
            memory.putLong(word, memory.getLong(word) ^ 0x10);
        }
    }

    @Test
    void shouldKnowAfterAKillWhatTheTableLacks() {
        cluster.onWrite();
        say(9_000, ELDER_AGE_MS);
        cluster.dueIn(2);
        SavedClock after = new SavedClock(memory, new FakeBoot(), nowNs);
        assertEquals(new ClockShift(0, 9_000, WALL_MS), after.past(1).due());
        assertEquals(ClockShift.NONE, after.past(2).due(), "its OPEN is in the journal");
    }

    private void pass(long ns) {
        nowNs += ns;
        clock.advance(nowNs);
    }

    private long say(long aheadMs, long ageMs) {
        return cluster.onPeer(clock.time() + aheadMs, ageMs, nowNs, false);
    }

    private long greet(long aheadMs, long ageMs) {
        return cluster.onPeer(clock.time() + aheadMs, ageMs, nowNs, true);
    }
}
