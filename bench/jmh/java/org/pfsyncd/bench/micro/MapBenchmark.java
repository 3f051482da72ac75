package org.pfsyncd.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pfsyncd.agent.HugePages;
import org.pfsyncd.state.Stores;
import org.pfsyncd.wire.NameTable;

/** Chronicle Map alone, as the table uses it: 16-byte keys, records of one size, in place. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MapBenchmark {
    private static final int BLOCK = 1_024;

    /** A map that holds {@link #states} states; one thread uses it, as {@link TableState}. */
    @State(Scope.Benchmark)
    public static class Filled {
        @Param({"10000", "1000000"})
        public int states;

        private final NameTable names = new NameTable();
        private final States records = new States(names.intern("em0"));
        private Stores map;
        private int cursor;

        @Setup
        public void fill() {
            HugePages pages = new HugePages();
            map = new Stores(states + 10_000L, names, pages);
            pages.await();
            for (int i = 0; i < states; i++) {
                check(map.put(records.get(i)));
            }
        }

        @TearDown
        public void close() {
            map.close();
        }

        private int next() {
            cursor = cursor + 1 < states ? cursor + 1 : 0;
            return cursor;
        }
    }

    /** Entries that leave again, uncounted, after each call. */
    @State(Scope.Thread)
    public static class Arriving {
        @TearDown(Level.Invocation)
        public void leave(Filled on) {
            for (int i = 0; i < BLOCK; i++) {
                on.map.remove(on.records.get(on.states + i));
            }
        }
    }

    /** Entries that come, uncounted, before each call. */
    @State(Scope.Thread)
    public static class Leaving {
        @Setup(Level.Invocation)
        public void come(Filled on) {
            for (int i = 0; i < BLOCK; i++) {
                check(on.map.put(on.records.get(on.states + i)));
            }
        }
    }

    /** A key that is there, read in place. */
    @Benchmark
    public long get(Filled on) {
        return on.map.get(States.id(on.next()), States.CREATOR).lastActivityMs();
    }

    /** A key that is not there. */
    @Benchmark
    public boolean getAbsent(Filled on) {
        return on.map.get(States.id(on.next()), States.CREATOR + 1) == null;
    }

    /** A key that is not there. */
    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public void put(Filled on, Arriving entries) {
        for (int i = 0; i < BLOCK; i++) {
            check(on.map.put(on.records.get(on.states + i)));
        }
    }

    /** The same by the map's query, which answers whether the key was there. */
    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public void putIfAbsent(Filled on, Arriving entries) {
        for (int i = 0; i < BLOCK; i++) {
            check(on.map.putIfAbsent(on.records.get(on.states + i)));
        }
    }

    /** A key that is there. */
    @Benchmark
    @OperationsPerInvocation(BLOCK)
    public void remove(Filled on, Leaving entries) {
        for (int i = 0; i < BLOCK; i++) {
            on.map.remove(on.records.get(on.states + i));
        }
    }

    private static void check(boolean isDone) {
        if (!isDone) {
            throw new IllegalStateException("the map refused an entry");
        }
    }
}
