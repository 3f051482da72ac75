package org.pfsyncd.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.Peer;
import org.pfsyncd.wire.StateRecord;

/**
 * What the table does with a document of another node that holds one delta; making that delta, a
 * copy of its bytes, is part of the time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JoinBenchmark {
    private Peer peer;

    @Setup
    public void start(TableState on) {
        peer = new Peer(on.names);
    }

    /** A PUT of a state that was not there. */
    @Benchmark
    @OperationsPerInvocation(TableState.BLOCK)
    public void put(TableState on, MergeBenchmark.Arriving guests) {
        for (int i = 0; i < TableState.BLOCK; i++) {
            hear(on, peer.put(on.guest(i)));
        }
    }

    /** A PUT of a state that is there, with a newer mutable block. */
    @Benchmark
    public void putKnown(TableState on) {
        hear(on, peer.put(newer(on)));
        on.keepRoom();
    }

    /** An UPDATE of a state that is there. */
    @Benchmark
    public void update(TableState on) {
        hear(on, peer.update(newer(on)));
        on.keepRoom();
    }

    private static StateRecord newer(TableState on) {
        StateRecord state = on.next();
        state.src().seqlo(++on.nowMs & 0x3fff_ffff);
        return state.lastActivityMs(on.nowMs).expiresAtMs(on.nowMs + 86_400_000);
    }

    private static void hear(TableState on, DeltaBatch deltas) {
        on.join.beginDocument(TableState.PEER, 1, ++on.sequence);
        TableState.expect(0, on.join.apply(deltas.buffer(), 0, deltas.length(), on.nowMs));
        on.join.endDocument();
        on.join.appendPosition();
    }
}
