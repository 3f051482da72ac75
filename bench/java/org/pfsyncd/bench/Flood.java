package org.pfsyncd.bench;

import java.util.concurrent.locks.LockSupport;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.MessageKind;

/** Many states through a port, as fast as one core composes and sends them, or paced. Stateless. */
final class Flood {
    private static final double NS_PER_S = 1e9;
    private static final long SLEEP_FROM_NS = 200_000;

    private Flood() {}

    /**
     * Sends full frames and returns how many the kernel took.
     *
     * @param firstId id of the first state.
     * @param states how many; what the kernel refuses is not sent again.
     * @param rate states a second at most, 0 for no limit.
     */
    static long run(
            SocketPort port,
            Inserts inserts,
            MessageKind kind,
            long firstId,
            long states,
            double rate) {
        long frames = 0;
        long sent = 0;
        int room = inserts.statesAFrame(kind);
        long startNs = System.nanoTime();
        while (sent < states) {
            int count = (int) Math.min(room, states - sent);
            int length = inserts.compose(kind, firstId + sent, count, 0);
            if (rate > 0) {
                awaitNs(startNs + (long) (sent * NS_PER_S / rate));
            }
            frames += port.send(inserts.buffer(), 0, length) > 0 ? 1 : 0;
            sent += count;
        }
        return frames;
    }

    private static void awaitNs(long dueNs) {
        for (long leftNs = dueNs - System.nanoTime();
                leftNs > 0;
                leftNs = dueNs - System.nanoTime()) {
            if (leftNs > SLEEP_FROM_NS) {
                LockSupport.parkUntil(System.currentTimeMillis() + leftNs / 2_000_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
