package org.pfsyncd.bench;

import java.util.concurrent.locks.LockSupport;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.MessageKind;

/**
 * Full frames of many states through a port, as fast as one core composes and sends them, or paced.
 *
 * @param kind of all messages.
 * @param firstId id of the first state.
 * @param states how many; what the kernel refuses is not sent again.
 * @param rate states a second at most, 0 for no limit.
 * @param age how often each state has been updated, this one counted.
 * @param aFrame states a frame, 0 for as many as fit.
 */
record Flood(MessageKind kind, long firstId, long states, double rate, int age, int aFrame) {
    private static final double NS_PER_S = 1e9;
    private static final long SLEEP_FROM_NS = 1_000_000;

    /** Sends them; frames that the kernel took, and the nanoseconds that it took. */
    long[] run(SocketPort port, Inserts inserts) {
        long frames = 0;
        long sent = 0;
        int room = inserts.statesAFrame(kind);
        room = aFrame == 0 ? room : Math.min(room, aFrame);
        long startNs = System.nanoTime();
        while (sent < states) {
            int count = (int) Math.min(room, states - sent);
            int length = inserts.compose(kind, firstId + sent, count, 0, age);
            if (rate > 0) {
                awaitNs(startNs + (long) (sent * NS_PER_S / rate));
            }
            frames += port.send(inserts.buffer(), 0, length) > 0 ? 1 : 0;
            sent += count;
        }
        return new long[] {frames, System.nanoTime() - startNs};
    }

    /** Sleeps what is long, spins what is short. */
    private static void awaitNs(long dueNs) {
        long leftNs = dueNs - System.nanoTime();
        while (leftNs > 0) {
            if (leftNs > SLEEP_FROM_NS) {
                LockSupport.parkUntil(System.currentTimeMillis() + leftNs / 2_000_000);
            } else {
                Thread.onSpinWait();
            }
            leftNs = dueNs - System.nanoTime();
        }
    }
}
