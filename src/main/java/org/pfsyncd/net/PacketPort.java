package org.pfsyncd.net;

import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.os.PacketSocket;
import org.pfsyncd.os.RawSocket;
import org.pfsyncd.os.ReceiveBatch;

/**
 * Listens to pfsync on all interfaces, in front of the host's packet filter, and counts beside it
 * what the host lets through on one of them. Sends nothing and joins no group. Opened, polled and
 * closed by one thread.
 */
public final class PacketPort implements AutoCloseable {
    private static final int BUFFER_BYTES = 8 * 1024 * 1024;
    private static final int POLL_LIMIT = 1024;

    private final PacketSocket socket = new PacketSocket();
    private final ReceiveBatch received = new ReceiveBatch();
    private final PacketInfo info = new PacketInfo();

    private PacketPort() {}

    /**
     * Opens the port.
     *
     * @throws PortException if the right to do so is missing.
     */
    public static PacketPort open() {
        PacketPort port = new PacketPort();
        int result = port.socket.open(BUFFER_BYTES);
        if (result < 0) {
            port.close();
            throw new PortException(
                    "packet socket refused (errno "
                            + -result
                            + (result == -LibcSockets.EPERM ? ", EPERM" : "")
                            + "): start as root, or grant CAP_NET_RAW; or capture elsewhere and"
                            + " use: pfsyncd doctor --read FILE");
        }
        return port;
    }

    /** Also hears what is for others on this interface; false if the kernel refuses. */
    public boolean hearAll(int interfaceIndex) {
        return socket.hearAll(interfaceIndex) >= 0;
    }

    /** Hands over the packets that wait, at most 1,024; their number. */
    public int poll(PacketHandler handler) {
        int handled = 0;
        int n = ReceiveBatch.SIZE;
        while (handled < POLL_LIMIT && n == ReceiveBatch.SIZE) {
            n = Math.max(0, received.receive(socket, ReceiveBatch.SIZE));
            for (int i = 0; i < n; i++) {
                info.interfaceIndex = received.linkInterface(i);
                info.etherType = received.etherType(i);
                info.vlan = received.vlan(i);
                info.isOutgoing = received.linkKind(i) == PacketSocket.OUTGOING;
                handler.onPacket(received.slabs(), received.offset(i), received.length(i), info);
            }
            handled += n;
        }
        return handled;
    }

    /** Packets that passed while we were not quick enough. */
    public long drops() {
        return socket.drops();
    }

    @Override
    public void close() {
        socket.close();
        received.close();
    }

    /**
     * What reaches ordinary raw sockets of protocol 240 on one interface: behind the host's packet
     * filter, and only groups that somebody on this host joined.
     */
    public static final class Accepted implements AutoCloseable {
        private final RawSocket raw;
        private final ReceiveBatch batch = new ReceiveBatch();
        private final boolean isOpen;
        private long count;

        /** Opens beside whatever else listens; {@link #isOpen} is false where that fails. */
        public Accepted(String interfaceName, int receiveBufferBytes) {
            // A unicast destination, never sent to: so that nothing is joined.
            PortConfig config =
                    new PortConfig(
                            PortConfig.PFSYNC,
                            interfaceName,
                            "127.0.0.1",
                            null,
                            0,
                            receiveBufferBytes);
            raw = new RawSocket(config.socket());
            isOpen = raw.open() == 0 && raw.hearGroupsOfOthers() == 0;
        }

        public boolean isOpen() {
            return isOpen;
        }

        /** Reads what waits, and counts all frames so far. */
        public long count() {
            int n = isOpen ? ReceiveBatch.SIZE : 0;
            for (int i = 0; i < POLL_LIMIT && n == ReceiveBatch.SIZE; i++) {
                n = Math.max(0, batch.receive(raw, ReceiveBatch.SIZE));
                count += n;
            }
            return count;
        }

        @Override
        public void close() {
            raw.close();
            batch.close();
        }
    }
}
