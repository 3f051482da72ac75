package org.pfsyncd.group;

import org.agrona.concurrent.AtomicBuffer;

/**
 * How many bulk requests may still be sent: a token bucket that lives in a buffer which outlasts
 * the process, so that a crash loop does not make the firewalls send their table again and again.
 *
 * <p>Wall-clock based, since a monotonic clock does not outlast a reboot; a clock that went back
 * refills nothing until it has caught up, but never longer than one interval. Owned by the sync
 * agent.
 *
 * <p>Buffer, little-endian: tokens + 1 (8 bytes, 0 in a new buffer), instant of the last refill in
 * epoch ms (8 bytes).
 */
final class RequestBudget {
    private static final int TOKENS_OFFSET = 0;
    private static final int REFILLED_OFFSET = 8;

    private final AtomicBuffer buffer;
    private final int capacity;
    private final long refillMs;

    /**
     * @param buffer at least 16 bytes.
     * @param capacity most requests at once.
     * @param refillMs one more request is granted each time this many milliseconds have passed.
     */
    RequestBudget(AtomicBuffer buffer, int capacity, long refillMs) {
        this.buffer = buffer;
        this.capacity = capacity;
        this.refillMs = refillMs;
    }

    /** Takes one request out of the budget, or says no. */
    boolean take(long nowMs) {
        refill(nowMs);
        long tokens = buffer.getLong(TOKENS_OFFSET) - 1;
        if (tokens <= 0) {
            return false;
        }
        buffer.putLongRelease(TOKENS_OFFSET, tokens);
        return true;
    }

    /** A request taken just now did not leave after all. */
    void giveBack() {
        buffer.putLongRelease(
                TOKENS_OFFSET, Math.min(capacity + 1L, buffer.getLong(TOKENS_OFFSET) + 1));
    }

    /** Requests left. */
    int left(long nowMs) {
        refill(nowMs);
        return (int) (buffer.getLong(TOKENS_OFFSET) - 1);
    }

    private void refill(long nowMs) {
        long stored = buffer.getLong(TOKENS_OFFSET);
        if (stored < 1 || stored > capacity + 1L) {
            buffer.putLong(REFILLED_OFFSET, nowMs);
            buffer.putLongRelease(TOKENS_OFFSET, capacity + 1L);
            return;
        }
        long elapsedMs = nowMs - buffer.getLong(REFILLED_OFFSET);
        if (elapsedMs < -refillMs) {
            buffer.putLong(REFILLED_OFFSET, nowMs);
        } else if (elapsedMs >= refillMs) {
            long grants = elapsedMs / refillMs;
            buffer.putLong(REFILLED_OFFSET, buffer.getLong(REFILLED_OFFSET) + grants * refillMs);
            buffer.putLongRelease(TOKENS_OFFSET, Math.min(capacity + 1L, stored + grants));
        }
    }
}
