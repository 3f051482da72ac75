package org.pfsyncd.state;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;

/** What a table shows of itself in the node's counters. Owned by the sync agent. */
final class TableGauges {
    private final CounterSet<NodeCounter> counters;
    private final Ledger ledger;
    private final Tombstones tombstones;
    private final NameTable names;
    private final Knowledge knowledge;

    TableGauges(
            CounterSet<NodeCounter> counters,
            Ledger ledger,
            Tombstones tombstones,
            NameTable names,
            Knowledge knowledge) {
        this.counters = counters;
        this.ledger = ledger;
        this.tombstones = tombstones;
        this.names = names;
        this.knowledge = knowledge;
    }

    /** Counts what a message came to, and answers it. */
    int counted(int outcome) {
        if (outcome == Outcome.INSERTED) {
            counters.increment(NodeCounter.INSERTED);
        } else if (outcome == Outcome.MERGED || outcome == Outcome.HALF_STALE) {
            counters.increment(NodeCounter.MERGED);
        }
        showCounts();
        return outcome;
    }

    /** What each message may change. */
    void showCounts() {
        counters.set(NodeCounter.STATES, ledger.size());
        counters.set(NodeCounter.UNCONFIRMED, ledger.unconfirmed().count());
    }

    void showAll() {
        showCounts();
        counters.set(NodeCounter.TOMBSTONES, tombstones.count());
        counters.set(NodeCounter.NAMES, names.size() - 1L);
        counters.set(NodeCounter.LINK_NODES_FORGOTTEN, knowledge.forgotten());
    }
}
