package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** What keeps a mirror proven, what ends that, and how soon it is proven again. */
class ListenerProofTest {
    private static final int CREATOR = 0xa1b2c3d4;
    private static final String MEMBER = "10.0.0.2";

    private final GroupLab lab = GroupLab.auto();

    @AfterEach
    void close() {
        lab.close();
    }

    private FrameBuilder frame() {
        return FrameBuilder.of(Dialect.V6).names(lab.names).nowMs(lab.nowMs);
    }

    private StateRecord state() {
        return new StateRecords(lab.names, lab.nowMs).tcp(1, CREATOR).record();
    }

    private void update(String source) {
        lab.deliver(frame().update(state()).bytes(), source, 255, true);
    }

    /** Seconds, with a message of somebody in each. */
    private void runS(int seconds, Runnable each) {
        for (int i = 0; i < seconds; i++) {
            lab.advanceMs(1_000);
            each.run();
        }
    }

    @Test
    void shouldNoticeTheSilenceOfTheFirewallsWhileAMemberAnswersOthers() {
        lab.deliver(frame().insert(state()).bytes());
        lab.prove();
        runS(118, () -> update(MEMBER));
        assertTrue(lab.group.isInSync(), lab.reason());
        runS(5, () -> update(MEMBER));
        assertFalse(lab.group.isInSync(), "no firewall has spoken for two minutes");
        assertTrue(lab.reason().startsWith("nothing heard of states"), lab.reason());
    }

    @Test
    void shouldTakeNoMarkOfAnUnprovenMemberForAProof() {
        lab.work();
        for (int status : new int[] {BulkStatusDecoder.START, BulkStatusDecoder.END}) {
            byte[] mark = frame().bulkUnproven(2, status).bytes();
            lab.deliver(mark, MEMBER, 255, true);
        }
        runS(6, () -> {});
        assertFalse(lab.group.isInSync(), lab.reason());
        assertEquals(2, lab.count(GroupCounter.BULK_UNPROVEN_HEARD));
        assertEquals(2, lab.count(GroupCounter.BULK_REQUESTS), "it goes on asking");
        lab.deliver(frame().bulkEnd(1, 0).bytes());
        runS(3, () -> {});
        assertTrue(lab.group.isInSync(), "a firewall's");
    }

    @Test
    void shouldTakeTheFullUpdatesOfAFirewallForNews() {
        lab.deliver(frame().insert(state()).bytes());
        lab.prove();
        runS(200, () -> update(GroupLab.PEER));
        assertTrue(lab.group.isInSync(), lab.reason());
    }

    @Test
    void shouldAskAgainSoonWhenTheEndOfADumpIsLost() {
        lab.work();
        assertEquals(1, lab.count(GroupCounter.BULK_REQUESTS));
        lab.deliver(frame().bulkStart(1).bytes());
        runS(3, () -> update(GroupLab.PEER));
        runS(4, () -> {});
        assertEquals(1, lab.count(GroupCounter.BULK_REQUESTS), "it may only be slow");
        runS(2, () -> {});
        assertEquals(2, lab.count(GroupCounter.BULK_REQUESTS), "quiet for five seconds");
        lab.deliver(frame().bulkStart(1).bytes());
        lab.deliver(frame().bulkEnd(1, 0).bytes());
        runS(3, () -> {});
        assertTrue(lab.group.isInSync(), lab.reason());
        assertEquals(0, lab.count(GroupCounter.BULK_FAILED));
    }

    @Test
    void shouldAskAgainWhenTheLostEndIsHiddenByAnswersToOthers() {
        lab.work();
        lab.deliver(frame().bulkStart(1).bytes());
        runS(62, () -> update(GroupLab.PEER));
        assertEquals(0, lab.count(GroupCounter.BULK_FAILED));
        assertEquals(2, lab.count(GroupCounter.BULK_REQUESTS), "a minute of single answers");
    }

    @Test
    void shouldNotAskForEverWhereEveryEndIsLost() {
        lab.work();
        runS(
                290,
                () -> {
                    if (lab.port.takeSent().size() > 0) {
                        lab.deliver(frame().bulkStart(1).bytes());
                    }
                });
        assertEquals(1, lab.count(GroupCounter.BULK_FAILED));
        assertEquals(12, lab.count(GroupCounter.BULK_REQUESTS), "as often as a kernel");
    }
}
