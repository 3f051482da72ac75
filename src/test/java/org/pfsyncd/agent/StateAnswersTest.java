package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.group.GroupRole;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** Answers to requests for single states (spec pfsync.md 8.8), and what each role sends at all. */
class StateAnswersTest {
    private static final int CREATOR = 0xa1b2c3d4;

    private GroupLab lab = GroupLab.member(5_000);

    @AfterEach
    void close() {
        lab.close();
    }

    private StateRecord state(int i) {
        return new StateRecords(lab.names, lab.nowMs)
                .tcp(i, CREATOR)
                .wire("10.1." + (i >> 8) + "." + (i & 0xFF) + ":1000", "10.2.0.10:80")
                .record();
    }

    private void fill(int count) {
        for (int i = 1; i <= count; i++) {
            lab.deliver(
                    FrameBuilder.of(Dialect.V6)
                            .names(lab.names)
                            .nowMs(lab.nowMs)
                            .insert(state(i))
                            .bytes(),
                    GroupLab.PROVER,
                    255,
                    true);
        }
        lab.port.takeSent();
    }

    private SentFrames sent() {
        return SentFrames.of(lab.port.takeSent(), lab);
    }

    @Test
    void shouldAnswerInTheDutyCycleOfTheRequestAndBehindItsBatch() {
        lab.prove();
        fill(3);
        StateRecord moved = state(2);
        moved.src().seqlo(5_000_000).seqhi(5_000_100);
        lab.deliver(
                FrameBuilder.of(Dialect.V6)
                        .updateRequest(1, CREATOR)
                        .updateRequest(2, CREATOR)
                        .names(lab.names)
                        .updateCompressed(moved)
                        .bytes());
        SentFrames sent = sent();
        assertEquals(Map.of("UPD", 2), sent.byKind);
        assertEquals(5_000_000, sent.byId().get(2L).src().seqlo(), "as it is behind the batch");
        assertEquals(0, lab.framesSentBeforePublish);
        assertEquals(2, lab.count(GroupCounter.STATE_ANSWERS));
    }

    @ParameterizedTest
    @EnumSource(names = {"V1301", "V1400", "V1500"})
    void shouldAnswerInTheNewestFormatHeardFromTheRequester(Dialect dialect) {
        lab.prove();
        fill(3);
        lab.deliver(
                FrameBuilder.of(dialect)
                        .names(lab.names)
                        .nowMs(lab.nowMs)
                        .insert(state(9))
                        .bytes());
        lab.port.takeSent();
        lab.deliver(FrameBuilder.of(Dialect.V1301).updateRequest(1, CREATOR).bytes());
        assertTrue(sent().messages.get(0).startsWith("UPD " + dialect), "in " + dialect);
    }

    @Test
    void shouldCountWhatIsNotHereAsTheKernelDoes() {
        lab.prove();
        fill(1);
        lab.deliver(FrameBuilder.of(Dialect.V6).updateRequest(77, CREATOR).bytes());
        assertEquals(Map.of(), sent().byKind);
        assertEquals(1, lab.count(GroupCounter.BADSTATE));
        assertEquals(1, lab.count(GroupCounter.ANSWER_UNKNOWN));
    }

    @Test
    void shouldNotAnswerFromAMirrorThatIsNotProven() {
        fill(1);
        lab.deliver(FrameBuilder.of(Dialect.V6).updateRequest(1, CREATOR).bytes());
        assertEquals(Map.of(), sent().byKind);
        assertEquals(1, lab.count(GroupCounter.ANSWERS_WITHHELD));
    }

    @Test
    void shouldAnswerAFrameOfManyRequestsOnceAndWithinBounds() {
        lab.prove();
        fill(300);
        FrameBuilder storm = FrameBuilder.of(Dialect.V6);
        for (int i = 0; i < 5_000; i++) {
            storm.updateRequest(1 + i % 300, CREATOR);
        }
        byte[] frame = storm.bytes();
        lab.deliver(frame);
        assertEquals(128, sent().byId().size());
        for (int i = 0; i < 100; i++) {
            lab.deliver(frame);
        }
        assertTrue(lab.count(GroupCounter.STATE_ANSWERS) <= 500, "a tenth of a second's rate");
        for (int i = 0; i < 1_000; i++) {
            lab.advanceMs(1);
            lab.deliver(frame);
        }
        long answers = lab.count(GroupCounter.STATE_ANSWERS);
        assertTrue(Math.abs(answers - 5_500) <= 100, answers + " in 1.1 s");
        long shed = lab.count(GroupCounter.ANSWERS_SHED);
        long merged = lab.count(GroupCounter.ANSWERS_MERGED);
        assertEquals(1_101L * 5_000, lab.count(GroupCounter.STATE_ANSWERS) + shed + merged);
    }

