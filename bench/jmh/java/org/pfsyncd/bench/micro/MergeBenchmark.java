package org.pfsyncd.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * What the table does with a decoded message: judge, change map, index, digest and counters, append
 * the delta. Keys come in a scattered order.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MergeBenchmark {
    /** Guests that leave again, uncounted, after each call. */
    @State(Scope.Thread)
    public static class Arriving {
        @TearDown(Level.Invocation)
        public void leave(TableState on) {
            on.deleteGuests();
            on.nextGuests();
        }
    }

    /** Guests that come, uncounted, before each call. */
    @State(Scope.Thread)
    public static class Leaving {
        @Setup(Level.Invocation)
        public void come(TableState on) {
            on.nextGuests();
            on.insertGuests();
        }
    }

    /** An INS of a state that was not there. */
    @Benchmark
    @OperationsPerInvocation(TableState.BLOCK)
    public void insert(TableState on, Arriving guests) {
        for (int i = 0; i < TableState.BLOCK; i++) {
            TableState.expect(Outcome.INSERTED, on.table.insert(on.guest(i), on.nowMs));
        }
    }

    /** A DEL_C of a state that was there. */
    @Benchmark
    @OperationsPerInvocation(TableState.BLOCK)
    public void delete(TableState on, Leaving guests) {
        for (int i = 0; i < TableState.BLOCK; i++) {
            StateRecord guest = on.guest(i);
            TableState.expect(
                    Outcome.DELETED, on.table.delete(0, guest.id(), States.CREATOR, on.nowMs));
        }
    }

    /** An UPD_C that moves the sequence number of a known state on. */
    @Benchmark
    public int updateCompressed(TableState on) {
        StateRecord state = on.next();
        state.src().seqlo(++on.nowMs & 0x3fff_ffff);
        on.keepRoom();
        return on.table.updateCompressed(
                0,
                state.id(),
                States.CREATOR,
                state.src(),
                state.dst(),
                States.TCP_ESTABLISHED,
                on.nowMs);
    }

    /** The same by a full UPD. */
    @Benchmark
    public int updateFull(TableState on) {
        StateRecord state = on.next();
        state.src().seqlo(++on.nowMs & 0x3fff_ffff);
        on.keepRoom();
        return on.table.update(state, on.nowMs);
    }

    /** A look at a state, with a copy. */
    @Benchmark
    public boolean get(TableState on) {
        StateRecord state = on.next();
        return on.table.get(0, state.id(), States.CREATOR, state);
    }
}
