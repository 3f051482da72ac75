package org.pfsyncd.pfhost;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.Port;
import org.pfsyncd.support.ForwardingPort;

/**
 * A port behind a bad line. What becomes of a frame depends only on the seed, on who sent it and
 * who hears it, and on the 10 ms in which it arrives, not on what else is on the segment: so two
 * runs with and without a further member meet the same weather.
 */
final class FatePort extends ForwardingPort {
    private static final long SLOT_NS = 10_000_000L;
    private static final long LATE_NS = 50_000_000L;
    private static final int MILLION = 1_000_000;

    private final LongSupplier clock;
    private final long seed;
    private final ArrayDeque<Held> late = new ArrayDeque<>();
    private int lossPerMillion;
    private int latePerMillion;
    private FrameHandler handler;
    private final FrameHandler judge = this::judge;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Held(long dueNs, byte[] bytes, FrameInfo info) {}

    /**
     * @param seed of this hearer.
     */
    FatePort(Port port, LongSupplier clock, long seed) {
        super(port);
        this.clock = clock;
        this.seed = seed;
    }

    /** How many slots of a million lose everything, and how many hold it back by 50 ms. */
    void weather(int loss, int lateness) {
        lossPerMillion = loss;
        latePerMillion = lateness;
    }

    @Override
    public int poll(FrameHandler to, int frameLimit) {
        handler = to;
        int handled = 0;
        while (!late.isEmpty() && late.peek().dueNs <= clock.getAsLong()) {
            Held held = late.poll();
            held.info.expectedInterfaceIndex = interfaceIndex();
            to.onFrame(new UnsafeBuffer(held.bytes), 0, held.bytes.length, held.info);
            handled++;
        }
        return handled + super.poll(judge, frameLimit);
    }

    private void judge(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        int fate = fate(info.source.getInt(0));
        if (fate < lossPerMillion) {
            return;
        }
        if (fate < lossPerMillion + latePerMillion) {
            byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            FrameInfo copy = new FrameInfo();
            copy.source.putBytes(0, info.source, 0, 16);
            copy.destination.putBytes(0, info.destination, 0, 16);
            copy.af = info.af;
            copy.ttl = info.ttl;
            copy.interfaceIndex = info.interfaceIndex;
            late.add(new Held(clock.getAsLong() + LATE_NS, bytes, copy));
            return;
        }
        handler.onFrame(buffer, offset, length, info);
    }

    private int fate(int source) {
        long slot = clock.getAsLong() / SLOT_NS;
        long mixed = (seed * 0x9E37_79B9_7F4A_7C15L ^ slot) * 0xBF58_476D_1CE4_E5B9L + source;
        mixed = (mixed ^ mixed >>> 29) * 0x94D0_49BB_1331_11EBL;
        return (int) ((mixed >>> 20) % MILLION);
    }
}
