package org.pfsyncd.metrics;

/** Whether a counter exists once a node, once a group or once a peer. */
public enum CounterScope {
    NODE,
    GROUP,
    PEER
}
