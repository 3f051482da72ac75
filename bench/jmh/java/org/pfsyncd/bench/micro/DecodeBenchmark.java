package org.pfsyncd.bench.micro;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.NameTable;

/** From the IP payload to canonical records and values: walk, checks, decoders. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
    /** As many as an MTU of 1,500 bytes holds in every dialect. */
    static final int STATES = 4;

    static final int UPDATES = 16;
    static final int DELETES = 64;
    private static final int ACCEPT_ALL = FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6;

    @Param({"V1301", "V1400", "V1500", "V6"})
    public Dialect dialect;

    private final FrameWalker walker = new FrameWalker();
    private final Taker taker = new Taker(new NameTable());
    private UnsafeBuffer states;
    private UnsafeBuffer updates;
    private UnsafeBuffer deletes;

    @Setup
    public void makeFrames() {
        states = Frames.states(dialect, STATES);
        updates = Frames.updates(dialect, UPDATES);
        deletes = Frames.deletes(dialect, DELETES);
        expect(STATES, walk(states));
        expect(UPDATES, walk(updates));
        expect(DELETES, walk(deletes));
    }

    /** One full state of a packet of {@link #STATES}. */
    @Benchmark
    @OperationsPerInvocation(STATES)
    public int state() {
        return walk(states);
    }

    /** One UPD_C of a packet of {@link #UPDATES}. */
    @Benchmark
    @OperationsPerInvocation(UPDATES)
    public int updateCompressed() {
        return walk(updates);
    }

    /** One DEL_C of a packet of {@link #DELETES}. */
    @Benchmark
    @OperationsPerInvocation(DELETES)
    public int deleteCompressed() {
        return walk(deletes);
    }

    private int walk(UnsafeBuffer frame) {
        taker.reset();
        walker.walk(frame, 0, frame.capacity(), ACCEPT_ALL, taker);
        return taker.sum();
    }

    private void expect(int messages, int sum) {
        if (taker.messages() != messages || taker.refused() != 0 || sum == 0) {
            throw new IllegalStateException(
                    dialect + ": " + taker.messages() + " messages instead of " + messages);
        }
    }

    /** The frames of real hosts, one a call, of every shape that was recorded. */
    @State(Scope.Thread)
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public static class Recorded {
        private final FrameWalker walker = new FrameWalker();
        private final Taker taker = new Taker(new NameTable());
        private final List<UnsafeBuffer> frames = Frames.recorded();
        private int next;

        /** One recorded frame, whatever it holds. */
        @Benchmark
        public int frame() {
            UnsafeBuffer frame = frames.get(next);
            next = next + 1 < frames.size() ? next + 1 : 0;
            taker.reset();
            walker.walk(frame, 0, frame.capacity(), FrameWalker.ACCEPT_V5, taker);
            return taker.sum();
        }
    }
}
