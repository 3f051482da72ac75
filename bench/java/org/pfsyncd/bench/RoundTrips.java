package org.pfsyncd.bench;

import java.nio.ByteOrder;
import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/** INS with ACK out, INS_ACK back, through one port. Owned by the load's thread. */
final class RoundTrips {
    private static final int FLAG_ACK = 0x10;
    private static final int MTU = 1500;
    private static final long ANSWER_LIMIT_NS = 1_000_000_000L;
    private static final int FRAMES_A_POLL = 16;
    private static final int PFSYNC_VERSION = 5;
    private static final int ACTION_OFFSET = 20;
    private static final int COUNT_OFFSET = 22;
    private static final int INS_ACK = 2;
    private static final int QUESTION_LENGTH = 16;

    private final SocketPort port;
    private final Inserts inserts = new Inserts(Dialect.V1301, MTU);
    private long nextId = 1;
    private long answered;
    private long answer;

    RoundTrips(SocketPort port) {
        this.port = port;
    }

    /** The next is sent when the answer to the last has come. */
    Histogram closed(int count) {
        Histogram latencies = Pairs.histogram();
        int lost = 0;
        for (int i = 0; i < count; i++) {
            int length = inserts.compose(MessageKind.INS, nextId++, 1, FLAG_ACK);
            long before = answered;
            long sentNs = System.nanoTime();
            port.send(inserts.buffer(), 0, length);
            while (answered == before && System.nanoTime() - sentNs < ANSWER_LIMIT_NS) {
                poll();
            }
            if (answered == before && ++lost > 10) {
                throw new IllegalStateException("more than 10 of " + i + " were not answered");
            }
            latencies.recordValue(System.nanoTime() - sentNs);
        }
        return latencies;
    }

    /**
     * One each interval, whatever the answers do; each counts from when it should have been sent,
     * so that a stall hides nothing behind it. Answers come in order.
     *
     * @param life if not 0, each comes with an update of the one half as many before, and with a
     *     delete of the one that many before.
     * @throws IllegalStateException if some were not answered: all times behind would be wrong.
     */
    Histogram open(int count, long intervalNs, int life) {
        Histogram latencies = Pairs.histogram();
        long before = answered;
        int sent = 0;
        int recorded = 0;
        int length = inserts.compose(MessageKind.INS, nextId++, 1, FLAG_ACK);
        long startNs = System.nanoTime() + intervalNs;
        while (recorded < count) {
            long nowNs = System.nanoTime();
            if (sent < count && nowNs - startNs >= sent * intervalNs) {
                port.send(inserts.buffer(), 0, length);
                sent++;
                if (life > 0) {
                    sendOlder(life);
                }
                length = inserts.compose(MessageKind.INS, nextId++, 1, FLAG_ACK);
            }
            poll();
            nowNs = System.nanoTime();
            for (; recorded < answered - before && recorded < count; recorded++) {
                latencies.recordValue(Math.max(0, nowNs - startNs - recorded * intervalNs));
            }
            if (nowNs - startNs > count * intervalNs + 3 * ANSWER_LIMIT_NS) {
                throw new IllegalStateException(
                        "only " + recorded + " of " + count + " were answered");
            }
        }
        return latencies;
    }

    private void sendOlder(int life) {
        long updated = nextId - life / 2;
        if (updated > 0) {
            port.send(inserts.buffer(), 0, inserts.compose(MessageKind.UPD_C, updated, 1, 0, 1));
        }
        long deleted = nextId - life;
        if (deleted > 0) {
            port.send(inserts.buffer(), 0, inserts.compose(MessageKind.DEL_C, deleted, 1, 0));
        }
    }

    /** Asks the floor how many long frames it has received. */
    long question() {
        while (port.poll(this::onAnswer, FRAMES_A_POLL) > 0) {
            answer = 0; // The last frame of a flood may have been short enough to be answered.
        }
        int tries = 10;
        for (int i = 0; i < tries; i++) {
            long before = answered;
            port.send(inserts.buffer(), 0, QUESTION_LENGTH);
            long sentNs = System.nanoTime();
            while (answered == before && System.nanoTime() - sentNs < ANSWER_LIMIT_NS) {
                poll();
            }
            if (answered != before) {
                return answer;
            }
        }
        throw new IllegalStateException("the floor did not answer " + tries + " questions");
    }

    private void poll() {
        port.poll(this::onAnswer, FRAMES_A_POLL);
    }

    /** The floor answers each frame with one of its own; a node may pack acknowledgements. */
    private void onAnswer(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        answer = buffer.getLong(offset + EchoFloor.FLOOD_OFFSET);
        if (buffer.getByte(offset) != PFSYNC_VERSION) {
            answered++;
        } else if (buffer.getByte(offset + ACTION_OFFSET) == INS_ACK) {
            answered += buffer.getShort(offset + COUNT_OFFSET, ByteOrder.BIG_ENDIAN);
        }
    }
}
