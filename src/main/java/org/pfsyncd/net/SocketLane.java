package org.pfsyncd.net;

import java.net.InetAddress;
import org.agrona.DirectBuffer;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.os.PeerSocket;
import org.pfsyncd.os.SegmentBatch;

/** A lane of a {@link SocketPeerPort}: buffers and a destination of its own, the port's socket. */
final class SocketLane implements Lane, AutoCloseable {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int UDP_HEADER_LENGTH = 8;

    /** Loopback's MTU is one more than a packet can have. */
    private static final int PACKET_LIMIT = 65_535;

    private final PeerSocket socket;
    private final SegmentBatch batch;
    private final int configuredMtu;
    private final int headerLength;
    private int sentEarly;
    private boolean isClosed;

    SocketLane(PeerSocket socket, InetAddress address, int configuredMtu) {
        this.socket = socket;
        this.configuredMtu = configuredMtu;
        batch = new SegmentBatch(socket, address);
        headerLength =
                (socket.isV4() ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH)
                        + (socket.isRaw() ? 0 : UDP_HEADER_LENGTH);
    }

    private boolean isDown() {
        return isClosed || !socket.isUp();
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        return isDown() ? -LibcSockets.ENETDOWN : batch.sendNow(buffer, offset, length);
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        if (isDown()) {
            return -LibcSockets.ENETDOWN;
        }
        if (length > SegmentBatch.FRAME_LIMIT) {
            return -LibcSockets.EMSGSIZE;
        }
        if (!batch.hasRoom(length)) {
            int sent = batch.send();
            if (sent < 0) {
                return sent;
            }
            sentEarly += sent;
        }
        batch.add(buffer, offset, length);
        return length;
    }

    @Override
    public int flush() {
        int result = isClosed ? -LibcSockets.ENETDOWN : batch.send();
        int sent = sentEarly + Math.max(0, result);
        sentEarly = 0;
        return sent > 0 ? sent : result;
    }

    @Override
    public int frameLimit() {
        int mtu = configuredMtu > 0 ? configuredMtu : socket.mtu();
        return Math.min(mtu, PACKET_LIMIT) - headerLength;
    }

    @Override
    public void close() {
        isClosed = true;
        batch.close();
    }
}
