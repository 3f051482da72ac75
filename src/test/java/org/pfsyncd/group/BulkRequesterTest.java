package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.GroupCounter;

class BulkRequesterTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long PACE = 10 * SECOND;
    private static final long HOUR_MS = 3_600_000;
    private static final int HOLDER = 3;

    private final CounterSet<GroupCounter> counters = Counters.inMemory().group("g");
    private final RequestBudget budget =
            new RequestBudget(new UnsafeBuffer(new byte[16]), 20, HOUR_MS);
    private final BulkRequester bulk = new BulkRequester(budget, PACE, counters);
    private long nowNs = Long.MAX_VALUE - 100 * SECOND; // the clock wraps during most tests

    /** Sends if due; true if it did. */
    private boolean ask() {
        boolean isDue = bulk.isRequestDue(nowNs, 0);
        if (isDue) {
            bulk.onSent(nowNs);
        }
        return isDue;
    }

    private void request() {
        bulk.want(nowNs);
        assertTrue(ask());
    }

    private void assertDoneAfterSettling() {
        nowNs += BulkRequester.SETTLE_NS - 1;
        assertFalse(bulk.work(nowNs), "one nanosecond early");
        nowNs++;
        assertTrue(bulk.work(nowNs));
        assertEquals(BulkPhase.DONE, bulk.phase());
        assertEquals(1, counters.get(GroupCounter.BULK_DONE));
    }

    private void assertFailedAfterBound() {
        nowNs += BulkRequester.BOUND_NS - 1;
        assertFalse(bulk.work(nowNs));
        assertEquals(0, counters.get(GroupCounter.BULK_FAILED), "one nanosecond early");
        nowNs++;
        assertFalse(bulk.work(nowNs), "a failure is not shown as success");
        assertEquals(BulkPhase.FAILED, bulk.phase());
        assertEquals(1, counters.get(GroupCounter.BULK_FAILED));
        assertEquals(0, counters.get(GroupCounter.BULK_DONE));
    }

    @Test
    void shouldCompleteAfterStartAndEnd() {
        request();
        bulk.onStart(HOLDER, nowNs);
        assertEquals(BulkPhase.RUNNING, bulk.phase());
        nowNs += SECOND;
        bulk.onEnd(1, nowNs);
        assertDoneAfterSettling();
    }

    @Test
    void shouldTakeLoneEndOfEndtimeZero() {
        request();
        bulk.onEnd(0, nowNs);
        assertDoneAfterSettling();
    }

    @Test
    void shouldIgnoreBulkStatusThatNobodyAskedFor() {
        bulk.onStart(HOLDER, nowNs);
        bulk.onEnd(0, nowNs);
        assertEquals(BulkPhase.IDLE, bulk.phase());
        bulk.want(nowNs);
        bulk.onEnd(0, nowNs);
        assertEquals(BulkPhase.WANTED, bulk.phase(), "an answer to somebody else's request");
    }

    @Test
    void shouldRefuseEndOfDumpThatBeganBeforeRequest() {
        request();
        bulk.onStart(HOLDER, nowNs);
        nowNs += 5 * SECOND;
        bulk.onEnd(7, nowNs);
        assertEquals(BulkPhase.RUNNING, bulk.phase(), "began 2 s before we asked");
        assertEquals(1, counters.get(GroupCounter.BULK_BAD_TIMESTAMP));
        bulk.onEnd(6, nowNs);
        assertEquals(BulkPhase.SETTLING, bulk.phase(), "whole seconds: 6 may be 5 and a bit");
    }

    @Test
    void shouldRefuseLargestEndtimeWithoutOverflow() {
        request();
        bulk.onEnd(0xFFFF_FFFFL, nowNs);
        assertEquals(1, counters.get(GroupCounter.BULK_BAD_TIMESTAMP));
    }

    @Test
    void shouldGoBackToRunningWhenSecondHolderStarts() {
        request();
        bulk.onEnd(0, nowNs);
        bulk.onStart(HOLDER, nowNs);
        assertEquals(BulkPhase.RUNNING, bulk.phase());
        bulk.onEnd(0, nowNs);
        assertDoneAfterSettling();
    }

    @Test
    void shouldRepeatEveryFiveSecondsTwelveTimesAndFail() {
        request();
        long requestedNs = nowNs;
        for (int i = 1; i < BulkRequester.TRY_LIMIT; i++) {
            nowNs += BulkRequester.RETRY_NS - 1;
            assertFalse(ask(), "one nanosecond early");
            nowNs++;
            assertTrue(ask());
        }
        assertEquals(BulkRequester.TRY_LIMIT, bulk.tries());
        nowNs = requestedNs + BulkRequester.BOUND_NS - 1;
        assertFalse(bulk.work(nowNs) || bulk.phase() == BulkPhase.FAILED);
        nowNs++;
        assertFalse(ask(), "no thirteenth");
        assertFalse(bulk.work(nowNs));
        assertEquals(BulkPhase.FAILED, bulk.phase());
    }

    /** The dump is over, and nobody said so. */
    private void assertAskedAgainAfter(long waitNs) {
        long lost = counters.get(GroupCounter.BULK_ENDS_LOST);
        nowNs += waitNs - 1;
        assertFalse(bulk.work(nowNs));
        assertEquals(BulkPhase.RUNNING, bulk.phase(), "one nanosecond early");
        nowNs++;
        assertFalse(bulk.work(nowNs), "nothing is proven");
        assertTrue(ask());
        assertEquals(lost + 1, counters.get(GroupCounter.BULK_ENDS_LOST));
        assertEquals(0, counters.get(GroupCounter.BULK_FAILED));
    }

    @Test
    void shouldAskAgainFiveSecondsAfterTheLastStateIfEndIsLost() {
        request();
        bulk.onStart(HOLDER, nowNs);
        assertAskedAgainAfter(BulkRequester.QUIET_NS);
        bulk.onStart(HOLDER, nowNs);
        nowNs += BulkRequester.QUIET_NS - 1;
        bulk.onUpdate(HOLDER, nowNs);
        assertAskedAgainAfter(BulkRequester.QUIET_NS);
        bulk.onStart(HOLDER, nowNs);
        bulk.onEnd(0, nowNs);
        assertDoneAfterSettling();
    }

    @Test
    void shouldNotTakeOthersUpdatesForTheDump() {
        request();
        bulk.onStart(HOLDER, nowNs);
        for (int i = 0; i < BulkRequester.PROGRESS_UPDATES - 1; i++) {
            bulk.onUpdate(HOLDER + 1, nowNs + BulkRequester.QUIET_NS - 1);
        }
        assertAskedAgainAfter(BulkRequester.QUIET_NS);
    }

    @Test
    void shouldWaitForWhoeverOfTwoHoldersStillSends() {
        request();
        bulk.onStart(HOLDER, nowNs);
        bulk.onStart(HOLDER + 1, nowNs);
        bulk.onUpdate(HOLDER, nowNs + SECOND);
        nowNs += SECOND;
        assertAskedAgainAfter(BulkRequester.QUIET_NS);
    }

    /** They answer single requests, long after the dump is over. */
    @Test
    void shouldNotTakeFewUpdatesForProgress() {
        request();
        bulk.onStart(HOLDER, nowNs);
        for (int i = 1; i <= 59; i++) {
            bulk.onUpdate(HOLDER, nowNs + i * SECOND);
        }
        assertAskedAgainAfter(BulkRequester.BOUND_NS);
    }

    @Test
    void shouldTakeManyUpdatesForProgress() {
        request();
        bulk.onStart(HOLDER, nowNs);
        for (int second = 0; second < 100; second++) {
            nowNs += SECOND;
            for (int i = 0; i < BulkRequester.PROGRESS_UPDATES / 10; i++) {
                bulk.onUpdate(HOLDER, nowNs);
            }
            assertFalse(bulk.work(nowNs));
        }
        assertEquals(BulkPhase.RUNNING, bulk.phase());
    }

    @Test
    void shouldFailWhenTwelveDumpsEndWithoutAnEnd() {
        request();
        for (int i = 1; i < BulkRequester.TRY_LIMIT; i++) {
            bulk.onStart(HOLDER, nowNs);
            assertAskedAgainAfter(BulkRequester.QUIET_NS);
        }
        bulk.onStart(HOLDER, nowNs);
        assertFailedAfterBound();
    }

    @Test
    void shouldNotWaitForEverForLostStartWhileOthersAreAnswered() {
        request();
        for (int i = 0; i < 10 * BulkRequester.PROGRESS_UPDATES; i++) {
            bulk.onUpdate(HOLDER, nowNs + 59 * SECOND);
        }
        assertFailedAfterBound();
    }

    @Test
    void shouldTryAgainFiveMinutesAfterFailure() {
        request();
        assertFailedAfterBound();
        nowNs += BulkRequester.AFTER_FAILURE_NS - 1;
        bulk.work(nowNs);
        assertFalse(ask());
        nowNs++;
        bulk.work(nowNs);
        assertTrue(ask());
        assertEquals(1, bulk.tries());
    }

    @Test
    void shouldTryAgainWhenSomebodyAppearsAfterFailureOnly() {
        request();
        bulk.onAppearance(nowNs);
        assertEquals(BulkPhase.REQUESTED, bulk.phase());
        assertFailedAfterBound();
        bulk.onAppearance(nowNs);
        assertTrue(ask());
    }

    @Test
    void shouldKeepPaceBetweenRepairs() {
        request();
        bulk.want(nowNs + 1);
        nowNs += PACE - 1;
        assertFalse(ask(), "one nanosecond early");
        nowNs++;
        assertTrue(ask());
    }

    @Test
    void shouldPutOffRepairWhileStatesAreRefused() {
        request();
        bulk.onEnd(0, nowNs);
        bulk.onRefused(nowNs);
        nowNs += BulkRequester.SETTLE_NS;
        assertFalse(bulk.work(nowNs), "what was refused is not complete");
        assertEquals(BulkPhase.FAILED, bulk.phase());
        bulk.onRefused(nowNs + BulkRequester.AFTER_FAILURE_NS / 2);
        nowNs += BulkRequester.AFTER_FAILURE_NS;
        bulk.work(nowNs);
        assertTrue(ask(), "a further refusal puts nothing off");
    }

    @Test
    void shouldSayWhenBudgetDeniesAndAskAgainLater() {
        while (budget.take(0)) {
            assertTrue(budget.left(0) >= 0);
        }
        bulk.want(nowNs);
        assertFalse(bulk.isRequestDue(nowNs, 0));
        assertTrue(bulk.isDenied());
        assertEquals(1, counters.get(GroupCounter.BULK_DENIED));
        assertFalse(bulk.isRequestDue(nowNs + BulkRequester.RETRY_NS - 1, HOUR_MS));
        assertTrue(bulk.isRequestDue(nowNs + BulkRequester.RETRY_NS, HOUR_MS));
        assertFalse(bulk.isDenied());
    }

    @Test
    void shouldNotPayForRequestThatDidNotLeave() {
        bulk.want(nowNs);
        assertTrue(bulk.isRequestDue(nowNs, 0));
        assertEquals(19, budget.left(0));
        bulk.onSendFailed(nowNs);
        assertEquals(20, budget.left(0));
        assertFalse(bulk.isRequestDue(nowNs + BulkRequester.RETRY_NS - 1, 0));
        assertTrue(bulk.isRequestDue(nowNs + BulkRequester.RETRY_NS, 0));
    }

    @Test
    void shouldNotTakeALateEndOfTheDumpThatLostSomethingForTheAnswer() {
        BulkRequester quick = new BulkRequester(budget, SECOND, counters);
        quick.want(nowNs);
        send(quick);
        quick.onStart(HOLDER, nowNs);
        nowNs += 2 * SECOND;
        long behindSinceNs = nowNs - SECOND;
        quick.want(nowNs); // the kernel dropped packets of the dump
        send(quick);
        quick.onStart(HOLDER, nowNs); // the holder says that it goes on
        nowNs += 1_200_000_000L;
        quick.onPoll(behindSinceNs);
        quick.onEnd(2, nowNs); // sent before we asked again, read only now
        assertEquals(BulkPhase.RUNNING, quick.phase());
        assertEquals(1, counters.get(GroupCounter.BULK_BAD_TIMESTAMP));

        nowNs += BulkRequester.QUIET_NS;
        assertFalse(quick.work(nowNs));
        send(quick);
        quick.onStart(HOLDER, nowNs);
        nowNs += 2 * SECOND;
        quick.onPoll(behindSinceNs); // still behind, but no other dump is under way any more
        quick.onEnd(2, nowNs);
        assertEquals(BulkPhase.SETTLING, quick.phase());
    }

    private void send(BulkRequester requester) {
        assertTrue(requester.isRequestDue(nowNs, 0));
        requester.onSent(nowNs);
    }
}
