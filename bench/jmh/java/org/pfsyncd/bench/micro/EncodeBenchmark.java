package org.pfsyncd.bench.micro;

import java.nio.ByteBuffer;
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
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** From canonical records to a packet for an MTU of 1,500 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    private static final int STATES = DecodeBenchmark.STATES;
    private static final int UPDATES = DecodeBenchmark.UPDATES;
    private static final int ACKS = DecodeBenchmark.DELETES;
    private static final int MTU = 1_500;

    @Param({"V1301", "V1400", "V1500", "V6"})
    public Dialect dialect;

    private final NameTable names = new NameTable();
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer packet = new UnsafeBuffer(ByteBuffer.allocateDirect(MTU));
    private StateRecord record;

    @Setup
    public void decodeOne() {
        UnsafeBuffer frame = Frames.states(dialect, 1);
        Taker taker = new Taker(names);
        new FrameWalker()
                .walk(
                        frame,
                        0,
                        frame.capacity(),
                        FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                        taker);
        record = taker.record();
        record.expiresAtMs(Taker.NOW_MS + record.lifetimeS() * 1_000);
    }

    /** One full state of a packet of {@link DecodeBenchmark#STATES}. */
    @Benchmark
    @OperationsPerInvocation(STATES)
    public int state() {
        encoder.begin(packet, 0, dialect, MTU);
        for (int i = 0; i < STATES; i++) {
            check(encoder.addState(MessageKind.INS, record, names, Taker.NOW_MS));
        }
        return encoder.finish();
    }

    /** One UPD_C of a packet of {@link DecodeBenchmark#UPDATES}. */
    @Benchmark
    @OperationsPerInvocation(UPDATES)
    public int updateCompressed() {
        encoder.begin(packet, 0, dialect, MTU);
        for (int i = 0; i < UPDATES; i++) {
            check(encoder.addUpdateCompressed(record));
        }
        return encoder.finish();
    }

    /** One INS_ACK of a packet of {@link DecodeBenchmark#DELETES}. */
    @Benchmark
    @OperationsPerInvocation(ACKS)
    public int insertAck() {
        encoder.begin(packet, 0, dialect, MTU);
        for (int i = 0; i < ACKS; i++) {
            check(encoder.addInsertAck(i + 1L, record.creatorId()));
        }
        return encoder.finish();
    }

    private static void check(boolean isAdded) {
        if (!isAdded) {
            throw new IllegalStateException("the message does not fit the packet");
        }
    }
}
