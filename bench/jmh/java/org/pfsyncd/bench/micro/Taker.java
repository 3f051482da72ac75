package org.pfsyncd.bench.micro;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/** Decodes all that a walk delivers, as a group does before it asks the table. */
final class Taker implements FrameVisitor {
    static final long NOW_MS = 1_700_000_000_000L;
    private static final int TIMEOUT_LIMIT = 20;

    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();
    private final NameTable names;
    private int messages;
    private int refused;
    private int sum;

    Taker(NameTable names) {
        this.names = names;
    }

    void reset() {
        messages = 0;
        refused = 0;
        sum = 0;
    }

    int messages() {
        return messages;
    }

    int refused() {
        return refused;
    }

    /** Hangs on every message; returned by the benchmarks so that nothing is left out. */
    int sum() {
        return sum;
    }

    /** What was decoded last. */
    StateRecord record() {
        return record;
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        messages++;
        if (state.decode(record, names, NOW_MS) != null) {
            refused++;
        }
        sum += (int) record.id() + record.timeout();
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        messages++;
        if (update.check(TIMEOUT_LIMIT) != null) {
            refused++;
            return;
        }
        update.src(record.src());
        update.dst(record.dst());
        sum += (int) update.id() + update.creatorId() + update.timeout();
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        messages++;
        sum += (int) id.id() + id.creatorId();
    }

    @Override
    public void onReject(Reject reject, int detail) {
        refused++;
    }
}
