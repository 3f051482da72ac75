package org.pfsyncd.metrics;

import java.util.List;

/**
 * Whether a counter exists once a group, once a peer or once a node; in the order in which {@code
 * pfsyncd stats} prints them.
 */
public enum CounterScope {
    GROUP(List.of(GroupCounter.values())),
    PEER(List.of(PeerCounter.values())),
    NODE(List.of(NodeCounter.values()));

    private final List<CounterId> counters;

    CounterScope(List<? extends CounterId> counters) {
        this.counters = List.copyOf(counters);
    }

    /** Every counter of the scope, in the order of its catalogue. */
    public List<CounterId> counters() {
        return counters;
    }
}
