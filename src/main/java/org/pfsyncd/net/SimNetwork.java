package org.pfsyncd.net;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;

/**
 * An in-memory network of named segments for tests and simulations, owned by one thread together
 * with all its ports.
 *
 * <p>Time is virtual: it stands still until {@link #advance}. Chance comes from the seed alone, so
 * the same calls with the same seed give the same frames at the same instants. A frame's fate
 * (loss, partition, damage, delay) is decided when it is sent; what is under way arrives. A frame
 * without delay arrives within {@link Port#send}.
 */
public final class SimNetwork {
    /** Largest IP payload, bytes. */
    static final int FRAME_LIMIT = 65_535;

    /** Frames under way at once; more are dropped and counted by {@link #overflowed}. */
    static final int UNDER_WAY_LIMIT = 65_536;

    static final int DEFAULT_TTL = 255;
    private static final int MILLION = 1_000_000;

    private final SplittableRandom random;
    private final List<SimPort> ports = new ArrayList<>();
    private final List<SimPeerPort> peers = new ArrayList<>();
    private final SimObstacles obstacles = new SimObstacles();
    private final PriorityQueue<SimFrame> underWay = new PriorityQueue<>();
    private final ArrayDeque<SimFrame> pool = new ArrayDeque<>();
    private SimFaults faults = SimFaults.NONE;
    private boolean hasStarted;
    private long nowNs;
    private long sequence;
    private int lastInterfaceIndex;
    private long delivered;
    private long lost;
    private long duplicated;
    private long partitioned;
    private long overflowed;
    private long corrupted;
    private long swallowed;

    public SimNetwork(long seed) {
        random = new SplittableRandom(seed);
    }

    /** What happens to frames that are sent from now on. */
    public void faults(SimFaults newFaults) {
        faults = newFaults;
    }

    /**
     * A new port on a segment, whose frames reach all other ports of the segment.
     *
     * @param address numeric, of the family that the port speaks.
     */
    public SimPort attach(String segment, String address) {
        return attach(segment, address, null);
    }

    /**
     * A new port on a segment, whose frames reach the ports there that have the address {@code
     * destination}; null stands for all others.
     */
    public SimPort attach(String segment, String address, String destination) {
        SimPort port = new SimPort(this, segment, InetAddress.ofLiteral(address), destination);
        ports.add(port);
        return port;
    }

    /**
     * A new peer port on a segment, for the lanes that lead to its address.
     *
     * @param address numeric; no other peer port of the segment may have it.
     */
    public SimPeerPort attachPeer(String segment, String address) {
        SimPeerPort port = new SimPeerPort(this, segment, InetAddress.ofLiteral(address));
        if (peer(port, port.address()) != null) {
            throw new PortException(
                    "a peer port of " + segment + " has " + address + ": close it first");
        }
        peers.add(port);
        return port;
    }

    /** The peer port that has an address on the segment of another, or null. */
    SimPeerPort peer(SimPeerPort beside, byte[] address) {
        for (int i = 0; i < peers.size(); i++) {
            SimPeerPort port = peers.get(i);
            if (port.isNextTo(beside) && port.hasAddress(address)) {
                return port;
            }
        }
        return null;
    }

    /** Moves time on, to an instant not before the last, and lets arrive what is due. */
    public void advance(long newNowNs) {
        if (hasStarted && newNowNs - nowNs < 0) {
            throw new IllegalArgumentException("time went back from " + nowNs + " to " + newNowNs);
        }
        hasStarted = true;
        nowNs = newNowNs;
        deliverDue();
    }

    /** Frames that {@code from} sends from now on do not reach {@code to}. */
    public void cut(SimEndpoint from, SimEndpoint to) {
        obstacles.cut(from, to);
    }

    /** As {@link #cut(SimEndpoint, SimEndpoint)}, for every port that has the address or will. */
    public void cut(String fromAddress, String toAddress) {
        obstacles.cut(canonical(fromAddress), canonical(toAddress));
    }

    /** Neither of two ports hears the other from now on. */
    public void partition(SimEndpoint a, SimEndpoint b) {
        cut(a, b);
        cut(b, a);
    }

    /** As {@link #partition(SimEndpoint, SimEndpoint)}, for addresses. */
    public void partition(String a, String b) {
        cut(a, b);
        cut(b, a);
    }

    /**
     * Frames of more than {@code longest} bytes that {@code from} sends to {@code to} from now on
     * vanish, and nobody is told; 0 ends it. {@link SimFaults#blackHole} does so everywhere.
     */
    public void blackHole(SimEndpoint from, SimEndpoint to, int longest) {
        obstacles.blackHole(from, to, longest);
    }

    /** As {@link #blackHole(SimEndpoint, SimEndpoint, int)}, for addresses. */
    public void blackHole(String fromAddress, String toAddress, int longest) {
        obstacles.blackHole(canonical(fromAddress), canonical(toAddress), longest);
    }

    private static String canonical(String address) {
        return InetAddress.ofLiteral(address).getHostAddress();
    }

    /** Ends every cut and partition, and every black hole on a single way. */
    public void heal() {
        obstacles.clear();
    }

