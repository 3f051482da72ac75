package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.group.AckMode;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.FakePort;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** A listener's duties: what it asks for, what it answers and when, and when it is in sync. */
class GroupRulesTest {
    private static final int CREATOR = 0x0badcafe;
    private static final int FLAG_ACK = 0x10;
    private static final String OTHER = "10.0.0.3";
    private static final byte[] START = FrameBuilder.of(Dialect.V1301).bulkStart(CREATOR).bytes();
    private static final byte[] END = FrameBuilder.of(Dialect.V1301).bulkEnd(CREATOR, 0).bytes();

    private GroupLab lab = GroupLab.auto();

    @AfterEach
    void close() {
        lab.close();
    }

    private StateRecord state(long id) {
        return new StateRecords(lab.names)
                .tcp(id, CREATOR)
                .wire("10.1.0.10:" + (1_000 + id % 60_000), "10.2.0.10:80")
                .record();
    }

    private FrameBuilder frame() {
        return FrameBuilder.of(Dialect.V1301).names(lab.names).nowMs(lab.nowMs);
    }

    private void synchronise() {
        lab.work().deliver(START).deliver(END).advanceMs(2_000);
        assertTrue(lab.group.isInSync(), lab.reason());
        lab.port.takeSent();
    }

    private void assertOneBulkRequest() {
        List<byte[]> sent = lab.port.takeSent();
        assertEquals(1, sent.size());
        assertTrue(FakePort.isBulkRequest(sent.get(0)));
    }

    private void assertRepairs(String reason) {
        assertFalse(lab.group.isInSync());
        assertTrue(lab.reason().startsWith(reason), lab.reason());
        lab.advanceMs(10_000);
        List<byte[]> sent = lab.port.takeSent();
        assertTrue(sent.size() == 1 || sent.size() == 2, "asked, and once more at most");
        assertTrue(sent.stream().allMatch(FakePort::isBulkRequest));
        lab.deliver(START).deliver(END).advanceMs(1_999);
        assertFalse(lab.group.isInSync(), "END may overtake data");
        lab.advanceMs(1);
        assertTrue(lab.group.isInSync());
        assertEquals("in sync", lab.reason());
    }

    @Test
    void shouldAskForTableAtStartAndBelieveItsEnd() {
        assertFalse(lab.group.isInSync());
        lab.work();
        assertOneBulkRequest();
        assertEquals(1, lab.count(GroupCounter.output(Action.UPD_REQ)));
        assertFalse(lab.group.isInSync());
        lab.deliver(END).advanceMs(2_000);
        assertTrue(lab.group.isInSync());
    }

    @Test
    void shouldNeverPretendSuccessWhenNobodyAnswers() {
        lab.work();
        for (int second = 0; second < 3_600; second++) {
            lab.advanceMs(1_000);
            assertFalse(lab.group.isInSync());
        }
        assertEquals(lab.count(GroupCounter.BULK_REQUESTS), lab.port.sent.size());
        assertTrue(lab.count(GroupCounter.BULK_FAILED) >= 9, "once in six minutes");
        assertTrue(lab.port.sent.size() <= 100 + 1, "the budget holds");
    }

    @Test
    void shouldTakeTurnsWithHeaderVersionsWhileNobodyIsHeard() {
        lab.work();
        lab.advanceMs(5_000);
        assertEquals(List.of(5, 6), lab.port.takeSent().stream().map(f -> (int) f[0]).toList());
    }

    @Test
    void shouldRepairAfterSocketDrops() {
        synchronise();
        lab.advanceMs(1_000);
        assertTrue(lab.group.isInSync());
        lab.port.drops = 3;
        lab.advanceMs(1_000);
        assertEquals(3, lab.count(GroupCounter.SOCKET_DROPS));
        assertRepairs("the kernel dropped packets");
    }

    @Test
    void shouldRepairAfterInterfaceWasRecreated() {
        synchronise();
        lab.port.isReopened = true;
        lab.advanceMs(1_000);
        assertEquals(1, lab.count(GroupCounter.SOCKET_REOPENED));
        assertRepairs("interface was created anew");
    }

    @Test
    void shouldRepairAfterPortWasDownAndSendNothingMeanwhile() {
        synchronise();
        lab.port.isUp = false;
        assertFalse(lab.group.isInSync(), "at once");
        lab.advanceMs(20_000);
        assertEquals(List.of(), lab.port.takeSent());
        lab.port.isUp = true;
        assertRepairs("interface down");
    }

