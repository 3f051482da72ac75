package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.Dialect;

/** Requests for the whole table while an answer is under way (spec pfsync.md 12.2, 12.3). */
class HolderAgainTest extends HolderFixture {
    private static final int RATE = 100;

    @BeforeEach
    void slow() {
        lab.close();
        lab = GroupLab.member(RATE);
        lab.prove();
    }

    private void ask(String source, Dialect dialect) {
        lab.deliver(bulkRequest(dialect), source, 255, true);
    }

    private void begin(int states, Dialect dialect) {
        fill(states);
        lab.port.takeSent();
        ask(dialect);
        assertEquals(List.of(START), run(100).marks);
    }

    @Test
    void shouldSayStartAgainInVersionFiveAndGoOn() {
        begin(1_000, Dialect.V1301);
        run(4_900);
        ask(GroupLab.PEER, Dialect.V1301);
        assertEquals(List.of(START), run(100).marks, "its patience begins anew");
        ask(GroupLab.PEER, Dialect.V1301);
        ask(GroupLab.PEER, Dialect.V1301);
        SentFrames sent = run(30_000);
        assertEquals(List.of("BUS #0 600dcafe endtime=10 status=2"), sent.marks);
        assertEquals(1_000, lab.count(GroupCounter.BULK_ANSWER_STATES), "one dump");
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_BEGUN));
        assertEquals(0, lab.count(GroupCounter.BULK_ANSWERS_RESTARTED));
        assertEquals(1, lab.count(GroupCounter.BULK_STARTS_REPEATED));
        assertEquals(3, lab.count(GroupCounter.ANSWERS_MERGED));
    }

    @Test
    void shouldWarnWithTheRateThatWouldDo() {
        begin(1_000, Dialect.V1301);
        run(3_800);
        ask(GroupLab.PEER, Dialect.V1301);
        assertEquals(0, lab.count(GroupCounter.BULK_ANSWERS_SLOW), "START may have been lost");
        run(100 + 4_000);
        ask(GroupLab.PEER, Dialect.V1301);
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_SLOW));
        String warning = lab.warnings.get(lab.warnings.size() - 1);
        assertTrue(
                warning.matches(
                        "bulk answer slower than a firewall waits group=g to=10.0.0.1"
                                + " states=\\d+ answer_rate=100 takes_s=\\d+\\.\\d"
                                + " asked_again_after_s=4\\.\\d"
                                + " action=set-group.answer-rate-to-\\d+"),
                warning);
        double states = Double.parseDouble(warning.replaceAll(".* states=(\\d+) .*", "$1"));
        assertTrue(states > 800 && states < 1_200, warning);
    }

    @Test
    void shouldLetAnotherDumpFollowForWhoeverAsksLater() {
        begin(1_000, Dialect.V1301);
        run(4_900);
        ask(OTHER, Dialect.V1301);
        assertEquals(List.of(START), run(100).marks, "it need not give up waiting");
        assertEquals(2, ends(run(30_000)));
        assertEquals(2_000, lab.count(GroupCounter.BULK_ANSWER_STATES));
        assertEquals(2, lab.count(GroupCounter.BULK_ANSWERS_BEGUN));
    }

    @Test
    void shouldBeginAgainForASecondThatAsksAtOnce() {
        begin(1_000, Dialect.V1301);
        run(1_900);
        ask(OTHER, Dialect.V1301);
        SentFrames sent = run(30_000);
        assertEquals(List.of(START, "BUS #0 600dcafe endtime=10 status=2"), sent.marks);
        assertEquals(1_000, sent.byId().size(), "all of them behind the second START");
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_RESTARTED));
    }

    /** Behind any START an END would be believed, whenever the dump began. */
    @Test
    void shouldBeginAgainInVersionSixWhenStartMayBeLost() {
        begin(1_000, Dialect.V6);
        run(1_900);
        ask(GroupLab.PEER, Dialect.V6);
        SentFrames sent = run(30_000);
        assertEquals(List.of(START, "BUS #0 600dcafe endtime=10 status=2"), sent.marks);
        assertEquals(1_000, sent.byId().size());
        assertEquals(1, lab.count(GroupCounter.BULK_ANSWERS_BEGUN));
    }

    @Test
    void shouldBeginAgainInVersionSixThreeTimesAtMost() {
        begin(3_000, Dialect.V6);
        for (int i = 1; i <= 5; i++) {
            run(5_000);
            ask(GroupLab.PEER, Dialect.V6);
            run(10);
            assertEquals(Math.min(i, 3), lab.count(GroupCounter.BULK_ANSWERS_RESTARTED));
        }
        assertEquals(1, ends(run(30_000)));
        assertEquals(1, ends(run(40_000)), "the fourth and fifth are answered behind it");
    }

    @Test
    void shouldNotBeginAgainInVersionSixShortOfTheEnd() {
        begin(1_000, Dialect.V6);
        run(4_900);
        ask(GroupLab.PEER, Dialect.V6);
        assertEquals(2, ends(run(30_000)));
        assertEquals(0, lab.count(GroupCounter.BULK_ANSWERS_RESTARTED));
    }
}
