package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** A table with a batch, names and counters, a clock that stands still, and a second table. */
final class Fixture implements AutoCloseable {
    final NameTable names = new NameTable();
    final DeltaBatch batch = new DeltaBatch(names);
    final CounterSet<NodeCounter> counters = Counters.inMemory().node();
    final MirrorTable table;
    private final TableConfig config;
    private final MirrorTable replica;
    private final DeltaReader reader = new DeltaReader();
    long nowMs = TestStates.NOW_MS;

    Fixture() {
        this(TableConfig.ofCapacity(10_000));
    }

    Fixture(TableConfig config) {
        this.config = config;
        table = new MirrorTable(config, names, batch, counters);
        replica = emptyReplica();
    }

    /** An empty table whose name ids differ from the first one's. */
    MirrorTable emptyReplica() {
        NameTable otherNames = new NameTable();
        otherNames.intern("shifts-every-id");
        return new MirrorTable(
                config, otherNames, new DeltaBatch(otherNames), Counters.inMemory().node());
    }

    int insert(StateRecord record) {
        return table.insert(record, nowMs);
    }

    int update(StateRecord record) {
        return table.update(record, nowMs);
    }

    int updateCompressed(StateRecord record) {
        return table.updateCompressed(
                record.realm(),
                record.id(),
                record.creatorId(),
                record.src(),
                record.dst(),
                record.timeout(),
                nowMs);
    }

    int delete(StateRecord record) {
        return table.delete(record.realm(), record.id(), record.creatorId(), nowMs);
    }

    /** A copy of what the table holds under the record's id, or null. */
    StateRecord get(StateRecord record) {
        StateRecord into = TestStates.blank();
        return table.get(record.realm(), record.id(), record.creatorId(), into) ? into : null;
    }

    /** Works until there is nothing to do at this instant; deltas pile up in the batch. */
    void workAll() {
        for (int i = 0; i < 1_000_000 && table.work(nowMs, 1_000) > 0; i++) {
            if (batch.remaining() < DeltaBatch.WORST_FRAME_LENGTH) {
                journal();
            }
        }
    }

    /** Applies what the batch holds to the second table and empties it. */
    void journal() {
        assertEquals(0, replica.apply(batch.buffer(), 0, batch.length(), false));
        batch.reset();
    }

    /** Journal = mirror: the second table has seen nothing but the deltas. */
    void assertJournalEqualsMirror() {
        journal();
        assertEquals(table.size(), replica.size());
        assertEquals(table.digest(), replica.digest());
        assertEquals(table.unconfirmed(), replica.unconfirmed());
        assertEquals(table.digest(), table.recomputeDigest(), "incremental and recomputed");
    }

    /** The deltas in the batch, as text; empties it. */
    List<String> deltas() {
        UnsafeBuffer copy = new UnsafeBuffer(new byte[batch.length()]);
        copy.putBytes(0, batch.buffer(), 0, batch.length());
        List<String> texts = new ArrayList<>();
        reader.wrap(copy, 0, copy.capacity());
        while (reader.next()) {
            texts.add(
                    reader.type() == DeltaType.NAME
                            ? reader.toString()
                            : DeltaType.name(reader.type()) + " " + Reason.name(reader.reason()));
        }
        journal();
        return texts;
    }

    long count(NodeCounter id) {
        return counters.get(id);
    }

    @Override
    public void close() {
        table.close();
        replica.close();
    }
}
