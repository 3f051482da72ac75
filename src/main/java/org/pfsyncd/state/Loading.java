package org.pfsyncd.state;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * What an operator does to the table by hand: loads states from a file, clears others. The rules
 * are {@code src/docs/state.md} section 10. Owned by the sync agent; the results stand in the batch
 * afterwards.
 *
 * <p>A file is old news: a load never removes a state, never makes one older, never gives one a new
 * life, and changes nothing of a state that lives but what the file knows later of its two sides,
 * its times and its counts.
 */
public final class Loading {
    /** A time further ahead of the clock than this is refused. */
    public static final long AHEAD_LIMIT_MS = 10_000;

    private final Ledger ledger;
    private final DeltaBatch batch;
    private final Tombstones tombstones;
    private final Removal removal;
    private final Purge purge;
    private final Collisions collisions;
    private final CounterSet<NodeCounter> counters;
    private final Lifetime lifetime;
    private final Copies copies;
    private final StateRecord incoming =
            new StateRecord()
                    .wrap(new UnsafeBuffer(ByteBuffer.allocateDirect(StateRecord.LENGTH)), 0);

    Loading(Parts parts, Lifetime lifetime) {
        ledger = parts.ledger;
        batch = parts.batch;
        tombstones = parts.tombstones;
        removal = parts.removal;
        purge = parts.purge;
        collisions = parts.collisions;
        counters = parts.counters;
        this.lifetime = lifetime;
        copies = new Copies(ledger.digest(), BrokenRule.NONE);
    }

    /** What it shares with the rest of the table. */
    record Parts(
            Ledger ledger,
            DeltaBatch batch,
            Tombstones tombstones,
            Removal removal,
            Purge purge,
            Collisions collisions,
            CounterSet<NodeCounter> counters) {}

    /**
     * Takes one state in. {@code received} has absolute times, or an end of 0 and seconds left, 0
     * for a complete life, that count from {@code savedAtMs}. Its mark says whether it counts as
     * confirmed, its origin node is the node that loads; it is changed.
     *
     * @return {@link Outcome#INSERTED}; MERGED: it was known and the file had something newer;
     *     STALE: it was known and the file had not; INVALID, AHEAD, ENDED, TOMBSTONED, FULL,
     *     COLLISION or OTHER_STATE: not taken in.
     */
    public int load(StateRecord received, long savedAtMs, long nowMs) {
        int outcome = take(received, savedAtMs, nowMs);
        boolean isNews = outcome == Outcome.INSERTED || outcome == Outcome.MERGED;
        if (isNews) {
            counters.increment(NodeCounter.OPERATOR_LOADED);
        } else if (outcome != Outcome.STALE) {
            counters.increment(NodeCounter.OPERATOR_REFUSED);
        }
        showCounts();
        return outcome;
    }

    /** What {@link #load} would answer now; the table stays as it is. */
    public int judge(StateRecord received, long savedAtMs, long nowMs) {
        int objection = objection(received, savedAtMs, nowMs);
        if (objection >= 0) {
            return objection;
        }
        StateRecord known = known(received);
        if (known == null || purge.isCleared(known)) {
            int refusal = refusalOfNew(received, nowMs);
            if (refusal < 0 && collisions.isKeyTaken(received)) {
                return Outcome.COLLISION;
            }
            return refusal < 0 ? Outcome.INSERTED : refusal;
        }
        if (!Identity.isSame(known, received, nowMs)) {
            return Outcome.OTHER_STATE;
        }
        return join(known, received) || Update.isDisplayLarger(received, known)
                ? Outcome.MERGED
                : Outcome.STALE;
    }

    /**
     * Removes a state that an operator chose to clear.
     *
     * @param createdAtMs of the state that was chosen: another one of the same id stays.
     * @return DELETED or UNKNOWN.
     */
    public int remove(StateRecord chosen, long createdAtMs, long nowMs) {
        StateRecord known = known(chosen);
        if (known == null || known.createdAtMs() != createdAtMs) {
            return Outcome.UNKNOWN;
        }
        removal.remove(known, purge.isCleared(known) ? Reason.CLEARED : Reason.OPERATOR, nowMs);
        showCounts();
        return Outcome.DELETED;
    }

    private int take(StateRecord received, long savedAtMs, long nowMs) {
        int objection = objection(received, savedAtMs, nowMs);
        if (objection >= 0) {
            return objection;
        }
        StateRecord known = known(received);
        if (known != null && purge.isCleared(known)) {
            removal.remove(known, Reason.CLEARED, nowMs);
            known = null;
        }
        if (known == null) {
            return admit(received, nowMs);
        }
        return Identity.isSame(known, received, nowMs)
                ? merge(known, received)
                : Outcome.OTHER_STATE;
    }

    private StateRecord known(StateRecord probe) {
        return ledger.store().get(probe.realm(), probe.id(), probe.creatorId());
    }

    /** Gives the record its times; an outcome, or -1 if all is well so far. */
    private int objection(StateRecord received, long savedAtMs, long nowMs) {
        if (!Copies.isValid(received)) {
            return Outcome.INVALID;
        }
        if (received.expiresAtMs() == 0) {
            lifetime.begin(received, savedAtMs);
        }
        boolean isAhead =
                received.createdAtMs() - nowMs > AHEAD_LIMIT_MS
                        || received.lastActivityMs() - nowMs > AHEAD_LIMIT_MS;
        return isAhead ? Outcome.AHEAD : -1;
    }

    private int refusalOfNew(StateRecord received, long nowMs) {
        if (received.expiresAtMs() <= nowMs) {
            return Outcome.ENDED;
        }
        if (tombstones.covers(received, nowMs)) {
            return Outcome.TOMBSTONED;
        }
        return ledger.isFull() ? Outcome.FULL : -1;
    }

    private int admit(StateRecord received, long nowMs) {
        int refusal = refusalOfNew(received, nowMs);
        if (refusal >= 0) {
            return refusal;
        }
        // A finished state keeps it out too: a load removes nothing but what was cleared.
        if (collisions.isKeyTaken(received) || collisions.isBlocked(received, nowMs)) {
            return Outcome.COLLISION;
        }
        incoming.copyFrom(received).marks(received.marks() | StateRecord.MARK_NEW);
        if (!ledger.insert(incoming)) {
            return Outcome.FULL;
        }
        batch.put(incoming, Reason.OPERATOR);
        return Outcome.INSERTED;
    }

    /**
     * As two nodes join their copies, but for what never changes: there the living state is right.
     * The reason is that of any update: a peer that has deleted the state meanwhile stays without.
     */
    private int merge(StateRecord known, StateRecord received) {
        boolean isMutableChanged = join(known, received);
        StateRecord joined = copies.joined();
        if (Update.isDisplayLarger(received, joined)) {
            Update.takeCounts(joined, received);
            ledger.replace(known, joined);
            batch.put(joined, Reason.UPDATE);
        } else if (isMutableChanged) {
            ledger.takeMutable(known, joined);
            batch.update(known, Reason.UPDATE);
        } else {
            return Outcome.STALE;
        }
        return Outcome.MERGED;
    }

    private boolean join(StateRecord known, StateRecord received) {
        copies.begin(known);
        return copies.joinMutable(received);
    }

    private void showCounts() {
        counters.set(NodeCounter.STATES, ledger.size());
        counters.set(NodeCounter.UNCONFIRMED, ledger.unconfirmed().count());
    }
}
