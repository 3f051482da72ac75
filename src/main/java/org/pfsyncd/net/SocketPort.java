package org.pfsyncd.net;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.os.RawSocket;
import org.pfsyncd.os.ReceiveBatch;
import org.pfsyncd.os.SendBatch;

/**
 * A port over the kernel's raw sockets, or over UDP where raw sockets are not allowed. Owned by the
 * polling thread, which may be another than the one that opened it; allocates nothing a frame.
 *
 * <p>Survives a missing, re-created or addressless interface: it is down until {@link
 * #checkInterface} can open it.
 */
public final class SocketPort implements Port {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV4_TTL_OFFSET = 8;
    private static final int IPV4_SOURCE_OFFSET = 12;
    private static final int IPV4_DESTINATION_OFFSET = 16;
    private static final int DEFAULT_MTU = 1500;
    private static final int IPV6_EXTRA = 20;
    private static final int UDP_HEADER_LENGTH = 8;

    private final PortConfig config;
    private final RawSocket socket;
    private final ReceiveBatch received;
    private final SendBatch queued;
    private final FrameInfo info = new FrameInfo();
    private boolean isClosed;

    private SocketPort(PortConfig config) {
        this.config = config;
        socket = new RawSocket(config.socket());
        received = new ReceiveBatch();
        queued = new SendBatch();
        info.af = socket.isV4() ? 4 : 6;
    }

    /**
     * Opens a port. An interface that does not exist, is down or lacks the address leaves it down
     * for now.
     *
     * @throws PortException if the right to open it is missing, or an address is malformed.
     */
    public static SocketPort open(PortConfig config) {
        SocketPort port = new SocketPort(config);
        int result = port.socket.open();
        if (result == -LibcSockets.EPERM || result == -LibcSockets.EACCES) {
            port.close();
            throw new PortException(
                    "raw socket refused (EPERM): grant CAP_NET_RAW, or start through"
                            + " ops/pfsyncd.service");
        }
        return port;
    }

    /** Why the receive buffer is smaller than asked for and what to do, or null. */
    public String bufferWarning() {
        int granted = socket.grantedBufferBytes();
        if (!socket.isOpen() || granted >= config.receiveBufferBytes()) {
            return null;
        }
        return "receive buffer of "
                + config.interfaceName()
                + " is "
                + granted
                + " bytes, wanted "
                + config.receiveBufferBytes()
                + ": grant CAP_NET_ADMIN, or sysctl -w net.core.rmem_max="
                + config.receiveBufferBytes();
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        int handled = 0;
        while (handled < frameLimit && socket.isOpen()) {
            int wanted = Math.min(ReceiveBatch.SIZE, frameLimit - handled);
            int n = received.receive(socket, wanted);
            for (int i = 0; i < n; i++) {
                deliver(i, handler);
            }
            handled += Math.max(0, n);
            if (n < wanted) {
                break;
            }
        }
        return handled;
    }

    private void deliver(int i, FrameHandler handler) {
        UnsafeBuffer slabs = received.slabs();
        int offset = received.offset(i);
        int length = received.length(i);
        info.expectedInterfaceIndex = socket.interfaceIndex();
        int index = received.interfaceIndex(i, socket.isV4());
        info.interfaceIndex = index < 0 ? socket.interfaceIndex() : index;
        if (socket.isRaw() && socket.isV4()) {
            if (length < IPV4_HEADER_LENGTH) {
                return;
            }
            info.ttl = slabs.getByte(offset + IPV4_TTL_OFFSET) & 0xFF;
            address(slabs, offset + IPV4_SOURCE_OFFSET, info.source);
            address(slabs, offset + IPV4_DESTINATION_OFFSET, info.destination);
            int headerLength = Math.min(length, (slabs.getByte(offset) & 0x0F) * 4);
            offset += headerLength;
            length -= headerLength;
        } else {
            info.ttl = received.ttl(i, socket.isV4());
            received.source(i, socket.isV4(), info.source);
            received.destination(i, socket.isV4(), info.destination);
        }
        handler.onFrame(slabs, offset, length, info);
    }

    private static void address(UnsafeBuffer from, int offset, UnsafeBuffer into) {
        into.putLong(0, 0);
        into.putLong(8, 0);
        into.putBytes(0, from, offset, 4);
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        return socket.isOpen() ? socket.send(buffer, offset, length) : -LibcSockets.ENETDOWN;
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        if (!socket.isOpen()) {
            return -LibcSockets.ENETDOWN;
        }
        if (length > SendBatch.FRAME_LIMIT) {
            flush(); // what was queued before goes before
            return send(buffer, offset, length);
        }
        int result = queued.count() == SendBatch.SIZE ? flush() : 0;
        queued.add(buffer, offset, length);
        return result < 0 ? result : length;
    }

    @Override
    public int flush() {
        return socket.isOpen() ? queued.send(socket) : -LibcSockets.ENETDOWN;
    }

    @Override
    public int flushInOrder() {
        return socket.isOpen() ? queued.sendInOrder(socket) : -LibcSockets.ENETDOWN;
    }

    @Override
    public int overhead() {
        return (socket.isV4() ? 0 : IPV6_EXTRA) + (socket.isRaw() ? 0 : UDP_HEADER_LENGTH);
    }

    @Override
    public int interfaceIndex() {
        return socket.interfaceIndex();
    }

    @Override
    public int mtu() {
        return socket.isOpen() ? socket.mtu() : DEFAULT_MTU;
    }

    @Override
    public long drops() {
        return socket.isOpen() ? socket.drops() : 0;
    }

    @Override
    public boolean checkInterface() {
        if (isClosed) {
            return false;
        }
        if (socket.isOpen() && socket.currentInterfaceIndex() == socket.interfaceIndex()) {
            socket.refreshMtu();
            return false;
        }
        socket.closeSocket();
        queued.clear(); // frames of a time that is over
        return socket.open() == 0;
    }

    @Override
    public boolean isUp() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        socket.close();
        received.close();
        queued.close();
    }
}
