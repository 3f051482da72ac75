package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
    private static final long REFILL_MS = 1_000;
    private static final long NOW_MS = 1_700_000_000_000L;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
    private RequestBudget budget = new RequestBudget(buffer, 3, REFILL_MS);

    private void empty() {
        for (int i = 0; i < 3; i++) {
            assertTrue(budget.take(NOW_MS));
        }
        assertFalse(budget.take(NOW_MS));
    }

    @Test
    void shouldGrantItsCapacityAndNoMore() {
        assertEquals(3, budget.left(NOW_MS));
        empty();
        assertEquals(0, budget.left(NOW_MS));
    }

    @Test
    void shouldSurviveInItsBuffer() {
        empty();
        budget = new RequestBudget(buffer, 3, REFILL_MS);
        assertFalse(budget.take(NOW_MS), "a crash loop gets nothing");
    }

    @Test
    void shouldRefillOneAnInterval() {
        empty();
        assertFalse(budget.take(NOW_MS + REFILL_MS - 1));
        assertTrue(budget.take(NOW_MS + REFILL_MS));
        assertFalse(budget.take(NOW_MS + 2 * REFILL_MS - 1));
        assertEquals(3, budget.left(NOW_MS + 100 * REFILL_MS), "never above its capacity");
    }

    @Test
    void shouldWaitForClockThatWentBackOneIntervalAtMost() {
        empty();
        long backMs = NOW_MS - 86_400_000;
        assertFalse(budget.take(backMs));
        assertFalse(budget.take(backMs + REFILL_MS - 1));
        assertTrue(budget.take(backMs + REFILL_MS));
    }

    @Test
    void shouldStartFullWhenBufferHoldsNonsense() {
        buffer.putLong(0, Long.MIN_VALUE);
        assertEquals(3, budget.left(NOW_MS));
        buffer.putLong(0, 1_000);
        assertEquals(3, budget.left(NOW_MS));
    }

    @Test
    void shouldTakeBackButNotAboveCapacity() {
        assertTrue(budget.take(NOW_MS));
        budget.giveBack();
        budget.giveBack();
        assertEquals(3, budget.left(NOW_MS));
    }
}
