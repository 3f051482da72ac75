package org.pfsyncd.bench.micro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pfsyncd.journal.JournalParts;
import org.pfsyncd.journal.JournalTail;

/**
 * The journal on disk in {@code java.io.tmpdir}: ring, checksum, Chronicle Queue, space allocated
 * by the janitor beside it; and the way back.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JournalBenchmark {
    /** A journal of its own for each iteration, so that the disk is not filled. */
    @State(Scope.Thread)
    public static class Growing {
        /** Bytes of deltas: one compressed update, four inserted states. */
        @Param({"116", "1168"})
        public int payload;

        private UnsafeBuffer deltas;
        private Path root;
        private JournalParts journal;

        @Setup(Level.Iteration)
        public void open() throws IOException {
            deltas = new UnsafeBuffer(ByteBuffer.allocateDirect(payload));
            root = Files.createTempDirectory("pfsyncd-micro");
            journal = new JournalParts(root);
        }

        @TearDown(Level.Iteration)
        public void close() {
            journal.close();
            delete(root);
        }
    }

    /** A journal that holds {@link #documents} documents, and a tail. */
    @State(Scope.Thread)
    public static class Written {
        private static final int PAYLOAD = 116;

        @Param("100000")
        public int documents;

        private final UnsafeBuffer deltas = new UnsafeBuffer(ByteBuffer.allocateDirect(PAYLOAD));
        private Path root;
        private JournalParts journal;
        private JournalTail tail;

        @Setup
        public void write() throws IOException {
            root = Files.createTempDirectory("pfsyncd-micro");
            journal = new JournalParts(root);
            for (int i = 0; i < documents; i++) {
                check(journal.publish(deltas, PAYLOAD));
                journal.append();
            }
            tail = journal.tail();
        }

        @TearDown
        public void close() {
            tail.close();
            journal.close();
            delete(root);
        }
    }

    /** A document from the publisher into the queue, by the journal agent. */
    @Benchmark
    public void append(Growing on) {
        check(on.journal.publish(on.deltas, on.payload));
        on.journal.append();
    }

    /** The next document, its checksum proven; at the end back to the first. */
    @Benchmark
    public long tail(Written on) {
        if (!on.tail.next()) {
            JournalParts.rewind(on.tail);
            check(on.tail.next());
        }
        return on.tail.document().sequence();
    }

    private static void check(boolean isDone) {
        if (!isDone) {
            throw new IllegalStateException("the journal refused, or held no document");
        }
    }

    private static void delete(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
