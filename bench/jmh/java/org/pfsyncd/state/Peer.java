package org.pfsyncd.state;

import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Makes the deltas of another node, one after the other, for micro benchmarks. */
public final class Peer {
    private final DeltaBatch batch;

    /** Its name ids are those of the table given. */
    public Peer(NameTable names) {
        batch = new DeltaBatch(names);
        batch.appendAllNames();
        batch.reset();
    }

    /** A batch that holds one PUT. */
    public DeltaBatch put(StateRecord record) {
        batch.reset();
        batch.put(record, Reason.INSERT);
        return batch;
    }

    /** A batch that holds one UPDATE. */
    public DeltaBatch update(StateRecord record) {
        batch.reset();
        batch.update(record, Reason.UPDATE);
        return batch;
    }
}
