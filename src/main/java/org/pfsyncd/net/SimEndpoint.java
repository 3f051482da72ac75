package org.pfsyncd.net;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.pfsyncd.os.LibcSockets;

/**
 * What the ports of a {@link SimNetwork} have in common: an address on a segment, an interface and
 * a receive queue. Owned by the network's thread.
 *
 * <p>Behaves as a kernel's: a full receive queue drops and counts, more than the MTU is refused,
 * and an interface that was re-created leaves the port deaf until {@link #checkInterface}.
 */
public abstract sealed class SimEndpoint permits SimPort, SimPeerPort {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;

    final SimNetwork network;
    private final String segment;
    private final byte[] address;
    private final String addressText;
    private final FrameInfo info = new FrameInfo();
    private final ArrayDeque<SimFrame> received = new ArrayDeque<>();
    private int queueLimit = 1024;
    private int mtu = 1500;
    private int interfaceIndex;
    private int currentInterfaceIndex;
    private boolean isClosed;
    private long drops;

    SimEndpoint(SimNetwork network, String segment, InetAddress address) {
        this.network = network;
        this.segment = segment;
        this.address = address.getAddress();
        addressText = address.getHostAddress();
        currentInterfaceIndex = network.nextInterfaceIndex();
        interfaceIndex = currentInterfaceIndex;
    }

    /** Frames the receive queue holds before it drops; at first 1,024. */
    public SimEndpoint queueLimit(int frames) {
        queueLimit = frames;
        return this;
    }

    /** Largest IP packet; at first 1,500 bytes. */
    public SimEndpoint mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    public int mtu() {
        return mtu;
    }

    /** Deletes the interface: sending fails, and {@link #checkInterface} finds nothing. */
    public void removeInterface() {
        currentInterfaceIndex = 0;
    }

    /** Creates the interface anew, with an index of its own. */
    public void createInterface() {
        currentInterfaceIndex = network.nextInterfaceIndex();
    }

    /** Where a frame for {@code to} is addressed. */
    abstract byte[] destinationTowards(SimEndpoint to);

    /** Whether {@code other} has an address of the same family on the same segment. */
    final boolean isNextTo(SimEndpoint other) {
        return other.segment.equals(segment) && other.address.length == address.length;
    }

    final boolean hasAddress(byte[] wanted) {
        return Arrays.equals(address, wanted);
    }

    final byte[] address() {
        return address;
    }

    /** The address in one form. */
    final String addressText() {
        return addressText;
    }

    final int af() {
        return address.length == 4 ? 4 : 6;
    }

    /** Takes a frame in; false if it was dropped. */
    final boolean offer(SimFrame frame) {
        if (!isUp() || interfaceIndex != currentInterfaceIndex) {
            return false;
        }
        if (received.size() >= queueLimit) {
            drops++;
            return false;
        }
        received.add(frame);
        return true;
    }

    /** As {@link Port#poll}. */
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

    /** Why a frame of this length cannot be sent: {@code -errno}, or 0. */
    final int sendError(int length) {
        if (!isUp()) {
            return -LibcSockets.ENETDOWN;
        }
        if (interfaceIndex != currentInterfaceIndex) {
            return -LibcSockets.ENODEV;
        }
        return length > SimNetwork.FRAME_LIMIT || length > frameLimit() ? -LibcSockets.EMSGSIZE : 0;
    }

    /** Longest frame, bytes behind the IP header. */
    final int frameLimit() {
        return mtu - (address.length == 4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH);
    }

    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** As {@link Port#drops}. */
    public long drops() {
        return drops;
    }

    /** As {@link Port#checkInterface}. */
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

    /** As {@link Port#isUp}. */
    public boolean isUp() {
        return !isClosed && interfaceIndex != 0;
    }

    /** Leaves the network. */
    public void close() {
        isClosed = true;
        network.detach(this);
    }
}
