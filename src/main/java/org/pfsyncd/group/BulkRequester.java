package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;

/**
 * Asks the segment for its whole table and decides when the answer is complete (spec pfsync.md
 * sections 12.2 to 12.4, 20.1).
 *
 * <p>Asks every 5 s, at most 12 times. START moves to running; a lone END (OpenBSD before 7.4 with
 * an empty table) counts too. END may overtake data, so 2 s must pass without a fault before the
 * update is done. An END whose endtime says that its dump began before our request is an older
 * dump's and is ignored. END is one frame and may be lost: a dump whose sender says no full update
 * for 5 s is over, and is asked for again, which the kernels do when their deadline has passed. So
 * is one that shows no progress for 60 s, if its sender answers single requests meanwhile: only
 * {@link #PROGRESS_UPDATES} full updates are progress, which the slowest kernel sends in two
 * seconds. Ends by proof or by a bound: 60 s without a START, or 12 requests without an END are a
 * failure, and a failure is never shown as success; it is tried again after 5 minutes, or when a
 * sender appears: a new one, or one that was silent for a minute, as while it rebooted. Requests
 * leave no oftener than {@code paceNs} and only within the {@link RequestBudget}.
 *
 * <p>Owned by the sync agent; time is an argument.
 */
final class BulkRequester {
    static final long RETRY_NS = 5_000_000_000L;
    static final int TRY_LIMIT = 12;
    static final long BOUND_NS = 60_000_000_000L;

    /** No full update of those who said START for this long: their dump is over, END was lost. */
    static final long QUIET_NS = 5_000_000_000L;

    static final long SETTLE_NS = 2_000_000_000L;
    static final long AFTER_FAILURE_NS = 300_000_000_000L;
    static final int PROGRESS_UPDATES = 256;

    private final RequestBudget budget;
    private final long paceNs;
    private final CounterSet<GroupCounter> counters;

    private BulkPhase phase = BulkPhase.IDLE;
    private long requestedNs;
    private long progressNs;
    private long updatedNs;
    private long holders;
    private long dueNs;
    private int tries;
    private int updates;
    private boolean isDenied;
    private boolean hasRequested;
    private boolean isOverlapping;
    private long drainedNs;

    BulkRequester(RequestBudget budget, long paceNs, CounterSet<GroupCounter> counters) {
        this.budget = budget;
        this.paceNs = paceNs;
        this.counters = counters;
    }

    BulkPhase phase() {
        return phase;
    }

    /** Whether the last request that was due was denied by the budget. */
    boolean isDenied() {
        return isDenied;
    }

    int tries() {
        return tries;
    }

    /** Where the repair of a fault stands, in words for operators. */
    String describe() {
        return switch (phase) {
            case FAILED -> "the last bulk update did not complete";
            case WANTED -> isDenied ? "bulk request denied by the budget" : "bulk request pending";
            case REQUESTED -> "bulk requested, try " + tries + " of " + TRY_LIMIT;
            case RUNNING -> "bulk update running";
            case SETTLING -> "bulk update ended, settling";
            case IDLE, DONE -> phase.text();
        };
    }

    /**
     * A bulk update is needed from now on; one that is under way does not count, since it may have
     * lost something.
     */
    void want(long nowNs) {
        isOverlapping |=
                phase == BulkPhase.REQUESTED
                        || phase == BulkPhase.RUNNING
                        || phase == BulkPhase.SETTLING;
        long earliestNs = hasRequested ? requestedNs + paceNs : nowNs;
        phase = BulkPhase.WANTED;
        dueNs = earliestNs - nowNs > 0 ? earliestNs : nowNs;
        tries = 0;
        progressNs = dueNs;
    }

    /** Somebody was heard who was not there: after a failure this is worth another try. */
    void onAppearance(long nowNs) {
        if (phase == BulkPhase.FAILED) {
            want(nowNs);
        }
    }

    /**
     * A full update arrived; while the table is being sent, many of them are progress.
     *
     * @param sender index in the {@link SenderTable}, -1 if it is not tracked.
     */
    void onUpdate(int sender, long nowNs) {
        if (phase != BulkPhase.RUNNING) {
            return;
        }
        if (sender < 0 || (holders & OtherHolders.bit(sender)) != 0) {
            updatedNs = nowNs;
        }
        if (++updates >= PROGRESS_UPDATES) {
            updates = 0;
            progressNs = nowNs;
        }
    }

