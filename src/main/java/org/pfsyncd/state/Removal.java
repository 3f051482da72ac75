package org.pfsyncd.state;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.StateRecord;

/**
 * Takes a state out of the living table: delta, tombstone, count, ledger. Owned by the sync agent.
 */
final class Removal {
    private final Ledger ledger;
    private final DeltaBatch batch;
    private final Tombstones tombstones;
    private final CounterSet<NodeCounter> counters;

    Removal(
            Ledger ledger,
            DeltaBatch batch,
            Tombstones tombstones,
            CounterSet<NodeCounter> counters) {
        this.ledger = ledger;
        this.batch = batch;
        this.tombstones = tombstones;
        this.counters = counters;
    }

    /** {@code record} is not valid afterwards. */
    void remove(StateRecord record, int reason, long nowMs) {
        batch.delete(record, reason);
        if (leavesTombstone(reason)) {
            tombstones.add(record, reason != Reason.OPERATOR, nowMs);
        }
        count(reason);
        ledger.remove(record);
    }

    /** A state goes because the journal says so: no delta, no count, but the same memory of it. */
    void replay(StateRecord record, int reason, long timeMs) {
        if (leavesTombstone(reason)) {
            tombstones.add(record, reason != Reason.OPERATOR, timeMs);
        }
        ledger.remove(record);
    }

    /**
     * A clear, a peer's or an operator's, may hit more states than there are tombstones: it takes
     * free ones only. A sweep and our own timer conclude from silence: a firewall that still speaks
     * of such a state, because its rules give it longer, is right, and may bring it back at once.
     */
    private boolean leavesTombstone(int reason) {
        return switch (reason) {
            case Reason.SWEPT, Reason.EXPIRED -> false;
            case Reason.CLEARED, Reason.OPERATOR -> !tombstones.isFull();
            default -> true;
        };
    }

    private void count(int reason) {
        switch (reason) {
            case Reason.PEER_DELETE -> counters.increment(NodeCounter.DELETED);
            case Reason.EXPIRED -> counters.increment(NodeCounter.EXPIRED);
            case Reason.CLEARED -> counters.increment(NodeCounter.CLEARED);
            case Reason.SWEPT -> counters.increment(NodeCounter.SWEPT);
            case Reason.OPERATOR -> counters.increment(NodeCounter.OPERATOR_CLEARED);
            default -> {}
        }
    }
}
