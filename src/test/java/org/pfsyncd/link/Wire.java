package org.pfsyncd.link;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.Lane;

/** One direction of a path that loses, doubles and reorders frames under a seed. */
final class Wire implements Lane {
    /** A frame on its way. */
    private static final class Flight {
        final long atNs;
        final long number;
        final byte[] bytes;

        Flight(long atNs, long number, byte[] bytes) {
            this.atNs = atNs;
            this.number = number;
            this.bytes = bytes;
        }
    }

    final Random random;
    Consumer<byte[]> spy = frame -> {};
    double loss;
    double duplication;
    long delayNs = 50_000;
    long jitterNs;
    int frameLimit = 1_480;
    int swallowedAbove = Integer.MAX_VALUE;
    boolean isCut;
    long nowNs;
    int sent;
    private final PriorityQueue<Flight> flights =
            new PriorityQueue<>(
                    (a, b) ->
                            a.atNs != b.atNs
                                    ? Long.compare(a.atNs, b.atNs)
                                    : Long.compare(a.number, b.number));
    private long number;

    Wire(long seed) {
        random = new Random(seed);
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        if (length > frameLimit) {
            return -90;
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        sent++;
        spy.accept(bytes);
        boolean isLost = isCut || length > swallowedAbove || random.nextDouble() < loss;
        if (!isLost) {
            fly(bytes);
            if (random.nextDouble() < duplication) {
                fly(bytes);
            }
        }
        return length;
    }

    private void fly(byte[] bytes) {
        long jitter = jitterNs == 0 ? 0 : (long) (random.nextDouble() * jitterNs);
        flights.add(new Flight(nowNs + delayNs + jitter, number++, bytes));
    }

    /** Hands over what is due. */
    void deliver(PeerLink to) {
        while (!flights.isEmpty() && flights.peek().atNs <= nowNs) {
            byte[] bytes = flights.poll().bytes;
            UnsafeBuffer frame = new UnsafeBuffer(bytes);
            if (PeerLink.isFrame(frame, 0, bytes.length)) {
                to.onFrame(frame, 0, bytes.length, nowNs);
            }
        }
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        return send(buffer, offset, length);
    }

    @Override
    public int flush() {
        return 1;
    }

    @Override
    public int frameLimit() {
        return frameLimit;
    }
}
