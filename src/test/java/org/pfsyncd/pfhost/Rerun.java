package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimOrigin;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.wire.StateRecord;

/**
 * A recording once more, with a scripted host in the place of one of its hosts: what the others
 * sent arrives when it did, what was done to the host is done again, and its table is compared with
 * what the kernel listed.
 */
final class Rerun {
    static final int HOST_A = 0xa1a1a1a1;
    static final int HOST_B = 0xb2b2b2b2;

    private static final String RULES = "de651bb45a95a3a6ef627506a498f2b3";
    private static final long TICK_NS = 10_000_000L;
    private static final double BEFORE_S = 20.1;
    private static final String[] FIELDS = {
        "ifname",
        "af",
        "proto",
        "direction",
        "wire",
        "stack",
        "src",
        "dst",
        "timeout",
        "rule",
        "anchor",
        "nat_rule",
        "log",
        "packets",
        "bytes"
    };

    final RecordedSet recorded;
    final PfHost host;
    final Talk talk;
    private final SimNetwork network = new SimNetwork(1);
    private final SimPort port;
    private final String address;
    private final List<Event> events = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private final boolean isHeard;
    private long nowNs;
    int compared;

    private record Event(double atS, Runnable action) {}

    /**
     * @param isHeard whether what the recording's other hosts said arrives.
     */
    Rerun(String set, PfHostSettings settings, boolean isHeard) {
        recorded = new RecordedSet(set);
        this.isHeard = isHeard;
        address = settings.hostId == HOST_B ? "10.0.0.2" : "10.0.0.1";
        port = network.attach("sync", address);
        talk = new Talk(port, () -> nowNs);
        host = new PfHost(settings, talk, nowNs);
    }

    /** FreeBSD 12.1 as in the recordings: hz 100, one processor, two buckets, six rules. */
    static PfHostSettings settings(int hostId) {
        return PfHostSettings.of("host", PfSystem.FREEBSD_12)
                .hostId(hostId)
                .tickNs(TICK_NS)
                .fingerprint(HexFormat.of().parseHex(RULES))
                .interfaces("vtnet0", "vtnet1", "vtnet2", "lo");
    }

    Rerun at(double atS, Runnable action) {
        events.add(new Event(atS, action));
        return this;
    }

    /** Compares the host's table with a listing when it was made. */
    Rerun compareAt(String listing, String host) {
        List<Map<String, Object>> states = recorded.listings(host).get(listing);
        Objects.requireNonNull(states, listing);
        return at(recorded.atS(states.get(0)), () -> compare(listing, states));
    }

    /** All listings of a host. */
    Rerun compareAll(String host) {
        recorded.listings(host).keySet().forEach(listing -> compareAt(listing, host));
        return this;
    }

    private void compare(String listing, List<Map<String, Object>> states) {
        Map<Object, Map<String, Object>> mine = new HashMap<>();
        for (HostState state : host.states()) {
            StateRecord copy = new HostState().record.copyFrom(state.record);
            copy.expiresAtMs(host.uptimeMs() + host.leftS(state) * 1000);
            Map<String, Object> line = RecordedSet.listed(copy, host.names(), host.uptimeMs());
            mine.put(key(line), line);
        }
        compared += states.size();
        if (mine.size() != states.size()) {
            differences.add(listing + ": " + mine.size() + " states for " + states.size());
        }
        for (Map<String, Object> state : states) {
            Map<String, Object> my = mine.get(key(state));
            if (my == null) {
                differences.add(listing + ": lacks " + key(state));
                continue;
            }
            for (String field : FIELDS) {
                if (!Objects.equals(state.get(field), my.get(field))) {
                    differences.add(difference(listing, state, my, field));
                }
            }
            int left = RecordedSet.number(my, "expire") - RecordedSet.number(state, "expire");
            if (Math.abs(left) > 2) {
                differences.add(difference(listing, state, my, "expire"));
            }
        }
    }

    private static String difference(
            String listing, Map<String, Object> state, Map<String, Object> my, String field) {
        return String.format(
                "%s: %s of %s is %s, listed %s",
                listing, field, key(state), my.get(field), state.get(field));
    }

    private static Object key(Map<String, Object> state) {
        return state.get("id") + "/" + state.get("creatorid");
    }

    /** Runs until so many seconds after the recording's first packet; returns differences. */
    List<String> run(double untilS) {
        if (isHeard) {
            for (RecordedSet.Packet packet : recorded.packets) {
                if (!packet.source().equals(address)) {
                    events.add(new Event(packet.atS(), () -> hear(packet)));
                }
            }
        }
        events.sort(Comparator.comparingDouble(Event::atS));
        for (Event event : events) {
            if (event.atS <= untilS) {
                workUntil(event.atS);
                event.action.run();
                host.work(nowNs);
            }
        }
        workUntil(untilS);
        return differences;
    }

    private void workUntil(double atS) {
        long untilNs = (long) ((atS + BEFORE_S) * 1e9);
        while (nowNs + TICK_NS < untilNs) {
            nowNs += TICK_NS;
            network.advance(nowNs);
            host.work(nowNs);
        }
        if (nowNs < untilNs) {
            nowNs = untilNs;
            network.advance(nowNs);
            host.work(nowNs);
        }
    }

    private void hear(RecordedSet.Packet packet) {
        hear(packet.payload(), new SimOrigin(packet.source(), packet.ttl(), interfaceIndex()));
    }

    int interfaceIndex() {
        return port.interfaceIndex();
    }

    void hear(byte[] payload, SimOrigin origin) {
        network.inject(port, origin, new UnsafeBuffer(payload), 0, payload.length);
        host.work(nowNs);
    }

    /** The states of a listing are in the host's table from now on. */
    void know(String listing, String host) {
        for (Map<String, Object> state : recorded.listings(host).get(listing)) {
            this.host.put(RecordedSet.record(state, this.host));
        }
    }

    void exchange(Flow flow, int count) {
        for (int i = 0; i < count; i++) {
            host.packet(flow, Segment.datagram(true, 20));
            host.packet(flow, Segment.datagram(false, 20));
        }
    }
}
