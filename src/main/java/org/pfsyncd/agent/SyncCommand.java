package org.pfsyncd.agent;

/**
 * Something another thread wants of the sync agent, in a bounded slice: the only way to touch what
 * it owns. Runs on the sync agent's thread and may allocate; results travel back through the
 * command itself.
 */
public interface SyncCommand {
    /** Runs to completion within about a millisecond. */
    void run(SyncAgent agent, long nowNs, long nowMs);
}