    /**
     * A state of the segment could not be kept, so no update can be complete before room is made:
     * one under way has failed, and the next is tried when a failed one would be.
     */
    void onRefused(long nowNs) {
        if (phase != BulkPhase.FAILED) {
            fail(nowNs);
        }
    }

    /**
     * Frames are about to be handed over.
     *
     * @param sinceNs all of them arrived later than this.
     */
    void onPoll(long sinceNs) {
        drainedNs = sinceNs;
    }

    /** BUS START. */
    void onStart(int sender, long nowNs) {
        if (phase == BulkPhase.REQUESTED || phase == BulkPhase.SETTLING) {
            phase = BulkPhase.RUNNING;
            progressNs = nowNs;
            updates = 0;
            holders = 0;
        }
        holders |= OtherHolders.bit(sender);
        updatedNs = nowNs;
    }

    /**
     * BUS END.
     *
     * @param endTimeS seconds since the holder received the request, by its own clock.
     */
    void onEnd(long endTimeS, long nowNs) {
        if (phase != BulkPhase.REQUESTED && phase != BulkPhase.RUNNING) {
            return;
        }
        // An END that waited in the socket is older than it seems: that of a dump which lost what
        // we ask for again must not pass for the answer to that.
        long heardNs = isOverlapping ? drainedNs : nowNs;
        // Both sides count whole seconds, so a dump may seem to have begun up to a second early.
        long begunNs = heardNs - (endTimeS - 1) * 1_000_000_000L;
        if (endTimeS > 0 && begunNs - requestedNs < 0) {
            counters.increment(GroupCounter.BULK_BAD_TIMESTAMP);
            return;
        }
        phase = BulkPhase.SETTLING;
        dueNs = nowNs + SETTLE_NS;
    }

    /** Whether a request must be sent now; the caller then calls {@link #onSent}. */
    boolean isRequestDue(long nowNs, long nowMs) {
        boolean isWaiting = phase == BulkPhase.WANTED || phase == BulkPhase.REQUESTED;
        if (!isWaiting || nowNs - dueNs < 0 || tries >= TRY_LIMIT) {
            return false;
        }
        isDenied = !budget.take(nowMs);
        if (isDenied) {
            counters.increment(GroupCounter.BULK_DENIED);
            dueNs = nowNs + RETRY_NS;
        }
        return !isDenied;
    }

    /** The request left. */
    void onSent(long nowNs) {
        if (phase == BulkPhase.WANTED) {
            progressNs = nowNs;
            requestedNs = nowNs;
            hasRequested = true;
        }
        phase = BulkPhase.REQUESTED;
        dueNs = nowNs + RETRY_NS;
        tries++;
        counters.increment(GroupCounter.BULK_REQUESTS);
    }

    /** The request could not be sent: it costs nothing; try again in a while. */
    void onSendFailed(long nowNs) {
        budget.giveBack();
        dueNs = nowNs + RETRY_NS;
    }

    /** Deadlines. Returns true if the update has just become {@link BulkPhase#DONE}. */
    boolean work(long nowNs) {
        switch (phase) {
            case SETTLING -> {
                if (nowNs - dueNs >= 0) {
                    phase = BulkPhase.DONE;
                    isOverlapping = false;
                    counters.increment(GroupCounter.BULK_DONE);
                    return true;
                }
            }
            case REQUESTED -> {
                if (nowNs - (progressNs + BOUND_NS) >= 0) {
                    fail(nowNs);
                }
            }
            case RUNNING -> run(nowNs);
            case FAILED -> {
                if (nowNs - dueNs >= 0) {
                    want(nowNs);
                }
            }
            case IDLE, WANTED, DONE -> {}
        }
        return false;
    }

    private void run(long nowNs) {
        boolean isOverdue = nowNs - (progressNs + BOUND_NS) >= 0;
        if (tries >= TRY_LIMIT) {
            if (isOverdue) {
                fail(nowNs);
            }
        } else if (isOverdue || nowNs - (updatedNs + QUIET_NS) >= 0) {
            phase = BulkPhase.REQUESTED;
            isOverlapping = false; // whatever was under way is over
            dueNs = nowNs;
            progressNs = nowNs;
            counters.increment(GroupCounter.BULK_ENDS_LOST);
        }
    }

    private void fail(long nowNs) {
        phase = BulkPhase.FAILED;
        isOverlapping = false;
        dueNs = nowNs + AFTER_FAILURE_NS;
        counters.increment(GroupCounter.BULK_FAILED);
    }
}
