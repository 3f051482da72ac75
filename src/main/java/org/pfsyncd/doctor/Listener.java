package org.pfsyncd.doctor;

import java.io.IOException;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.IpPackets;
import org.pfsyncd.net.PacketInfo;
import org.pfsyncd.net.PacketPort;

/**
 * Listens to the segments of this host, beside a daemon or without one, and sends nothing. Opened,
 * polled and ended by one thread; time is an argument.
 */
public final class Listener implements AutoCloseable {
    private static final int ETHERTYPE_ARP = 0x0806;
    private static final int ARP_SENDER_OFFSET = 14;
    private static final int ARP_LENGTH = 28;

    private final List<Heard> segments = new ArrayList<>();
    private final Map<Integer, String> interfaceNames = new HashMap<>();
    private final IpPackets packets = new IpPackets();
    private final PacketPort port;
    private long nowNs;

    /** Opens the sockets: all of them, or none if one is refused. */
    public Listener(List<Segment> segments, long nowNs) throws IOException {
        this.nowNs = nowNs;
        port = PacketPort.open(); // first: it is what may be refused
        try {
            hear(segments);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void hear(List<Segment> configured) throws IOException {
        Map<String, Long> sockets = HostProbe.sockets(); // before any probe opens its own
        for (Segment segment : configured) {
            segments.add(
                    new Heard(
                            segment,
                            index(segment.syncdev()),
                            new Observations(segment, nowNs),
                            new HostProbe(segment.syncdev(), segment.destination(), sockets)));
        }
        for (Heard heard : segments) {
            if (heard.interfaceIndex >= 0) {
                port.hearAll(heard.interfaceIndex);
            }
        }
    }

    private static int index(String interfaceName) throws IOException {
        NetworkInterface device = NetworkInterface.getByName(interfaceName);
        return device == null ? -1 : device.getIndex();
    }

    /** Takes what waits, as far as {@link PacketPort#poll} goes at once; returns how many. */
    public int poll(long now) {
        nowNs = now;
        int count = port.poll(this::onPacket);
        segments.forEach(heard -> heard.probe.poll());
        return count;
    }

    private void onPacket(DirectBuffer buffer, int offset, int length, PacketInfo info) {
        if (info.etherType() == ETHERTYPE_ARP) {
            onArp(buffer, offset, length, info);
            return;
        }
        CapturedPacket packet = packets.parse(buffer, offset, length, nowNs);
        boolean isOnSegment = false;
        for (Heard heard : segments) {
            if (heard.interfaceIndex == info.interfaceIndex()) {
                heard.observations.onPacket(nowNs, packet, info.vlan(), info.isOutgoing());
                isOnSegment = true;
            }
        }
        if (!isOnSegment && !info.isOutgoing()) {
            String name = interfaceNames.computeIfAbsent(info.interfaceIndex(), Listener::name);
            segments.forEach(heard -> heard.observations.onElsewhere(name, packet));
        }
    }

    private void onArp(DirectBuffer buffer, int offset, int length, PacketInfo info) {
        if (length < ARP_LENGTH || info.isOutgoing() || info.vlan() > 0) {
            return;
        }
        StringBuilder address = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            address.append(i == 0 ? "" : ".")
                    .append(buffer.getByte(offset + ARP_SENDER_OFFSET + i) & 0xFF);
        }
        for (Heard heard : segments) {
            if (heard.interfaceIndex == info.interfaceIndex()) {
                heard.observations.onAlive(address.toString());
            }
        }
    }

    private static String name(int interfaceIndex) {
        try {
            NetworkInterface device = NetworkInterface.getByIndex(interfaceIndex);
            return device == null ? "interface " + interfaceIndex : device.getName();
        } catch (IOException e) {
            return "interface " + interfaceIndex;
        }
    }

    /** The listening is over: what each segment showed, in the order given. */
    public List<Result> end(long now) throws IOException {
        poll(now);
        List<Result> results = new ArrayList<>();
        for (Heard heard : segments) {
            heard.observations.end(now);
            results.add(
                    new Result(heard.segment, heard.observations, heard.probe.end(port.drops())));
        }
        return results;
    }

    @Override
    public void close() {
        port.close();
        segments.forEach(heard -> heard.probe.close());
    }

    private record Heard(
            Segment segment, int interfaceIndex, Observations observations, HostProbe probe) {}

    /**
     * What one segment showed.
     *
     * @param segment as configured.
     * @param observations what was heard.
     * @param host what the host counted.
     */
    public record Result(Segment segment, Observations observations, HostFacts host) {}
}
