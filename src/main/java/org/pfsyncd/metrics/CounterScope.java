package org.pfsyncd.metrics;

import java.util.List;

/**
 * Whether a counter exists once a group, once a peer or once a node; in the order in which {@code
 * pfsyncd stats} prints them.
 */
public enum CounterScope {
    GROUP,
    PEER,
    NODE;

    /** Every counter of the scope, in the order of its catalogue. */
    public List<CounterId> counters() {
        return switch (this) {
            case GROUP -> List.of(GroupCounter.values());
            case PEER -> List.of(PeerCounter.values());
            case NODE -> List.of(NodeCounter.values());
        };
    }
}
