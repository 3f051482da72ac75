package org.pfsyncd.bench;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.SilentPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * A group's port that lies in the node's own cycle: makes inserts when the stamp file wants them,
 * and notes how many states the node has.
 */
final class BenchPort extends SilentPort {
    private static final int STATES_PER_FRAME = 6;

    private final StampFile stamps;
    private final java.util.function.LongSupplier states;
    private final boolean isSending;
    private final long target;
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(1500));
    private final NameTable names = new NameTable();
    private final StateRecord state =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final UnsafeBuffer address = new UnsafeBuffer(new byte[16]);
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameInfo info = new FrameInfo();
    private long sent;
    private long seen;
    private long nextNs;

    /**
     * @param target states at which the receiver is finished.
     */
    BenchPort(
            StampFile stamps,
            java.util.function.LongSupplier states,
            boolean isSending,
            long target) {
        this.stamps = stamps;
        this.states = states;
        this.isSending = isSending;
        this.target = target;
        info.source.putInt(0, 0x7F00_0002, java.nio.ByteOrder.BIG_ENDIAN);
        info.af = 4;
        info.ttl = 255;
        info.interfaceIndex = 1;
        info.expectedInterfaceIndex = 1;
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        return isSending ? send(handler, frameLimit) : look();
    }

    private int send(FrameHandler handler, int frameLimit) {
        long wanted = stamps.wanted();
        long intervalNs = stamps.intervalNs();
        if (sent >= wanted) {
            nextNs = 0;
            return 0;
        }
        if (intervalNs == 0) {
            int frames = 0;
            while (frames < frameLimit && sent < wanted) {
                int count = (int) Math.min(STATES_PER_FRAME, wanted - sent);
                handler.onFrame(frame, 0, inserts(count), info);
                frames++;
            }
            return frames;
        }
        long nowNs = System.nanoTime();
        if (nextNs != 0 && nowNs - nextNs < 0) {
            return 0;
        }
        nextNs = (nextNs == 0 ? nowNs : nextNs) + intervalNs;
        long number = sent;
        int length = inserts(1);
        stamps.sentAt(number, System.nanoTime());
        handler.onFrame(frame, 0, length, info);
        return 1;
    }

    private int look() {
        long count = states.getAsLong();
        if (count == seen) {
            return 0;
        }
        long nowNs = System.nanoTime();
        if (target == 0) {
            for (long i = seen; i < count; i++) {
                stamps.seenAt(i, nowNs);
            }
        } else if (count >= target) {
            stamps.finishedAt(nowNs);
        }
        seen = count;
        stamps.seen(count);
        return 0;
    }

    private int inserts(int count) {
        encoder.begin(frame, 0, Dialect.V1301, 1500);
        for (int i = 0; i < count; i++) {
            fill(++sent);
            encoder.addState(MessageKind.INS, state, names, 0);
        }
        return encoder.finish();
    }

    private void fill(long id) {
        state.clear()
                .id(id)
                .creatorId(0xbe4cbe4c)
                .dialect(Dialect.V1301.ordinal())
                .ifname(names.intern("all"));
        state.wireAf(4).stackAf(4).wireProto(6).stackProto(6).direction(1).timeout(2);
        state.expiresAtMs(86_400_000L).src().state(4);
        state.dst().state(4);
        address.putLong(0, 0);
        address.putInt(0, (int) (0x0A00_0000 + (id >>> 14)), java.nio.ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR0_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR0_OFFSET, address, 0);
        address.putInt(0, 0x0A02_000A, java.nio.ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR1_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR1_OFFSET, address, 0);
        int port = 1024 + (int) (id & 0x3FFF);
        state.wirePort0(port).stackPort0(port).wirePort1(443).stackPort1(443);
    }
}
