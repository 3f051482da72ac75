package org.pfsyncd.net;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.os.LibcSockets;

/**
 * A port on a segment of a {@link SimNetwork}. Owned by the network's thread.
 *
 * <p>Behaves as a kernel's: a full receive queue drops and counts, more than the MTU is refused,
 * and an interface that was re-created leaves the port deaf until {@link #checkInterface}.
 */
public final class SimPort implements Port {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int BATCH_LIMIT = 32;
    private static final byte[] IPV4_GROUP = InetAddress.ofLiteral("224.0.0.240").getAddress();
    private static final byte[] IPV6_GROUP = InetAddress.ofLiteral("ff12::f0").getAddress();

    private final SimNetwork network;
    private final String segment;
    private final byte[] address;
    private final byte[] destination;
    private final boolean isMulticast;
    private final FrameInfo info = new FrameInfo();
    private final ArrayDeque<SimFrame> received = new ArrayDeque<>();
    private final UnsafeBuffer batch = new UnsafeBuffer(new byte[0]);
    private final int[] batchLengths = new int[BATCH_LIMIT];
    private int batchCount;
    private int batchBytes;
    private int queueLimit = 1024;
    private int mtu = 1500;
    private int interfaceIndex;
    private int currentInterfaceIndex;
    private boolean isClosed;
    private long drops;

    SimPort(SimNetwork network, String segment, InetAddress address, String destination) {
        this.network = network;
        this.segment = segment;
        this.address = address.getAddress();
        isMulticast = destination == null;
        this.destination =
                destination != null
                        ? InetAddress.ofLiteral(destination).getAddress()
                        : this.address.length == 4 ? IPV4_GROUP : IPV6_GROUP;
        if (this.destination.length != this.address.length) {
            throw new PortException(
                    address.getHostAddress() + " and " + destination + " differ in family");
        }
        currentInterfaceIndex = network.nextInterfaceIndex();
        interfaceIndex = currentInterfaceIndex;
    }

    /** Frames the receive queue holds before it drops; at first 1,024. */
    public SimPort queueLimit(int frames) {
        queueLimit = frames;
        return this;
    }

    /** Largest IP packet; at first 1,500 bytes. */
    public SimPort mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    /** Deletes the interface: sending fails, and {@link #checkInterface} finds nothing. */
    public void removeInterface() {
        currentInterfaceIndex = 0;
    }

    /** Creates the interface anew, with an index of its own. */
    public void createInterface() {
        currentInterfaceIndex = network.nextInterfaceIndex();
    }

    boolean reaches(SimPort other) {
        return other != this
                && other.segment.equals(segment)
                && other.address.length == address.length
                && (isMulticast || Arrays.equals(other.address, destination));
    }

    /** Takes a frame in; false if it was dropped. */
    boolean offer(SimFrame frame) {
        if (!isHearing()) {
            return false;
        }
        if (received.size() >= queueLimit) {
            drops++;
            return false;
        }
        received.add(frame);
        return true;
    }

    private boolean isHearing() {
        return isUp() && interfaceIndex == currentInterfaceIndex;
    }

    byte[] address() {
        return address;
    }

    byte[] destination() {
        return destination;
    }

    int af() {
        return address.length == 4 ? 4 : 6;
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        int handled = 0;
        while (handled < frameLimit && !received.isEmpty()) {
            SimFrame frame = received.poll();
            info.af = frame.af;
            info.ttl = frame.ttl;
            info.interfaceIndex = frame.interfaceIndex;
            info.expectedInterfaceIndex = interfaceIndex;
            info.source.putBytes(0, frame.source);
            info.destination.putBytes(0, frame.destination);
            handler.onFrame(frame.bytes, 0, frame.length, info);
            network.release(frame);
            handled++;
        }
        return handled;
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

    private int sendError(int length) {
        if (!isUp()) {
            return -LibcSockets.ENETDOWN;
        }
        if (interfaceIndex != currentInterfaceIndex) {
            return -LibcSockets.ENODEV;
        }
        int header = address.length == 4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH;
        return length > SimNetwork.FRAME_LIMIT || length + header > mtu ? -LibcSockets.EMSGSIZE : 0;
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        int error = sendError(length);
        if (error != 0) {
            return error;
        }
        if (batchCount == BATCH_LIMIT) {
            flush();
        }
        if (batch.capacity() < batchBytes + length) {
            byte[] grown = new byte[2 * (batchBytes + length)];
            batch.getBytes(0, grown, 0, batchBytes);
            batch.wrap(grown);
        }
        batch.putBytes(batchBytes, buffer, offset, length);
        batchBytes += length;
        batchLengths[batchCount++] = length;
        return length;
    }

    @Override
    public int flush() {
        int offset = 0;
        int sent = 0;
        int error = 0;
        for (int i = 0; i < batchCount; i++) {
            int result = send(batch, offset, batchLengths[i]);
            offset += batchLengths[i];
            sent += result >= 0 ? 1 : 0;
            error = Math.min(error, result);
        }
        batchCount = 0;
        batchBytes = 0;
        return sent > 0 ? sent : error;
    }

    @Override
    public int interfaceIndex() {
        return interfaceIndex;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public long drops() {
        return drops;
    }

    @Override
    public boolean checkInterface() {
        if (isClosed || interfaceIndex == currentInterfaceIndex) {
            return false;
        }
        interfaceIndex = currentInterfaceIndex;
        drops = 0;
        while (!received.isEmpty()) {
            network.release(received.poll());
        }
        return interfaceIndex != 0;
    }

    @Override
    public boolean isUp() {
        return !isClosed && interfaceIndex != 0;
    }

    @Override
    public void close() {
        isClosed = true;
        network.detach(this);
    }
}
