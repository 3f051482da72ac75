package org.pfsyncd.metrics;

/** Whether a counter exists once a node or once a group. */
public enum CounterScope {
    NODE,
    GROUP
}
