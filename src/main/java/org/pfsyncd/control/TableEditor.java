package org.pfsyncd.control;

import java.util.List;
import java.util.concurrent.TimeoutException;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * What an operator may change in the table, in bounded slices on the sync agent's thread; called by
 * any thread but that one. What changed is in the journal's ring when a call returns.
 */
public interface TableEditor {
    /** Most states of one {@link #load} or {@link #remove}. */
    int BATCH_LIMIT = 64;

    /**
     * States to load.
     *
     * @param records at most {@link #BATCH_LIMIT}; the editor changes them.
     * @param names of the ids in the records.
     * @param realm they go to, whatever they say; empty for the one they say.
     * @param savedMs from when seconds left count, where a record has no end.
     * @param isReseed whether those that were confirmed count as confirmed.
     * @param isDryRun whether nothing is changed.
     */
    record Batch(
            List<StateRecord> records,
            NameTable names,
            String realm,
            long savedMs,
            boolean isReseed,
            boolean isDryRun) {}

    /** Judges, and unless it is a dry run changes, one state after the other. */
    List<LoadOutcome> load(Batch batch) throws TimeoutException;

    /**
     * Removes states, each unless it is another one by now; returns how many went.
     *
     * @param chosen at most {@link #BATCH_LIMIT}, with the ids that {@link ControlNode#names}
     *     means.
     */
    int remove(List<StateRecord> chosen) throws TimeoutException;
}
