package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.RecordComparison;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** Answers with the whole table (spec pfsync.md 12.3): what is in them, when, and when not. */
class HolderTest extends HolderFixture {
    @Test
    void shouldSayStartAndLateEndOfAnEmptyTable() {
        lab.prove();
        ask(Dialect.V6);
        assertEquals(List.of(START), SentFrames.of(lab.port.takeSent(), lab).marks);
        assertEquals(Map.of(), run(999).byKind, "END is late");
        // One segment of the table a cycle is read to find that it is empty.
        assertEquals(List.of("BUS #0 600dcafe endtime=1 status=2"), run(40).marks);
        assertEquals(Map.of(), run(60_000).byKind, "nothing follows");
    }

    @Test
    void shouldSayHowLongTheDumpTookRoundedDown() {
        lab.prove();
        fill(9_000);
        ask(Dialect.V6);
        SentFrames sent = run(4_000);
        assertEquals(9_000, sent.byId().size());
        // 9,000 states at 5,000/s take 1.8 s; END follows a second later.
        assertEquals(List.of(START, "BUS #0 600dcafe endtime=2 status=2"), sent.marks);
        assertEquals("BUS", sent.messages.get(sent.messages.size() - 1).split(" ", 2)[0]);
        assertEquals(9_000, lab.count(GroupCounter.BULK_ANSWER_STATES));
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_DONE));
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1301", "V1400", "V1500"})
    void shouldSendEveryFieldInTheRequestersDialect(Dialect dialect) {
        lab.prove();
        for (int i = 1; i <= 200; i++) {
            StateRecord state = new StateRecords(lab.names, lab.nowMs).random(dialect, i);
            state.stateFlags(state.stateFlags() & ~0x18);
            lab.deliver(
                    FrameBuilder.of(dialect)
                            .names(lab.names)
                            .nowMs(lab.nowMs)
                            .insert(state)
                            .bytes());
        }
        lab.port.takeSent();
        long held = lab.table.size();
        assertTrue(held > 150, "of 200: " + held);
        ask(dialect);
        SentFrames sent = run(3_000);
        long withheld = lab.count(GroupCounter.ANSWER_EXPIRED);
        assertEquals(held, sent.byId().size() + withheld);
        for (StateRecord state : sent.states) {
            StateRecord mirrored = StateRecords.blank();
            int realm = lab.names.intern("r");
            assertTrue(lab.table.get(realm, state.id(), state.creatorId(), mirrored));
            long endMs = lab.nowMs + state.lifetimeS() * 1000L;
            state.expiresAtMs(endMs);
            RecordComparison.assertEqualOnTheWire(mirrored, state, 5_000);
        }
    }

    @Test
    void shouldUseTheOldestFormatForAKernelOfWhichNoStateWasHeard() {
        lab.prove();
        fill(1);
        lab.port.takeSent();
        ask(Dialect.V1500);
        run(50);
        assertEquals(1, lab.count(GroupCounter.OACTS_3), "1301");
    }

    @Test
    void shouldKeepThePaceAndSmallBatches() {
        lab.close();
        lab = GroupLab.member(20_000);
        lab.prove();
        fill(5_000);
        ask(Dialect.V6);
        lab.port.takeSent();
        for (int i = 1; i <= 100; i++) {
            lab.advanceMs(1);
            int sent = SentFrames.of(lab.port.takeSent(), lab).states.size();
            assertTrue(sent <= 40, sent + " states in a millisecond");
        }
        assertNear(2_000, lab.count(GroupCounter.BULK_ANSWER_STATES), 45);
        lab.advanceMs(10_000);
        assertTrue(lab.port.takeSent().size() <= 8, "no burst after a stall");
    }

    @Test
    void shouldSendAgainWhatABatchDidNotTake() {
        lab.close();
        lab = GroupLab.member(1_000_000);
        lab.prove();
        fill(3_000);
        lab.port.batchLimit = 3;
        ask(Dialect.V6);
        SentFrames sent = run(3_000);
        assertEquals(3_000, sent.byId().size());
        assertEquals(3_000, sent.states.size(), "none twice");
        assertEquals(3_000, lab.count(GroupCounter.BULK_ANSWER_STATES));
        assertEquals(3_000, lab.count(GroupCounter.OACTS_14));
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_DONE));
    }

    @ParameterizedTest
    @CsvSource({"0, 1480", "8, 1238", "28, 1238"})
    void shouldFillPacketsAsFarAsTheCarrierLeavesRoom(int overhead, int longest) {
        lab.port.overhead = overhead;
        lab.prove();
        fill(60);
        ask(Dialect.V1301);
        int length = 0;
        for (int i = 0; i < 100; i++) {
            lab.advanceMs(1);
            for (byte[] frame : lab.port.takeSent()) {
                length = Math.max(length, frame.length);
            }
        }
        assertEquals(longest, length, "six states in 1,500 bytes, as a firewall sends, or five");
    }

    @Test
    void shouldTakeAnotherRateWhileRunning() {
        lab.prove();
        fill(5_000);
        ask(Dialect.V6);
        run(100);
        long before = lab.count(GroupCounter.BULK_ANSWER_STATES);
        lab.group.reconfigure(GroupLab.in(org.pfsyncd.group.GroupRole.MEMBER, 50));
        run(1_000);
        assertNear(50, lab.count(GroupCounter.BULK_ANSWER_STATES) - before, 15);
    }

    @Test
    void shouldAnswerAStormWithOneDump() {
        lab.prove();
        fill(2_000);
        lab.port.takeSent();
        for (int i = 0; i < 1_000; i++) {
            lab.deliver(bulkRequest(Dialect.V6), i % 2 == 0 ? GroupLab.PEER : OTHER, 255, true);
            if (i % 5 == 0) {
                lab.advanceMs(1);
            }
        }
        SentFrames sent = run(20_000);
        assertEquals(1, ends(sent));
        assertEquals(2_000, sent.byId().size());
        assertNear(2_000, lab.count(GroupCounter.BULK_ANSWER_STATES), 100);
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_RESTARTED), "for the second of two");
        assertEquals(1_000, lab.count(GroupCounter.BULK_ASKED));
        assertEquals(999, lab.count(GroupCounter.ANSWERS_MERGED));
    }

    @Test
    void shouldNotAnswerAStrangerTheAllowListDoesNotName() {
        lab.close();
        lab = new GroupLab(GroupLab.allowing(GroupLab.PROVER), 10_000);
        lab.prove();
        fill(10);
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).updateRequest(1, CREATOR).bytes());
        assertEquals(Map.of(), run(5_000).byKind);
        assertEquals(2, lab.count(GroupCounter.BAD_SENDER));
    }

    @Test
    void shouldNotAnswerWhomItCannotTrack() {
        lab.prove();
        for (int i = 0; i < 80; i++) {
            lab.deliver(bulkRequest(Dialect.V6), "10.0.1." + i, 255, true);
        }
        // 64 are tracked, the prover among them.
        assertEquals(80 - 63, lab.count(GroupCounter.ANSWERS_UNTRACKED));
        assertEquals(63, lab.count(GroupCounter.BULK_ASKED));
    }

    @Test
    void shouldNotSendWhatMustNotLeave() {
        lab.prove();
        fill(10);
        insert(
                new StateRecords(lab.names, lab.nowMs)
                        .tcp(11, CREATOR)
                        .wire("10.1.9.1:1", "10.2.0.10:80")
                        .flags(0x08)
                        .record());
        insert(
                new StateRecords(lab.names, lab.nowMs)
                        .udp(12, CREATOR)
                        .wire("10.1.9.2:1", "10.2.0.10:53")
                        .timeout(8, 1)
                        .record());
        lab.table.markAllUnconfirmed(false);
        for (int i = 2; i <= 12; i++) {
            lab.deliver(
                    FrameBuilder.of(Dialect.V6)
                            .names(lab.names)
                            .updateCompressed(state(i))
                            .bytes());
        }
        lab.advanceMs(70_000);
        lab.port.takeSent();
        ask(Dialect.V6);
        SentFrames sent = run(2_000);
        assertEquals(1, lab.count(GroupCounter.ANSWER_UNCONFIRMED));
        assertEquals(1, lab.count(GroupCounter.ANSWER_NOSYNC));
        assertEquals(9, sent.byId().size() + lab.count(GroupCounter.ANSWER_EXPIRED) - 1);
    }

    @Test
    void shouldSendWhatTheTableHoldsWhenItIsSent() {
        lab.prove();
        fill(1_000);
        ask(Dialect.V6);
        SentFrames early = run(20);
        Set<Long> before = early.byId().keySet();
        for (int i = 1; i <= 1_000; i++) {
            if (!before.contains((long) i)) {
                lab.deliver(
                        i % 2 == 0
                                ? FrameBuilder.of(Dialect.V6).deleteCompressed(i, CREATOR).bytes()
                                : FrameBuilder.of(Dialect.V6)
                                        .names(lab.names)
                                        .updateCompressed(moved(i))
                                        .bytes());
            }
        }
        SentFrames late = run(3_000);
        assertTrue(late.states.size() > 300, "the rest: " + late.states.size());
        for (StateRecord state : late.states) {
            assertEquals(1, state.id() % 2, "deleted, and must not come back: " + state);
            assertEquals(777_000, state.src().seqlo(), "as it is now");
        }
        assertEquals(0, lab.table.size() - early.states.size() - late.states.size());
    }

    private StateRecord moved(int i) {
        StateRecord moved = state(i);
        moved.src().seqlo(777_000).seqhi(777_100);
        return moved;
    }

    @Test
    void shouldLoseNothingWhenTheKernelRefusesFrames() {
        lab.prove();
        fill(1_000);
        ask(Dialect.V6);
        Random random = new Random(7);
        for (int i = 0; i < 3_000; i++) {
            lab.port.isSendRefused = random.nextInt(3) == 0;
            lab.advanceMs(1);
        }
        lab.port.isSendRefused = false;
        SentFrames sent = run(5_000);
        assertEquals(1_000, sent.byId().size());
        assertEquals(1, ends(sent));
        assertTrue(lab.count(GroupCounter.OERRORS) > 10);
    }

    @Test
    void shouldGiveUpAnAnswerThatCannotBeSent() {
        lab.prove();
        fill(1_000);
        ask(Dialect.V6);
        lab.port.isSendRefused = true;
        run(11_000);
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_ABANDONED));
        assertTrue(lab.count(GroupCounter.OERRORS) <= 2_300, "paused between tries");
        lab.port.isSendRefused = false;
        assertEquals(1_000, run(3_000).byId().size());
    }

    @Test
    void shouldPromiseNothingBehindAHole() {
        lab.prove();
        fill(100);
        ask(Dialect.V6);
        lab.port.takeSent();
        lab.isRingFull = true;
        lab.deliver(
                FrameBuilder.of(Dialect.V6)
                        .updateCompressed(moved(5))
                        .updateRequest(5, CREATOR)
                        .bytes());
        SentFrames sent = run(10_000);
        assertEquals(Set.of(), answerKinds(sent));
        assertEquals(1, lab.count(GroupCounter.ANSWERS_WITHHELD));
        lab.isRingFull = false;
        assertEquals(100, run(5_000).byId().size(), "nobody else has answered meanwhile");
    }

    @Test
    void shouldCountByFieldWhatADialectCannotCarry() {
        lab.prove();
        lab.deliver(
                FrameBuilder.of(Dialect.V1500)
                        .names(lab.names)
                        .nowMs(lab.nowMs)
                        .insert(
                                new StateRecords(lab.names, lab.nowMs)
                                        .tcp(1, CREATOR)
                                        .timeout(22, 900)
                                        .record()
                                        .dialect(Dialect.V1500.ordinal()))
                        .insert(tagged(2))
                        .bytes(),
                OTHER,
                255,
                true);
        assertEquals(2, lab.table.size());
        ask(Dialect.V6);
        SentFrames sent = run(2_000);
        assertEquals(Set.of(2L), sent.byId().keySet());
        assertEquals(1, lab.count(GroupCounter.UNREPRESENTABLE));
        assertEquals(1, lab.count(GroupCounter.UNREPRESENTABLE_TIMEOUT));
        assertEquals(1, lab.count(GroupCounter.LOST_TAG));
        assertEquals(0, lab.count(GroupCounter.LOST_ROUTE));
    }

    private StateRecord tagged(int i) {
        return state(i).tag(lab.names.intern("VOIP")).dialect(Dialect.V1500.ordinal());
    }
}
