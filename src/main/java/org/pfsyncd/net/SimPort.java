package org.pfsyncd.net;

import java.net.InetAddress;
import org.agrona.DirectBuffer;

/** A port on a segment of a {@link SimNetwork}. Owned by the network's thread. */
public final class SimPort extends SimEndpoint implements Port {
    private static final byte[] IPV4_GROUP = InetAddress.ofLiteral("224.0.0.240").getAddress();
    private static final byte[] IPV6_GROUP = InetAddress.ofLiteral("ff12::f0").getAddress();

    private final byte[] destination;
    private final boolean isMulticast;
    private final SimBatch batch = new SimBatch();
    private final SimBatch.Sender sender = this::send;

    SimPort(SimNetwork network, String segment, InetAddress address, String destination) {
        super(network, segment, address);
        isMulticast = destination == null;
        this.destination =
                destination != null
                        ? InetAddress.ofLiteral(destination).getAddress()
                        : af() == 4 ? IPV4_GROUP : IPV6_GROUP;
        if (this.destination.length != address().length) {
            throw new PortException(
                    address.getHostAddress() + " and " + destination + " differ in family");
        }
    }

    @Override
    public SimPort queueLimit(int frames) {
        super.queueLimit(frames);
        return this;
    }

    @Override
    public SimPort mtu(int bytes) {
        super.mtu(bytes);
        return this;
    }

    boolean reaches(SimPort other) {
        return other != this && isNextTo(other) && (isMulticast || other.hasAddress(destination));
    }

    @Override
    byte[] destinationTowards(SimEndpoint to) {
        return destination;
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        int error = sendError(length);
        if (error != 0) {
            return error;
        }
        network.send(this, buffer, offset, length);
        return length;
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        int error = sendError(length);
        if (error != 0) {
            return error;
        }
        if (batch.isFull()) {
            flush();
        }
        batch.add(buffer, offset, length);
        return length;
    }

    @Override
    public int flush() {
        return batch.flush(sender);
    }
}