    @Test
    void shouldRepairAfterSilenceThatGarbageDoesNotBreak() {
        synchronise();
        lab.deliver(frame().deleteCompressed(1, CREATOR).bytes());
        lab.advanceMs(119_999);
        lab.deliver(frame().version(4).bytes()).deliver(new byte[19]);
        assertTrue(lab.group.isInSync());
        lab.advanceMs(1_001);
        assertRepairs("nothing heard");
    }

    @Test
    void shouldHearASilenceBehindAnotherMirror() {
        synchronise();
        for (int i = 0; i < 12; i++) {
            lab.deliver(frame().bulkRequest().bytes(), OTHER, 255, true);
            lab.deliver(START, OTHER, 255, true).deliver(END, OTHER, 255, true);
            lab.deliver(frame().insertAck(1, CREATOR).bytes(), OTHER, 255, true);
            lab.advanceMs(10_000);
        }
        assertRepairs("nothing heard");
    }

    @Test
    void shouldHearASilenceBehindARelay() {
        synchronise();
        lab.deliver(frame().insertAck(GroupLab.BEACON, 7).bytes(), OTHER, 255, true);
        for (int i = 0; i < 12; i++) {
            lab.deliver(frame().insert(state(i + 1)).bytes(), OTHER, 255, true);
            lab.advanceMs(10_000);
        }
        assertRepairs("nothing heard");
    }

    @Test
    void shouldTakeWhateverSpeaksOfStatesForALivingFirewall() {
        synchronise();
        List<FrameBuilder> news =
                List.of(
                        frame().insert(state(1)),
                        frame().update(state(1)),
                        frame().updateCompressed(state(1)),
                        frame().delete(state(1)),
                        frame().deleteCompressed(1, CREATOR),
                        frame().clear(CREATOR, ""));
        for (FrameBuilder frame : news) {
            lab.advanceMs(100_000);
            assertTrue(lab.group.isInSync(), lab.reason());
            lab.deliver(frame.bytes());
        }
        lab.port.takeSent();
        lab.advanceMs(121_000);
        assertRepairs("nothing heard");
    }

    @Test
    void shouldRepairAfterRingWasFull() {
        synchronise();
        lab.isRingFull = true;
        lab.deliver(frame().insert(state(1)).bytes());
        lab.isRingFull = false;
        assertRepairs("journal ring full");
    }

    @Test
    void shouldNotBeInSyncWithFullTableHoweverOftenEndIsHeard() {
        lab.close();
        lab = new GroupLab(GroupLab.settings(null, AckMode.NEVER, Set.of()), 1);
        lab.work().deliver(START);
        lab.deliver(frame().update(state(1)).update(state(2)).bytes());
        lab.deliver(END).advanceMs(2_000);
        assertFalse(lab.group.isInSync());
        assertTrue(lab.reason().startsWith("table full"), lab.reason());
        lab.deliver(frame().deleteCompressed(1, CREATOR).bytes());
        lab.port.takeSent();
        lab.advanceMs(300_000);
        assertOneBulkRequest();
        lab.deliver(START).deliver(frame().update(state(2)).bytes());
        lab.deliver(END).advanceMs(2_000);
        assertTrue(lab.group.isInSync());
    }

    @Test
    void shouldAskOnceWithAllIdsForUnknownUpdatesAndImportTheAnswer() {
        FrameBuilder updates = frame();
        for (int id = 1; id <= 17; id++) {
            updates.updateCompressed(state(id));
        }
        lab.deliver(updates.bytes());
        List<byte[]> sent = lab.port.takeSent();
        assertEquals(1, sent.size(), "one frame in the cycle of its cause");
        assertEquals(Action.UPD_REQ, sent.get(0)[20]);
        assertEquals(17, FakePort.count(sent.get(0)));
        assertEquals(17, lab.count(GroupCounter.REQUESTS_SENT));
        lab.deliver(updates.bytes());
        assertEquals(List.of(), lab.port.takeSent(), "asked a moment ago");
        assertEquals(17, lab.count(GroupCounter.REQUESTS_SUPPRESSED));
        lab.deliver(frame().update(state(1)).bytes());
        assertEquals(1, lab.table.size());
        lab.deliver(frame().updateCompressed(state(1)).bytes());
        assertEquals(List.of(), lab.port.takeSent(), "known now");
    }

