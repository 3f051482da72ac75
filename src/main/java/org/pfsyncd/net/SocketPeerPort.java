package org.pfsyncd.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.os.PeerSocket;
import org.pfsyncd.os.PeerSocketConfig;
import org.pfsyncd.os.ReceiveBatch;

/**
 * A peer port over a raw socket of one IP protocol, or over UDP. Owned by the polling thread, which
 * may be another than the one that opened it; allocates nothing a frame.
 *
 * <p>Over UDP the kernel cuts what a lane sends and joins what comes in, where it can. Survives a
 * missing, re-created or addressless interface: it is down until {@link #checkInterface} can open
 * it.
 */
public final class SocketPeerPort implements PeerPort {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV4_TTL_OFFSET = 8;
    private static final int IPV4_SOURCE_OFFSET = 12;
    private static final int IPV4_DESTINATION_OFFSET = 16;

    private final PeerPortConfig config;
    private final PeerSocket socket;
    private final ReceiveBatch received = new ReceiveBatch();
    private final List<SocketLane> lanes = new ArrayList<>();
    private final FrameInfo info = new FrameInfo();
    private int messageCount;
    private int message;
    private int offset;
    private int end;
    private int segmentLength;
    private int openError;
    private boolean isClosed;

    private SocketPeerPort(PeerPortConfig config, boolean isOffloading) {
        this.config = config;
        boolean isRaw = config.protocol() != 0;
        socket =
                new PeerSocket(
                        new PeerSocketConfig(
                                config.protocol(),
                                config.family() == 4,
                                config.interfaceName(),
                                config.local(),
                                isRaw ? 0 : config.udpPort(),
                                config.receiveBufferBytes(),
                                isOffloading));
        info.af = config.family();
    }

    /**
     * Opens a port. An interface that does not exist, is down or lacks the address leaves it down
     * for now, and so does a UDP port that is taken: {@link #downReason}.
     *
     * @throws PortException if the right to open it is missing, or an address is malformed.
     */
    public static SocketPeerPort open(PeerPortConfig config) {
        return open(config, true);
    }

    /** As {@link #open(PeerPortConfig)}; without offload each frame is a datagram of its own. */
    static SocketPeerPort open(PeerPortConfig config, boolean isOffloading) {
        SocketPeerPort port = new SocketPeerPort(config, isOffloading);
        port.openError = port.socket.open();
        if (port.openError == -LibcSockets.EPERM || port.openError == -LibcSockets.EACCES) {
            int errno = -port.openError;
            port.close();
            throw new PortException(
                    port.name()
                            + " refused (errno "
                            + errno
                            + "): grant CAP_NET_RAW, for a UDP port below 1024"
                            + " CAP_NET_BIND_SERVICE, or start through ops/pfsyncd.service");
        }
        return port;
    }

    private String name() {
        return (config.protocol() == 0
                        ? "UDP port " + config.udpPort()
                        : "raw socket of protocol " + config.protocol())
                + " on "
                + (config.localAddress() == null ? "any address" : config.localAddress())
                + (config.interfaceName() == null ? "" : " of " + config.interfaceName());
    }

    /** Why the port is down and what to do, or null if it is up. */
    public String downReason() {
        if (isUp()) {
            return null;
        }
        String reason =
                switch (-openError) {
                    case LibcSockets.ENODEV -> "the interface does not exist: create it";
                    case LibcSockets.EADDRNOTAVAIL ->
                            "no interface has the address: add it, or correct the local address";
                    case LibcSockets.EADDRINUSE ->
                            "another process has the port: stop it, or choose another";
                    default -> "errno " + -openError;
                };
        return name() + " is down, tried each second: " + (isClosed ? "closed" : reason);
    }

