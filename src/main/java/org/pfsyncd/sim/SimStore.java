package org.pfsyncd.sim;

/** Where the journals of simulated nodes lie. */
public enum SimStore {
    /** In objects of the simulation: fast, and the disk has all faults. */
    MEMORY,
    /** In real Chronicle Queues, in the directory given. */
    CHRONICLE
}
