package org.pfsyncd.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pfsyncd.state.Stores;
import org.pfsyncd.state.TableMemory;
import org.pfsyncd.wire.NameTable;

/** The table's digest: what one state costs it, and what the sum over its buckets costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DigestBenchmark {
    private final NameTable names = new NameTable();
    private final States records = new States(names.intern("em0"));
    private Stores digest;
    private int number;

    @Setup
    public void open() {
        digest = new Stores(1, names, TableMemory.AS_TOUCHED);
    }

    @TearDown
    public void close() {
        digest.close();
    }

    /** A new state: identity and mutable block. */
    @Benchmark
    public void add() {
        digest.digestAdd(records.get(number++));
    }

    /** A changed state: the mutable block out and in again. */
    @Benchmark
    public void update() {
        digest.digestUpdate(records.get(number++));
    }

    /** One number of 1,024 buckets. */
    @Benchmark
    public long value() {
        return digest.digestValue();
    }
}
