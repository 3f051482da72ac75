package org.pfsyncd.journal;

import java.io.IOException;

/**
 * The side of a store that writes and deletes. Each method names its caller; what two of them share
 * is safe between them.
 */
interface WriteSide {
    /** By the agent or the recovery: makes the empty queue of a new incarnation. */
    void create(long incarnation) throws IOException;

    /** By the agent or the recovery: opens the queue that {@link #create} made. */
    QueueSink open(long incarnation, long timeMs);

    /** By the agent: a snapshot is complete. */
    void complete(SnapshotHints.Hint snapshot) throws IOException;

    /** By the agent: whether journaling must stop, for space runs out. */
    boolean isLow();

    /** By the agent: whether there is space enough to begin again. */
    boolean isPlentiful();

    /** By the janitor: whether it prepares and watches space for this store. */
    boolean isOnDisk();

    /**
     * By the janitor: deletes what no replay from this snapshot needs and the settings do not keep.
     *
     * @param newest complete snapshot of this process, or null.
     * @return what was deleted: files, or documents in memory.
     */
    int retain(SnapshotHints.Hint newest, long nowMs) throws IOException;
}