    @ParameterizedTest
    @EnumSource(GroupRole.class)
    void shouldSendNothingBeyondItsRole(GroupRole role) {
        lab.close();
        lab = new GroupLab(GroupLab.in(role, 5_000), 10_000);
        lab.work();
        assertEquals(Map.of("UPD_REQ bulk", 1), sent().byKind, "paced request of its own");
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkStart(1).bytes());
        lab.deliver(FrameBuilder.of(Dialect.V6).bulkEnd(1, 0).bytes());
        lab.advanceMs(3_000);
        fill(20);
        lab.deliver(
                FrameBuilder.of(Dialect.V6)
                        .names(lab.names)
                        .nowMs(lab.nowMs)
                        .update(state(3))
                        .updateCompressed(state(4))
                        .updateCompressed(state(999))
                        .deleteCompressed(5, CREATOR)
                        .clear(0x77, "")
                        .insertAck(3, CREATOR)
                        .bulkStart(1)
                        .bytes());
        assertEquals(Map.of("UPD_REQ", 1), sent().byKind, "for the unknown state");
        for (int i = 0; i < 120_000; i++) {
            lab.advanceMs(1);
            if (i % 1_000 == 0) {
                lab.deliver(
                        FrameBuilder.of(Dialect.V6)
                                .nowMs(lab.nowMs)
                                .updateCompressed(state(4))
                                .bytes());
            }
        }
        assertEquals(Map.of(), sent().byKind, "unasked, nobody sends: no DEL, CLR or expiry");
        lab.deliver(FrameBuilder.of(Dialect.V6).updateRequest(7, CREATOR).bulkRequest().bytes());
        for (int i = 0; i < 5_000; i++) {
            lab.advanceMs(1);
        }
        Map<String, Integer> answers =
                role == GroupRole.LISTEN ? Map.of() : Map.of("UPD", 20, "BUS", 2);
        assertEquals(answers, sent().byKind);
        assertEquals(role == GroupRole.LISTEN ? "" : "idle", lab.group.status(lab.nowNs).answer());
    }

    @Test
    void shouldAllocateNothingForSingleAnswers() {
        lab.close();
        lab = GroupLab.member(1_000_000);
        lab.prove();
        fill(2_000);
        lab.port.isSendCounted = true;
        Allocation.assertNoneInSteadyState(step(Integer.MAX_VALUE));
        assertTrue(lab.count(GroupCounter.STATE_ANSWERS) > 50_000);
    }

    @Test
    void shouldAllocateNothingForAnswersWithTheWholeTable() {
        lab.close();
        lab = GroupLab.member(1_000_000);
        lab.prove();
        fill(2_000);
        lab.port.isSendCounted = true;
        int stepsPerWindow = 20_000;
        long before = lab.count(GroupCounter.BULK_ANSWERS_BEGUN);
        int[] steps = {0};
        Runnable step = step(64);
        Allocation.assertNoneInSteadyState(
                stepsPerWindow,
                () -> {
                    steps[0]++;
                    step.run();
                });
        long dumps = lab.count(GroupCounter.BULK_ANSWERS_BEGUN) - before;
        // One takes a second, a window two.
        assertTrue(dumps >= steps[0] / stepsPerWindow, dumps + " dumps in steps: " + steps[0]);
    }

    /** A tenth of a millisecond with a request for a state, or each so many steps for all. */
    private Runnable step(int bulkEvery) {
        byte[] single = FrameBuilder.of(Dialect.V6).updateRequest(7, CREATOR).bytes();
        byte[] bulk = FrameBuilder.of(Dialect.V6).bulkRequest().bytes();
        UnsafeBuffer singleBuffer = new UnsafeBuffer(single);
        UnsafeBuffer bulkBuffer = new UnsafeBuffer(bulk);
        FrameInfo info = lab.port.info();
        int[] turn = {1};
        return () -> {
            boolean isBulk = turn[0]++ % bulkEvery == 0;
            lab.nowNs += 100_000;
            lab.group.poll(lab.handler, 64, lab.nowNs, lab.nowMs);
            if (isBulk) {
                lab.handler.onFrame(bulkBuffer, 0, bulk.length, info);
            } else {
                lab.handler.onFrame(singleBuffer, 0, single.length, info);
            }
            lab.group.work(lab.nowNs, lab.nowMs, true);
        };
    }
}
