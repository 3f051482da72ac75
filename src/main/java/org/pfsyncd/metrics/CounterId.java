package org.pfsyncd.metrics;

/**
 * One row of the catalogue of counters: its name for scripts, and a sentence of meaning. The rows
 * are in one enum a scope, so that the compiler knows which set has which counter.
 */
public sealed interface CounterId permits GroupCounter, PeerCounter, NodeCounter {
    /** Name in {@code stats --json}, unlike that of any other counter of any scope. */
    String label();

    /** One sentence, without a full stop. */
    String meaning();
}