    @Test
    void shouldSplitRequestsOfLargestFrameAtTheMtu() {
        FrameBuilder updates = frame();
        int total = (65_535 - 28) / 84;
        for (int id = 1; id <= total; id++) {
            updates.updateCompressed(state(id));
        }
        lab.deliver(updates.bytes());
        List<byte[]> sent = lab.port.takeSent();
        int asked = sent.stream().mapToInt(FakePort::count).sum();
        assertEquals(total, asked);
        assertEquals((total + 117) / 118, sent.size());
        for (byte[] frame : sent) {
            assertTrue(frame.length + 48 <= 1_500, "with headers of IPv6 and UDP");
        }
        assertEquals(total, lab.count(GroupCounter.output(Action.UPD_REQ)));
        assertEquals(sent.size(), lab.count(GroupCounter.output(Action.EOF)));
    }

    @Test
    void shouldCountNothingSentThatThePortRefused() {
        lab.port.isSendRefused = true;
        lab.deliver(frame().updateCompressed(state(1)).bytes()).work();
        assertEquals(2, lab.count(GroupCounter.OERRORS));
        assertEquals(0, lab.count(GroupCounter.OPACKETS));
        assertEquals(0, lab.count(GroupCounter.REQUESTS_SENT));
        assertEquals(0, lab.count(GroupCounter.output(Action.UPD_REQ)));
    }

    @Test
    void shouldAcknowledgeOnlyAfterPublish() {
        StateRecord held = state(1);
        held.stateFlags(FLAG_ACK);
        lab.deliver(frame().insert(held).bytes());
        assertEquals(0, lab.framesSentBeforePublish);
        assertEquals(1, lab.published);
        List<byte[]> sent = lab.port.takeSent();
        assertEquals(1, sent.size());
        assertEquals(Action.INS_ACK, sent.get(0)[20]);
        assertEquals(1, lab.count(GroupCounter.INS_ACK_SENT));
    }

    @Test
    void shouldWithholdAcknowledgementWhenRingRefuses() {
        StateRecord held = state(1);
        held.stateFlags(FLAG_ACK);
        lab.isRingFull = true;
        lab.deliver(frame().insert(held).bytes());
        assertEquals(List.of(), lab.port.takeSent());
        assertEquals(0, lab.count(GroupCounter.INS_ACK_SENT));
        assertEquals(1, lab.count(GroupCounter.INS_ACK_WITHHELD));
        lab.isRingFull = false;
        lab.deliver(frame().deleteCompressed(9, CREATOR).bytes());
        assertEquals(List.of(), lab.port.takeSent(), "not with the next frame either");
    }

    @Test
    void shouldNotAcknowledgeWhatWasRefused() {
        lab.deliver(frame().insert(state(1)).bytes());
        StateRecord collides = state(1);
        collides.id(2).stateFlags(FLAG_ACK);
        lab.deliver(frame().insert(collides).bytes());
        assertEquals(1, lab.count(GroupCounter.INS_COLLISION));
        assertEquals(List.of(), lab.port.takeSent());
        lab.deliver(frame().updateCompressed(collides).bytes());
        assertEquals(List.of(), lab.port.takeSent(), "a shadow is not asked for");
    }

    @Test
    void shouldLookOnlyAtFirstBulkStatusOfRegion() {
        lab.work();
        lab.deliver(frame().bulkStart(CREATOR).bulkEnd(CREATOR, 0).bytes()).advanceMs(2_000);
        assertFalse(lab.group.isInSync());
    }

    @Test
    void shouldSendNothingButRequestsAndAcknowledgements() {
        for (int second = 0; second < 1_200; second++) {
            StateRecord held = state(second % 50);
            held.stateFlags(second % 3 == 0 ? FLAG_ACK : 0);
            held.src().seqlo(second % 7);
            lab.deliver(frame().insert(held).bytes());
            lab.deliver(frame().updateCompressed(state(second % 90)).bytes());
            lab.deliver(frame().updateRequest(second % 50, CREATOR).bulkRequest().bytes());
            if (second % 40 == 0) {
                lab.deliver(frame().deleteCompressed(second % 50, CREATOR).bytes());
                lab.deliver(frame().clear(CREATOR, "").bytes()).deliver(START).deliver(END);
                lab.port.drops++;
            }
            lab.advanceMs(1_000);
        }
        for (int action = 0; action < Action.COUNT; action++) {
            long sent = lab.count(GroupCounter.output(action));
            boolean isAllowed =
                    action == Action.UPD_REQ || action == Action.INS_ACK || action == Action.EOF;
            assertEquals(isAllowed, sent > 0, "action " + action + " sent " + sent + " times");
        }
        for (byte[] frame : lab.port.sent) {
            assertTrue(frame[20] == Action.UPD_REQ || frame[20] == Action.INS_ACK);
        }
    }
}
