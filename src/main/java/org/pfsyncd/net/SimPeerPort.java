package org.pfsyncd.net;

import java.net.InetAddress;
import org.agrona.DirectBuffer;

/**
 * A peer port on a segment of a {@link SimNetwork}: hears the lanes that lead to its address, and
 * no {@link SimPort}. Owned by the network's thread, lanes included.
 */
public final class SimPeerPort extends SimEndpoint implements PeerPort {
    SimPeerPort(SimNetwork network, String segment, InetAddress address) {
        super(network, segment, address);
    }

    @Override
    public SimPeerPort queueLimit(int frames) {
        super.queueLimit(frames);
        return this;
    }

    @Override
    public SimPeerPort mtu(int bytes) {
        super.mtu(bytes);
        return this;
    }

    @Override
    byte[] destinationTowards(SimEndpoint to) {
        return to.address();
    }

    @Override
    public Lane lane(String numericAddress) {
        byte[] destination = PortConfig.numeric(numericAddress).getAddress();
        if (destination.length != address().length) {
            throw new PortException(addressText() + " and " + numericAddress + " differ in family");
        }
        return new SimLane(this, destination);
    }

    /** Frames to an address that nobody has vanish. */
    private static final class SimLane implements Lane {
        private final SimPeerPort port;
        private final byte[] destination;
        private final SimBatch batch = new SimBatch();
        private final SimBatch.Sender sender = this::send;
        private int sentEarly;

        SimLane(SimPeerPort port, byte[] destination) {
            this.port = port;
            this.destination = destination;
        }

        @Override
        public int send(DirectBuffer buffer, int offset, int length) {
            int error = port.sendError(length);
            if (error != 0) {
                return error;
            }
            SimPeerPort to = port.network.peer(port, destination);
            if (to != null) {
                port.network.send(port, to, buffer, offset, length);
            }
            return length;
        }

        @Override
        public int queue(DirectBuffer buffer, int offset, int length) {
            int error = port.sendError(length);
            if (error != 0) {
                return error;
            }
            if (batch.isFull()) {
                sentEarly += Math.max(0, batch.flush(sender));
            }
            batch.add(buffer, offset, length);
            return length;
        }

        @Override
        public int flush() {
            int result = batch.flush(sender);
            int sent = sentEarly + Math.max(0, result);
            sentEarly = 0;
            return sent > 0 ? sent : result;
        }

        @Override
        public int frameLimit() {
            return port.frameLimit();
        }
    }
}
