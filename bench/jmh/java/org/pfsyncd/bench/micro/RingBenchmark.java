package org.pfsyncd.bench.micro;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pfsyncd.journal.RingHop;

/** A document from the sync agent's publisher through the ring. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
    /** Bytes of the deltas of a compressed update. */
    private static final int PAYLOAD = 116;

    /** A ring that the benchmark's thread drains. */
    @State(Scope.Thread)
    public static class Alone {
        private final RingHop ring = new RingHop();
        private final UnsafeBuffer payload = payload();

        @TearDown
        public void close() {
            ring.close();
        }
    }

    /** A ring that another thread drains, on a core of its own if there is one. */
    @State(Scope.Thread)
    public static class Together {
        private final RingHop ring = new RingHop();
        private final UnsafeBuffer payload = payload();

        @Setup
        public void start() {
            ring.startReader();
        }

        @TearDown
        public void close() {
            ring.close();
        }
    }

    /** In and out again on one thread. */
    @Benchmark
    public long publishAndDrain(Alone on) {
        // Where the ring wraps, a first read finds only the padding.
        long sequence = on.ring.publish(on.payload, PAYLOAD);
        if (on.ring.drain() == 0) {
            on.ring.drain();
        }
        return sequence;
    }

    /** To another thread, and the word back that it arrived. */
    @Benchmark
    public void hopAndBack(Together on) {
        on.ring.await(on.ring.publish(on.payload, PAYLOAD));
    }

    private static UnsafeBuffer payload() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(PAYLOAD));
    }
}
