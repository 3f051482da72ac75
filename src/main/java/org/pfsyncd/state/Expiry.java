package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/**
 * Removes states whose life and grace are over, by walking the key index in slices. Owned by the
 * sync agent.
 *
 * <p>The index knows for each state a deadline that is never later than the true one; where it is
 * earlier, because updates came since, the walk writes down the true one. A state goes within one
 * interval and one walk of its deadline.
 */
final class Expiry {
    /** At least so long from the start of one walk to the next. */
    static final long INTERVAL_MS = 2_000;

    /** Slots that cost as much as one removal, about. */
    static final int SLOTS_PER_UNIT = 16;

    private static final long MS_PER_S = 1_000;

    private final Ledger ledger;
    private final KeyIndex index;
    private final Removal removal;
    private long position;
    private long walkStartedMs = Long.MIN_VALUE;

    Expiry(Ledger ledger, Removal removal) {
        this.ledger = ledger;
        this.index = ledger.index();
        this.removal = removal;
    }

    /**
     * @param budget units: one removal, or the examination of {@link #SLOTS_PER_UNIT} slots.
     * @return units used, 0 between walks.
     */
    int work(long nowMs, int budget) {
        if (position == 0 && !isTimeToWalk(nowMs)) {
            return 0;
        }
        long nowS = Math.floorDiv(nowMs, MS_PER_S);
        long limit = Math.min(index.slotCount(), position + (long) budget * SLOTS_PER_UNIT);
        long from = position;
        int visited = 0;
        position = index.firstDue(position, limit, nowS);
        while (position < limit && visited < budget) {
            visited++;
            visit(position, nowMs);
            position = index.firstDue(position, limit, nowS);
        }
        int used = visited + 1 + (int) ((position - from) / SLOTS_PER_UNIT);
        if (position == index.slotCount()) {
            position = 0;
        }
        return used;
    }

    /** Also when the clock was set back. */
    private boolean isTimeToWalk(long nowMs) {
        if (walkStartedMs != Long.MIN_VALUE
                && nowMs >= walkStartedMs
                && nowMs - walkStartedMs < INTERVAL_MS) {
            return false;
        }
        walkStartedMs = nowMs;
        return true;
    }

    /** Afterwards the slot holds another state, or this one and the walk is past it. */
    private void visit(long slot, long nowMs) {
        StateRecord record =
                ledger.store().get(index.realm(slot), index.id(slot), index.creatorId(slot));
        assert record != null : "the key index names a state that is not in the table";
        if (ledger.isDue(record, nowMs)) {
            removal.remove(record, Reason.EXPIRED, nowMs);
        } else {
            ledger.arm(record);
            position = slot + 1;
        }
    }
}