    /**
     * Puts raw bytes into a port's queue at once, whatever they are; faults and cuts do not apply.
     */
    public void inject(
            SimEndpoint to, SimOrigin origin, DirectBuffer bytes, int offset, int length) {
        SimFrame frame = acquire(to, bytes, offset, length);
        byte[] source = InetAddress.ofLiteral(origin.source()).getAddress();
        pad(source, frame.source);
        pad(to.address(), frame.destination);
        frame.af = source.length == 4 ? 4 : 6;
        frame.ttl = origin.ttl();
        frame.interfaceIndex = origin.interfaceIndex();
        deliver(frame);
    }

    /** Sends from a port to whom it concerns; each receiver's copy has a fate of its own. */
    void send(SimPort from, DirectBuffer buffer, int offset, int length) {
        for (int i = 0; i < ports.size(); i++) {
            SimPort to = ports.get(i);
            if (from.reaches(to)) {
                sendTo(from, to, buffer, offset, length);
            }
        }
        deliverDue();
    }

    /** Sends from a peer port to another. */
    void send(SimPeerPort from, SimPeerPort to, DirectBuffer buffer, int offset, int length) {
        sendTo(from, to, buffer, offset, length);
        deliverDue();
    }

    private void sendTo(
            SimEndpoint from, SimEndpoint to, DirectBuffer buffer, int offset, int length) {
        if (obstacles.isCut(from, to)) {
            partitioned++;
            return;
        }
        if (length > faults.longestFrame() || obstacles.swallows(from, to, length)) {
            swallowed++;
            return;
        }
        if (isHit(faults.lossPerMillion())) {
            lost++;
            return;
        }
        launch(from, to, buffer, offset, length);
        if (isHit(faults.duplicatePerMillion())) {
            duplicated++;
            launch(from, to, buffer, offset, length);
        }
    }

    private void launch(
            SimEndpoint from, SimEndpoint to, DirectBuffer buffer, int offset, int length) {
        if (underWay.size() >= UNDER_WAY_LIMIT) {
            overflowed++;
            return;
        }
        SimFrame frame = acquire(to, buffer, offset, length);
        if (length > 0 && isHit(faults.corruptPerMillion())) {
            corrupted++;
            int bit = random.nextInt(length * Byte.SIZE);
            int at = bit / Byte.SIZE;
            frame.bytes.putByte(at, (byte) (frame.bytes.getByte(at) ^ 1 << bit % Byte.SIZE));
        }
        pad(from.address(), frame.source);
        pad(from.destinationTowards(to), frame.destination);
        frame.af = from.af();
        frame.ttl = DEFAULT_TTL;
        frame.interfaceIndex = to.interfaceIndex();
        frame.arrivalNs = nowNs + delayNs();
        frame.sequence = sequence++;
        underWay.add(frame);
    }

    private long delayNs() {
        long delayNs = faults.delayNs();
        if (faults.jitterNs() > 0) {
            delayNs += random.nextLong(faults.jitterNs() + 1);
        }
        return isHit(faults.reorderPerMillion()) ? delayNs + faults.reorderNs() : delayNs;
    }

    private boolean isHit(int perMillion) {
        return perMillion > 0 && random.nextInt(MILLION) < perMillion;
    }

    private void deliverDue() {
        SimFrame first = underWay.peek();
        while (first != null && first.arrivalNs - nowNs <= 0) {
            deliver(underWay.poll());
            first = underWay.peek();
        }
    }

    private void deliver(SimFrame frame) {
        if (frame.receiver.offer(frame)) {
            delivered++;
        } else {
            overflowed++;
            release(frame);
        }
    }

    private SimFrame acquire(SimEndpoint to, DirectBuffer bytes, int offset, int length) {
        SimFrame pooled = pool.poll();
        SimFrame frame = pooled == null ? new SimFrame() : pooled;
        frame.receiver = to;
        frame.copy(bytes, offset, length);
        return frame;
    }

    void release(SimFrame frame) {
        frame.receiver = null;
        pool.push(frame);
    }

    void detach(SimEndpoint port) {
        ports.remove(port);
        peers.remove(port);
    }

    int nextInterfaceIndex() {
        return ++lastInterfaceIndex;
    }

    private static void pad(byte[] address, byte[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = i < address.length ? address[i] : 0;
        }
    }

    /** Frames sent but not yet arrived. */
    public int underWay() {
        return underWay.size();
    }

    /** Frames put into a port's queue. */
    public long delivered() {
        return delivered;
    }

    /** Frames lost by chance. */
    public long lost() {
        return lost;
    }

    /** Frames that were sent a second time by chance. */
    public long duplicated() {
        return duplicated;
    }

    /** Copies of which a bit was flipped. */
    public long corrupted() {
        return corrupted;
    }

    /** Frames that were too long for a black hole. */
    public long swallowed() {
        return swallowed;
    }

    /** Frames stopped by a cut. */
    public long partitioned() {
        return partitioned;
    }

    /** Frames that found a full queue, or a port that was down. */
    public long overflowed() {
        return overflowed;
    }
}
