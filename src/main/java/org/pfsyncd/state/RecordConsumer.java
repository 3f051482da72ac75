package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/** Receives the records of a segment one by one; runs on the thread that reads the table. */
public interface RecordConsumer {
    /**
     * @param record a reused view of the table's own memory: valid until this method returns, not
     *     to be changed; no method of the table may be called meanwhile.
     */
    void onRecord(StateRecord record);
}
