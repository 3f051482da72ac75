package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.net.Lane;
import org.pfsyncd.wire.Crc32c;

/**
 * The frames of a conversation that the sync agent sends: greetings, acknowledgements, refusals.
 */
final class FrameOut {
    static final int ACK_LENGTH = 72;
    static final int REASON_LENGTH = 400;

    private static final int FRAME_LENGTH = 2_048;

    private final long nodeId;
    private final Lane lane;
    private final CounterSet<PeerCounter> counters;
    private final Crc32c crc = new Crc32c();
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_LENGTH));
    private LinkFrame.Conversation conversation;
    private long frames;

    FrameOut(long nodeId, Lane lane, CounterSet<PeerCounter> counters) {
        this.nodeId = nodeId;
        this.lane = lane;
        this.counters = counters;
        sessions(0, 0);
    }

    /** Scratch of the sync agent. */
    Crc32c crc() {
        return crc;
    }

    /** What stands in the headers from now on; 0 for a session that is not known. */
    void sessions(long session, long peerSession) {
        conversation = new LinkFrame.Conversation(nodeId, session, peerSession, crc);
    }

    /** Leaves members out that the path has no room for. */
    void greet(Hello greeting) {
        int room = lane.frameLimit() - LinkFrame.HEADER_LENGTH;
        greeting.memberCount = Math.min(greeting.memberCount, Hello.membersWithin(room));
        send(LinkFrame.HELLO, greeting.encode(frame, LinkFrame.HEADER_LENGTH));
    }

    void refuse(String why) {
        Hello.putText(frame, LinkFrame.HEADER_LENGTH, REASON_LENGTH, why);
        send(LinkFrame.REFUSE, REASON_LENGTH);
    }

    /** Says how far the stream is here and what is missing before {@code furthest}. */
    void acknowledge(LinkNode node, long peerId, ReceiveWindow window, long furthest) {
        int at = LinkFrame.HEADER_LENGTH;
        frame.putLong(at, window.contiguous(), LITTLE_ENDIAN);
        frame.putLong(at + 8, window.limit(), LITTLE_ENDIAN);
        frame.putLong(at + 16, node.knownIncarnation(peerId), LITTLE_ENDIAN);
        frame.putLong(at + 24, node.knownSequence(peerId), LITTLE_ENDIAN);
        frame.putLong(at + 32, node.newestIncarnation(), LITTLE_ENDIAN);
        frame.putLong(at + 40, node.newestSequence(), LITTLE_ENDIAN);
        frame.putLong(at + 48, node.nowMs(), LITTLE_ENDIAN);
        frame.putLong(at + 56, node.clockAgeMs(), LITTLE_ENDIAN);
        int ranges = putMissing(window, at + ACK_LENGTH, furthest);
        frame.putLong(at + 64, ranges, LITTLE_ENDIAN);
        send(LinkFrame.ACK, ACK_LENGTH + ranges * 2 * Long.BYTES);
    }

    private int putMissing(ReceiveWindow window, int offset, long furthest) {
        int count = 0;
        long from = window.contiguous();
        for (int i = 0; i <= window.rangeCount() && count < LinkMailbox.RANGES_LIMIT; i++) {
            long to = i < window.rangeCount() ? window.rangeStart(i) : furthest;
            if (to > from) {
                frame.putLong(offset + count * 16, from, LITTLE_ENDIAN);
                frame.putLong(offset + count * 16 + 8, to, LITTLE_ENDIAN);
                count++;
            }
            from = i < window.rangeCount() ? window.rangeEnd(i) : from;
        }
        return count;
    }

    private void send(int type, int payloadLength) {
        // The link agent's counters are odd, these are even: no counter ever stands in two frames.
        int total = LinkFrame.seal(frame, type, payloadLength, 2 * frames++, conversation);
        if (lane.send(frame, 0, total) < 0) {
            counters.increment(PeerCounter.LINK_SEND_ERRORS);
        }
    }
}
