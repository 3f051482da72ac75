package org.pfsyncd.group;

import java.util.Arrays;

/**
 * Remembers which unknown states were asked for, so that a state nobody can deliver is not asked
 * for again and again (spec pfsync.md section 20.5).
 *
 * <p>First request at once, again after 1, 2 and 4 seconds if updates keep coming, then silence for
 * a minute unless the state arrives. A state that collided with a living one (a shadow) is asked
 * for again after 4 seconds and, each time, after twice as long, up to a minute: the living one may
 * have ended meanwhile, and nobody would send the other of his own accord. A direct-mapped table of
 * {@link #SLOTS} entries: a newer pair pushes an older one out, which costs one request more at
 * worst. Owned by the sync agent; allocates nothing.
 */
final class RequestGuard {
    static final int SLOTS = 16_384;
    static final int ATTEMPT_LIMIT = 4;
    static final long FIRST_WAIT_NS = 1_000_000_000L;
    static final long SILENCE_NS = 60_000_000_000L;
    static final long SHADOW_NS = 4_000_000_000L;

    /** Attempts of a shadow; one more for each time that it was asked for. */
    private static final int SHADOW = ATTEMPT_LIMIT + 1;

    private static final int SHADOW_LIMIT = SHADOW + 4;

    private final long[] ids = new long[SLOTS];
    private final int[] creatorIds = new int[SLOTS];
    private final int[] attempts = new int[SLOTS];
    private final long[] nextNs = new long[SLOTS];

    RequestGuard() {
        Arrays.fill(attempts, -1);
    }

    /** Whether a request for this unknown state may leave now; if so it is remembered as sent. */
    boolean mayRequest(long id, int creatorId, long nowNs) {
        int slot = slot(id, creatorId);
        if (!holds(slot, id, creatorId)) {
            remember(slot, id, creatorId, 1, nowNs + FIRST_WAIT_NS);
            return true;
        }
        if (nowNs - nextNs[slot] < 0) {
            return false;
        }
        if (attempts[slot] >= SHADOW) {
            int asked = Math.min(attempts[slot] + 1, SHADOW_LIMIT);
            remember(slot, id, creatorId, asked, nowNs + shadowWaitNs(asked));
            return true;
        }
        if (attempts[slot] == ATTEMPT_LIMIT) {
            remember(slot, id, creatorId, 1, nowNs + FIRST_WAIT_NS);
            return true;
        }
        int attempt = attempts[slot] + 1;
        long waitNs = attempt >= ATTEMPT_LIMIT ? SILENCE_NS : FIRST_WAIT_NS << (attempt - 1);
        remember(slot, id, creatorId, attempt, nowNs + waitNs);
        return true;
    }

    /**
     * The state lost against a living one with the same key. That others had it sent once more says
     * nothing about how long the living one will hold the key.
     */
    void shadow(long id, int creatorId, long nowNs) {
        int slot = slot(id, creatorId);
        if (!holds(slot, id, creatorId) || attempts[slot] < SHADOW) {
            remember(slot, id, creatorId, SHADOW, nowNs + SHADOW_NS);
        }
    }

    private static long shadowWaitNs(int attempt) {
        return Math.min(SHADOW_NS << (attempt - SHADOW), SILENCE_NS);
    }

    /** The state arrived. */
    void forget(long id, int creatorId) {
        int slot = slot(id, creatorId);
        if (holds(slot, id, creatorId)) {
            attempts[slot] = -1;
        }
    }

    private void remember(int slot, long id, int creatorId, int attempt, long next) {
        ids[slot] = id;
        creatorIds[slot] = creatorId;
        attempts[slot] = attempt;
        nextNs[slot] = next;
    }

    private boolean holds(int slot, long id, int creatorId) {
        return attempts[slot] >= 0 && ids[slot] == id && creatorIds[slot] == creatorId;
    }

    private static int slot(long id, int creatorId) {
        long mixed = (id ^ ((long) creatorId << 21)) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 50);
    }
}