    /** Why the receive buffer is smaller than asked for and what to do, or null. */
    public String bufferWarning() {
        int granted = socket.grantedBufferBytes();
        if (!isUp() || granted >= config.receiveBufferBytes()) {
            return null;
        }
        return "receive buffer of "
                + name()
                + " is "
                + granted
                + " bytes, wanted "
                + config.receiveBufferBytes()
                + ": grant CAP_NET_ADMIN, or sysctl -w net.core.rmem_max="
                + config.receiveBufferBytes();
    }

    @Override
    public Lane lane(String numericAddress) {
        InetAddress address = config.address(numericAddress);
        if (address.isMulticastAddress()) {
            throw new PortException(numericAddress + " is a group: give the address of one peer");
        }
        if (address.isLinkLocalAddress()
                && config.family() == 6
                && config.interfaceName() == null) {
            throw new PortException(
                    numericAddress + " is link-local: name the interface, or give a global one");
        }
        SocketLane lane = new SocketLane(socket, address, config.mtu());
        lanes.add(lane);
        return lane;
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        int handled = deliver(handler, frameLimit); // what the last poll left
        while (handled < frameLimit && socket.isUp()) {
            int wanted = Math.min(ReceiveBatch.SIZE, frameLimit - handled);
            int n = received.receive(socket, wanted);
            messageCount = Math.max(0, n);
            begin(0);
            handled += deliver(handler, frameLimit - handled);
            if (n < wanted) {
                break;
            }
        }
        return handled;
    }

    /** Hands out frames of the messages at hand; their number. */
    private int deliver(FrameHandler handler, int frameLimit) {
        int handled = 0;
        while (handled < frameLimit && message < messageCount) {
            int length = Math.min(segmentLength, end - offset);
            handler.onFrame(received.slabs(), offset, length, info);
            handled++;
            offset += length;
            if (offset >= end) {
                begin(message + 1);
            }
        }
        return handled;
    }

    /** Takes up a message, or the next behind it that has a whole IP header. */
    private void begin(int first) {
        message = first;
        while (message < messageCount && !unwrap(message)) {
            message++;
        }
    }

    private boolean unwrap(int i) {
        UnsafeBuffer slabs = received.slabs();
        boolean isV4 = socket.isV4();
        offset = received.offset(i);
        int length = received.length(i);
        end = offset + length;
        int index = received.interfaceIndex(i, isV4);
        info.interfaceIndex = Math.max(0, index);
        // Bound to no interface, any is the expected one.
        int bound = socket.interfaceIndex();
        info.expectedInterfaceIndex = bound == 0 ? info.interfaceIndex : bound;
        if (socket.isRaw() && isV4) {
            if (length < IPV4_HEADER_LENGTH) {
                return false;
            }
            info.ttl = slabs.getByte(offset + IPV4_TTL_OFFSET) & 0xFF;
            address(slabs, offset + IPV4_SOURCE_OFFSET, info.source);
            address(slabs, offset + IPV4_DESTINATION_OFFSET, info.destination);
            offset += Math.min(length, (slabs.getByte(offset) & 0x0F) * 4);
            segmentLength = end - offset;
        } else {
            info.ttl = received.ttl(i, isV4);
            received.source(i, isV4, info.source);
            received.destination(i, isV4, info.destination);
            segmentLength = socket.isRaw() ? length : received.segmentLength(i);
        }
        return true;
    }

    private static void address(UnsafeBuffer from, int at, UnsafeBuffer into) {
        into.putLong(0, 0);
        into.putLong(8, 0);
        into.putBytes(0, from, at, 4);
    }

    @Override
    public long drops() {
        return isClosed ? 0 : socket.drops();
    }

    @Override
    public boolean checkInterface() {
        if (isClosed) {
            return false;
        }
        if (socket.isCurrent()) {
            socket.refreshMtu();
            return false;
        }
        openError = socket.open();
        return openError == 0;
    }

    @Override
    public boolean isUp() {
        return socket.isUp();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        message = messageCount;
        socket.close();
        received.close();
        lanes.forEach(SocketLane::close);
    }
}
