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
import org.pfsyncd.link.LinkParts;

/** Frames and entries between nodes, without socket and without table. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LinkCodecBenchmark {
    /** What an MTU of 1,500 bytes leaves for the stream. */
    private static final int STREAM_BYTES = 1_432;

    /** Bytes of the deltas of a compressed update. */
    private static final int DOCUMENT = 116;

    private final UnsafeBuffer document = new UnsafeBuffer(ByteBuffer.allocateDirect(DOCUMENT));
    private LinkParts link;
    private int frameLength;

    @Setup
    public void open() {
        link = new LinkParts();
        frameLength = link.seal(STREAM_BYTES);
        if (!link.isSound(frameLength) || link.receive(document, DOCUMENT) == 0) {
            throw new IllegalStateException("the link's parts do not fit each other");
        }
    }

    /** Header and checksum of a full frame. */
    @Benchmark
    public int seal() {
        return link.seal(STREAM_BYTES);
    }

    /** Every check of a full frame. */
    @Benchmark
    public boolean check() {
        return link.isSound(frameLength);
    }

    /** A document into the send window and out into a frame. */
    @Benchmark
    public long send() {
        return link.send(document, DOCUMENT);
    }

    /** A document into the receive window and out to the node. */
    @Benchmark
    public int receive() {
        return link.receive(document, DOCUMENT);
    }
}
