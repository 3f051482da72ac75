package org.pfsyncd.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.wire.FrameWalker;

/**
 * What passed by on one segment: the facts of each sender and between senders, in bounded memory.
 * Decides nothing. Owned by the thread that listens; times are nanoseconds of any one clock.
 */
public final class Observations {
    static final int PFSYNC = 240;
    private static final int ICMP = 1;
    private static final int SENDER_LIMIT = 64;
    private static final int ICMP_UNREACHABLE = 3;
    private static final int ICMP_TOO_BIG = 4;
    private static final int ICMP_HEADER_LENGTH = 8;
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int VERSION_LIMIT = 16;

    final Map<String, SenderFacts> senders = new LinkedHashMap<>();

    /** Sender heard elsewhere: interface. */
    final Map<String, String> elsewhere = new LinkedHashMap<>();

    final Map<String, Long> elsewhereFrames = new HashMap<>();

    /** Hosts that showed signs of life on the interface other than pfsync. */
    final Map<String, Long> alive = new LinkedHashMap<>();

    final Map<Integer, Set<String>> creators = new LinkedHashMap<>();
    final List<TooBig> tooBig = new ArrayList<>();
    final Requests requests = new Requests();

    private final Segment segment;
    private final long startNs;
    private final FrameWalker walker = new FrameWalker();
    private final Ear ear = new Ear(this);
    private long endNs;
    private long untracked;

    /** Starts at an instant of the clock that every packet will have. */
    public Observations(Segment segment, long startNs) {
        this.segment = segment;
        this.startNs = startNs;
        endNs = startNs;
    }

    /**
     * A packet of the segment's interface.
     *
     * @param vlan its VLAN id, or -1.
     * @param isOutgoing whether this host sent it.
     */
    public void onPacket(long nowNs, CapturedPacket packet, int vlan, boolean isOutgoing) {
        endNs = nowNs;
        if (packet.protocol() != PFSYNC) {
            if (!isOutgoing) {
                onOther(packet);
            }
            return;
        }
        SenderFacts sender = sender(text(packet.source(), packet), isOutgoing);
        if (sender == null) {
            untracked++;
            return;
        }
        sender.frames++;
        sender.heardNs = nowNs;
        if (vlan > 0) {
            add(sender.vlans, vlan);
        } else if (packet.kind() == PacketKind.FRAGMENT) {
            sender.fragments++;
        } else if (packet.ttl() >= 0 && packet.ttl() != SenderFacts.TTL) {
            add(sender.wrongTtls, packet.ttl());
        } else if (packet.kind() != PacketKind.COMPLETE) {
            sender.cut++;
        } else {
            onSound(nowNs, packet, sender);
        }
    }

    private void onSound(long nowNs, CapturedPacket packet, SenderFacts sender) {
        DirectBuffer payload = packet.payload();
        int length = payload.capacity();
        sender.accepted++;
        sender.largest = Math.max(sender.largest, length + headerLength(packet));
        String to = packet.addressLength() == 0 ? "" : text(packet.destination(), packet);
        sender.destination(to);
        if (length > 0) {
            add(sender.versions, payload.getByte(0) & 0xFF);
        }
        ear.listen(nowNs, sender);
        walker.walk(payload, 0, length, FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6, ear);
    }

    private static int headerLength(CapturedPacket packet) {
        return packet.addressLength() == 16 ? IPV6_HEADER_LENGTH : IPV4_HEADER_LENGTH;
    }

    /** ICMP that complains of a pfsync packet; anything else only shows that its sender lives. */
    private void onOther(CapturedPacket packet) {
        if (packet.addressLength() == 0) {
            return;
        }
        onAlive(text(packet.source(), packet));
        DirectBuffer payload = packet.payload();
        boolean isComplaint =
                packet.protocol() == ICMP
                        && payload.capacity() >= ICMP_HEADER_LENGTH + IPV4_HEADER_LENGTH
                        && payload.getByte(0) == ICMP_UNREACHABLE
                        && (payload.getByte(ICMP_HEADER_LENGTH + 9) & 0xFF) == PFSYNC;
        if (isComplaint && payload.getByte(1) == ICMP_TOO_BIG && tooBig.size() < SENDER_LIMIT) {
            int mtu = payload.getShort(6, java.nio.ByteOrder.BIG_ENDIAN) & 0xFFFF;
            tooBig.add(new TooBig(text(packet.source(), packet), mtu));
        }
    }

    /** A sign of life, such as ARP, of a host on the segment's interface. */
    public void onAlive(String address) {
        if (!segment.isLocal(address) && !address.equals("0.0.0.0")) {
            if (alive.containsKey(address) || alive.size() < SENDER_LIMIT) {
                alive.merge(address, 1L, Long::sum);
            }
        }
    }

    /** A pfsync packet that came in on an interface that no group is configured for. */
    public void onElsewhere(String interfaceName, CapturedPacket packet) {
        String sender = text(packet.source(), packet);
        if (packet.protocol() == PFSYNC
                && (elsewhere.containsKey(sender) || elsewhere.size() < SENDER_LIMIT)) {
            elsewhere.put(sender, interfaceName);
            elsewhereFrames.merge(sender, 1L, Long::sum);
        }
    }

    /** The listening is over. */
    public void end(long nowNs) {
        endNs = nowNs;
    }

    long endNs() {
        return endNs;
    }

    /** Time listened, seconds. */
    public double seconds() {
        return (endNs - startNs) / 1e9;
    }

    /** Frames heard of others, sound or not. */
    public long frames() {
        return others().stream().mapToLong(sender -> sender.frames).sum();
    }

    /** Frames of senders beyond the limit of 64, of which nothing else is known. */
    long untracked() {
        return untracked;
    }

    /** All senders but this host. */
    List<SenderFacts> others() {
        return senders.values().stream().filter(sender -> !sender.isSelf).toList();
    }

    /** Those of whom at least one frame was sound. */
    List<SenderFacts> accepted() {
        return others().stream().filter(sender -> sender.accepted > 0).toList();
    }

    void owns(int creatorId, SenderFacts sender) {
        if (creators.containsKey(creatorId) || creators.size() < SENDER_LIMIT * 4) {
            Set<String> owners = creators.computeIfAbsent(creatorId, id -> new LinkedHashSet<>());
            if (owners.size() < SENDER_LIMIT) {
                owners.add(sender.address);
            }
        }
    }

    private SenderFacts sender(String address, boolean isOutgoing) {
        SenderFacts known = senders.get(address);
        if (known == null && senders.size() < SENDER_LIMIT) {
            known = new SenderFacts(address, isOutgoing || segment.isLocal(address));
            senders.put(address, known);
        }
        return known;
    }

    private static void add(Map<Integer, Long> counts, int key) {
        if (counts.containsKey(key) || counts.size() < VERSION_LIMIT) {
            counts.merge(key, 1L, Long::sum);
        }
    }

    /** An address as text; {@code pfsync0} where the capture has none. */
    private static String text(byte[] address, CapturedPacket packet) {
        if (packet.addressLength() == 0) {
            return "pfsync0";
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOf(address, packet.addressLength()))
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    static String hex(DirectBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * A router's word that a pfsync packet was too big.
     *
     * @param router that said so.
     * @param mtu of its next link, 0 if it did not say.
     */
    record TooBig(String router, int mtu) {}
}
