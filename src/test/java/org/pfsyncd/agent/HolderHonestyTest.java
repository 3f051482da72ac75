package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.wire.Dialect;

/**
 * Who answers a request for the whole table, and when an answer may end (design section 5): a
 * rebooting firewall becomes master on the strength of our END.
 */
class HolderHonestyTest extends HolderFixture {
    @Test
    void shouldWaitForOthersWhileNotProven() {
        ask(Dialect.V6);
        lab.port.takeSent();
        assertEquals(Set.of(), answerKinds(run(2_990)));
        assertEquals(1, run(20).marks.size(), "nobody else answers: START");
    }

    @Test
    void shouldLeaveTheAnswerToAnotherWhileNotProven() {
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        assertEquals(Set.of(), answerKinds(run(20_000)));
        assertEquals(1, lab.count(CounterId.BULK_ANSWERS_LEFT));
    }

    @Test
    void shouldNotTakeTheRequestersOwnStartForAnAnswer() {
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes());
        assertEquals(Set.of("BUS"), answerKinds(run(3_100)));
    }

    @Test
    void shouldNotEndADumpWhoseMirrorIsNoLongerProven() {
        lab.prove();
        fill(1_000);
        ask(Dialect.V6);
        run(50);
        lab.port.drops = 1;
        SentFrames sent = run(2_000);
        assertEquals(1, lab.count(CounterId.BULK_ANSWERS_ABANDONED));
        assertEquals(List.of(), sent.marks, "no END");
        // Nobody else answers, so after three seconds the waiting request is answered after all.
        sent = run(6_000);
        assertEquals(2, sent.marks.size());
        assertEquals(1_000, sent.byId().size());
    }

    @Test
    void shouldWaitForTheEndOfAnother() {
        lab.prove();
        fill(10);
        ask(Dialect.V6);
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(2).bytes(), OTHER, 255, true);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, ends(run(1_000)), "their dump is running");
            deliverUpdate();
        }
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkEnd(2, 10).bytes(), OTHER, 255, true);
        assertEquals(1, ends(run(1)));
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
            deliverUpdate();
        }
        assertEquals(0, ends);
        assertEquals(1, ends(run(2_000)), "after a minute");
    }

    private void deliverUpdate() {
        lab.deliver(
                FrameBuilder.of(Dialect.V6)
                        .names(lab.names)
                        .nowMs(lab.nowMs)
                        .update(state(1))
                        .bytes(),
                OTHER,
                255,
                true);
    }
}
