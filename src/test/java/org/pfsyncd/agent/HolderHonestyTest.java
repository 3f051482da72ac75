package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.wire.Dialect;

/**
 * Who answers a request for the whole table, and when an answer may end (design section 5): a
 * rebooting firewall becomes master on the strength of our END.
 */
class HolderHonestyTest extends HolderFixture {
    @Test
    void shouldWaitForOthersWhileNotProven() {
        hearFirewall();
        ask(Dialect.V6);
        lab.port.takeSent();
        assertEquals(Set.of(), answerKinds(run(2_990)));
        assertEquals(1, run(20).marks.size(), "nobody else answers: START");
    }

    @Test
    void shouldLeaveTheAnswerToAnotherWhileNotProven() {
        hearFirewall();
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        assertEquals(Set.of(), answerKinds(run(20_000)));
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_LEFT));
    }

    @Test
    void shouldNotTakeTheRequestersOwnStartForAnAnswer() {
        hearFirewall();
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes());
        assertEquals(Set.of("BUS"), answerKinds(run(3_100)));
    }

    @Test
    void shouldNotEndADumpWhoseMirrorIsNoLongerProven() {
        lab.prove();
        hearFirewall();
        fill(1_000);
        ask(Dialect.V6);
        run(50);
        lab.port.drops = 1;
        SentFrames sent = run(2_000);
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_ABANDONED));
        assertEquals(List.of(), sent.marks, "no END");
        // Nobody else answers, so after three seconds the waiting request is answered after all.
        sent = run(6_000);
        assertEquals(2, sent.marks.size());
        assertEquals(1_000, sent.byId().size());
    }

    @Test
    void shouldWaitWhileAnotherAnswersAnEarlierRequest() {
        hearFirewall();
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        ask(Dialect.V6);
        for (int i = 0; i < 10; i++) {
            assertEquals(Set.of(), answerKinds(run(1_000)), "their dump is running");
            deliverUpdate(OTHER);
        }
        // Of a dump that began before we asked, so that it is no proof for us either.
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkEnd(2, 60).bytes(), OTHER, 255, true);
        assertEquals(Set.of(), answerKinds(run(2_990)), "it may begin again, for this request");
        assertEquals(List.of(UNPROVEN_START), run(20).marks, "it does not");
    }

    @Test
    void shouldNotEndAMinuteBeforeAnotherWhileNotProven() {
        hearFirewall();
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes());
        for (int i = 0; i < 70; i++) {
            assertEquals(0, ends(run(1_000)), "after " + i + " s");
            deliverUpdate(GroupLab.PEER);
        }
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_ABANDONED));
    }

    @Test
    void shouldTakeARunOfFullUpdatesForALostStart() {
        hearFirewall();
        ask(Dialect.V6);
        for (int i = 0; i < 8; i++) {
            run(100);
            deliverUpdate(OTHER);
        }
        assertEquals(List.of(), run(20_000).marks);
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_LEFT));
    }

    @Test
    void shouldLeaveOffWhenFullUpdatesShowThatAnotherAnswers() {
        hearFirewall();
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
        for (int i = 0; i < 8; i++) {
            deliverUpdate(OTHER);
        }
        assertEquals(List.of(), run(20_000).marks, "no END");
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_LEFT));
    }

    @Test
    void shouldNotTakeFewOrOvertakenFullUpdatesForAStart() {
        hearFirewall();
        ask(Dialect.V6);
        for (int i = 0; i < 7; i++) {
            deliverUpdate(OTHER); // answers to single requests
        }
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkEnd(2, 10).bytes(), OTHER, 255, true);
        for (int i = 0; i < 20; i++) {
            deliverUpdate(OTHER); // END has overtaken them
        }
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
    }

    @Test
    void shouldProveNobodyWhoIsNotKnownAsAFirewallWhileNotProven() {
        deliverUpdate(GroupLab.PEER); // as a member that answers
        ask(Dialect.V6);
        assertEquals(Set.of(), answerKinds(run(70_000)));
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_LEFT), "forgotten after a minute");
        ask(Dialect.V6);
        hearFirewall();
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
    }

    @Test
    void shouldProveNoRelayWhileNotProven() {
        hearFirewall();
        lab.deliver(FrameBuilder.of(Dialect.V6).insertAck(GroupLab.BEACON, 7).bytes());
        ask(Dialect.V6);
        hearFirewall();
        assertEquals(Set.of(), answerKinds(run(10_000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {GroupLab.HOST_ID + 1, 0x80000000})
    void shouldGoOnWithTheLowerHostIdWhereTwoBeginAtOnce(int higher) {
        hearFirewall();
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(higher).bytes(), OTHER, 255, true);
        for (int i = 0; i < 10; i++) {
            deliverUpdate(OTHER); // sent before it heard our START
        }
        assertEquals(1, ends(run(3_000)));
    }

    @Test
    void shouldLeaveTheAnswerToTheLowerHostIdOrToOneThatBeginsLater() {
        hearFirewall();
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
        int lower = GroupLab.HOST_ID - 1;
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(lower).bytes(), OTHER, 255, true);
        assertEquals(0, ends(run(10_000)));
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_110).marks);
        int higher = GroupLab.HOST_ID + 1;
        run(100);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(higher).bytes(), OTHER, 255, true);
        assertEquals(0, ends(run(10_000)));
        assertEquals(2, lab.count(GroupCounter.BULK_ANSWERS_LEFT));
    }

    @Test
    void shouldWaitForTheEndOfAnother() {
        lab.prove();
        fill(10);
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, ends(run(1_000)), "their dump is running");
            deliverUpdate(OTHER);
        }
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkEnd(2, 10).bytes(), OTHER, 255, true);
        assertEquals(1, ends(run(1)));
    }

    /** Two firewalls whose states collide answer each other's requests for ever (6.6). */
    @Test
    void shouldNotTakeAnswersToSingleRequestsForADumpThatGoesOn() {
        lab.prove();
        fill(10);
        for (int i = 0; i < 8; i++) {
            deliverUpdate(OTHER);
        }
        ask(Dialect.V6);
        int ends = 0;
        for (int i = 0; i < 50; i++) {
            deliverUpdate(OTHER);
            ends += (int) ends(run(100 + i % 2 * 100)); // six or seven a second
        }
        assertEquals(1, ends, "once the first eight are three seconds old");
    }

    @Test
    void shouldEndThoughTheEndOfAnotherIsLostOrNeverComes() {
        lab.prove();
        fill(10);
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        assertEquals(0, ends(run(2_900)));
        assertEquals(1, ends(run(200)), "quiet for three seconds");
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        long ends = 0;
        for (int i = 0; i < 59; i++) {
            ends += ends(run(1_000));
            deliverUpdate(OTHER);
        }
        assertEquals(0, ends);
        assertEquals(1, ends(run(2_000)), "after a minute");
    }

    private void deliverUpdate(String source) {
        lab.deliver(
                FrameBuilder.of(Dialect.V6)
                        .names(lab.names)
                        .nowMs(lab.nowMs)
                        .update(state(1))
                        .bytes(),
                source,
                255,
                true);
    }

    /** Who asks is a firewall; who asks meanwhile is not, and is not served yet. */
    @Test
    void shouldNotBeginAgainForANodeWhileNotProven() {
        hearFirewall();
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
        lab.deliver(bulkRequest(Dialect.V6), OTHER, 255, true);
        assertEquals(List.of("BUS #0 600dcafe endtime=4 status=2 unproven"), run(10_000).marks);
        assertEquals(0, lab.count(GroupCounter.BULK_ANSWERS_RESTARTED));
    }

    @Test
    void shouldMarkAnAnswerThatWasBegunBeforeTheProof() {
        hearFirewall();
        insert(state(1));
        ask(Dialect.V6);
        assertEquals(List.of(UNPROVEN_START), run(3_010).marks);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkEnd(1, 0).bytes(), GroupLab.PROVER, 255, true);
        List<String> marks = run(5_000).marks;
        assertTrue(lab.group.isInSync(), lab.reason());
        assertEquals(1, marks.size());
        assertTrue(marks.get(0).endsWith("status=2 unproven"), marks.toString());
    }
}
