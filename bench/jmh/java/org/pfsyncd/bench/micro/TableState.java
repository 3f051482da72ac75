package org.pfsyncd.bench.micro;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pfsyncd.agent.HugePages;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.Join;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * A table that holds {@link #states} states, with room for twice as many or at least 10,000 more.
 * Those beyond are the guests of a benchmark, in blocks of {@link #BLOCK}.
 *
 * <p>Used by one thread. Its scope is the benchmark because JMH makes a second object of a thread's
 * state where another state needs it too.
 */
@State(Scope.Benchmark)
public class TableState {
    /** Operations of a call that changes how many states there are. */
    static final int BLOCK = 1_024;

    static final long PEER = 7;

    @Param({"10000", "1000000"})
    public int states;

    final NameTable names = new NameTable();
    final DeltaBatch batch = new DeltaBatch(names);
    final int ifname = names.intern("em0");
    final States records = new States(ifname);
    MirrorTable table;
    Join join;
    long sequence;
    long nowMs = States.NOW_MS;
    private int cursor;
    private int firstGuest;

    @Setup
    public void fill() {
        int capacity = Math.max(2 * states, states + 10_000);
        HugePages pages = new HugePages(); // As the daemon's.
        TableConfig config = TableConfig.ofCapacity(capacity).withMemory(pages);
        table = new MirrorTable(config, names, batch, Counters.inMemory().node());
        pages.await();
        join = table.newJoin();
        for (int i = 0; i < states; i++) {
            expect(Outcome.INSERTED, table.insert(records.get(i), nowMs));
            keepRoom();
        }
        batch.reset();
        firstGuest = states;
        giveNames();
    }

    /** The peer's name ids mean the same as ours. */
    private void giveNames() {
        batch.appendAllNames();
        join.beginDocument(PEER, 1, ++sequence);
        expect(0, join.apply(batch.buffer(), 0, batch.length(), nowMs));
        join.endDocument();
        batch.reset();
    }

    @TearDown(Level.Trial)
    public void close() {
        table.close();
    }

    /** A state that is there, another one each time, none near the one before. */
    StateRecord next() {
        cursor = cursor + 1 < states ? cursor + 1 : 0;
        return records.get(cursor);
    }

    /** Guest {@code i} of the present block. */
    StateRecord guest(int i) {
        return records.get(firstGuest + i);
    }

    /** The next guests were never here, so that no tombstone knows them. */
    void nextGuests() {
        batch.reset();
        firstGuest += BLOCK;
    }

    void insertGuests() {
        for (int i = 0; i < BLOCK; i++) {
            expect(Outcome.INSERTED, table.insert(guest(i), nowMs));
        }
        batch.reset();
    }

    void deleteGuests() {
        for (int i = 0; i < BLOCK; i++) {
            table.delete(0, States.id(firstGuest + i), States.CREATOR, nowMs);
        }
        batch.reset();
    }

    /** As the daemon after each frame, without the journal. */
    void keepRoom() {
        if (batch.remaining() < DeltaBatch.WORST_FRAME_LENGTH) {
            batch.reset();
        }
    }

    static void expect(int wanted, int outcome) {
        if (wanted != outcome) {
            throw new IllegalStateException("outcome " + outcome + " instead of " + wanted);
        }
    }
}
