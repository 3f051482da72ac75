package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.group.GroupRelay;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.HostState;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfHostSettings;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.pfhost.Segment;
import org.pfsyncd.pfhost.Talk;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecordBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;

/** Segments in memory with scripted firewalls, and whole daemons that bridge them; stepped. */
final class BridgeLab implements AutoCloseable {
    private static final long STEP_NS = 2_000_000;

    final SimNetwork network;
    final Map<String, PfHost> hosts = new LinkedHashMap<>();
    final Map<String, Talk> hostTalk = new HashMap<>();
    final Map<String, SimPort> hostPorts = new HashMap<>();
    final List<Relay> relays = new ArrayList<>();
    long nowNs = 7_000_000_000L;

    private final NameTable names = new NameTable();
    private final Path root;
    private int lastAddress;

    BridgeLab(Path root, long seed) {
        this.root = root;
        network = new SimNetwork(seed);
        network.advance(nowNs);
    }

    /** A firewall on a segment, up and in sync. */
    PfHost host(String name, PfSystem system, String segment, int hostId) {
        return host(PfHostSettings.of(name, system), segment, hostId);
    }

    /** One that holds the first packet of a connection until it is acknowledged. */
    PfHost deferringHost(String name, PfSystem system, String segment, int hostId) {
        return host(PfHostSettings.of(name, system).defer(), segment, hostId);
    }

    /** One that is configured otherwise than usual. */
    PfHost host(PfHostSettings settings, String segment, int hostId) {
        settings.hostId(hostId);
        settings.firstId((long) hostId << 32 | 0x100).seed(hostId);
        SimPort port = network.attach(segment, "10.0.0." + ++lastAddress);
        Talk talk = new Talk(port, () -> nowNs);
        PfHost host = new PfHost(settings, talk, nowNs);
        hosts.put(host.name(), host);
        hostTalk.put(host.name(), talk);
        hostPorts.put(host.name(), port);
        host.upInSync();
        return host;
    }

    /** A place on a segment for frames made by hand. */
    SimPort raw(String segment) {
        return network.attach(segment, "10.0.2." + ++lastAddress);
    }

    /** A frame of a dialect, of now. */
    FrameBuilder frame(Dialect dialect) {
        return FrameBuilder.of(dialect).names(names).nowMs(nowMs());
    }

    /** A TCP state, created now. */
    StateRecordBuilder tcp(long id, int creatorId) {
        return new StateRecords(names, nowMs())
                .tcp(id, creatorId)
                .ifname("all")
                .wire("10.1.0.10:" + (1024 + id), "10.2.0.10:80");
    }

    private long nowMs() {
        return StateRecords.NOW_MS + nowNs / 1_000_000;
    }

    static void send(SimPort port, FrameBuilder frame) {
        byte[] bytes = frame.bytes();
        port.send(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    /** The firewall's place is empty from now on. */
    void remove(String name) {
        hosts.remove(name).powerOff();
        hostPorts.remove(name).close();
    }

    /**
     * A relay that is not running yet; {@code groups} are {@code segment} or {@code segment:toml}.
     */
    Relay relay(int number, String... groups) {
        Relay relay = new Relay(number, groups);
        relays.add(relay);
        return relay;
    }

    void runMs(long ms) {
        long endNs = nowNs + ms * 1_000_000;
        while (nowNs - endNs < 0) {
            step();
        }
    }

    void await(String what, long limitMs, BooleanSupplier condition) {
        long limitNs = nowNs + limitMs * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (nowNs - limitNs >= 0) {
                throw new AssertionError(what + " did not come within " + limitMs + " ms: " + this);
            }
            step();
        }
    }

    void step() {
        nowNs += STEP_NS;
        network.advance(nowNs);
        for (PfHost host : List.copyOf(hosts.values())) {
            host.work(nowNs);
        }
        for (Relay relay : relays) {
            if (relay.daemon != null) {
                relay.daemon.step();
            }
        }
    }

    static Flow flow(int number) {
        return Flow.tcp("10.1." + (number >> 8) + ".10", 1024 + number, "10.2.0.10", 80);
    }

    /** A connection is opened through a firewall: three packets. */
    Flow open(PfHost through, int number) {
        Flow flow = flow(number);
        through.packet(flow, new Segment(true, Segment.SYN, 1000, 0, 0));
        through.packet(flow, new Segment(false, Segment.SYN | Segment.ACK, 5000, 1001, 0));
        through.packet(flow, new Segment(true, Segment.ACK, 1001, 5001, 0));
        return flow;
    }

    /** Data within the connection, so far from the client and as much back. */
    void data(PfHost through, Flow flow, int sofar) {
        through.packet(flow, new Segment(true, Segment.ACK, 1001 + sofar, 5001 + sofar, 100));
        through.packet(flow, new Segment(false, Segment.ACK, 5001 + sofar, 1101 + sofar, 100));
    }

    static boolean isEqual(HostState a, HostState b) {
        return a != null
                && b != null
                && a.record.src().state() == b.record.src().state()
                && a.record.src().seqlo() == b.record.src().seqlo()
                && a.record.dst().state() == b.record.dst().state()
                && a.record.dst().seqlo() == b.record.dst().seqlo();
    }

    @Override
    public void close() {
        relays.forEach(Relay::stop);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        hosts.forEach(
                (name, host) ->
                        out.append("\n")
                                .append(name)
                                .append(" states=")
                                .append(host.states().size())
                                .append(" ")
                                .append(host.counters()));
        relays.forEach(out::append);
        return out.toString();
    }

    /** A daemon with role relay on each of its segments, all of one realm. */
    final class Relay {
        final int number;
        final Map<String, Talk> talk = new LinkedHashMap<>();
        final Map<String, SimPort> ports = new LinkedHashMap<>();
        Daemon daemon;
        private final String[] groups;
        private int[] peers = {};

        Relay(int number, String... groups) {
            this.number = number;
            this.groups = groups;
        }

        /** Linked to other relays. */
        Relay linked(int... numbers) {
            peers = numbers;
            return this;
        }

        Relay start() throws IOException {
            Surroundings surroundings =
                    new Surroundings(
                            () -> nowNs,
                            () -> StateRecords.NOW_MS + nowNs / 1_000_000,
                            nowNs * 31 + number);
            daemon = new Daemon(config(), surroundings, new Ports()).open();
            return this;
        }

        private final class Ports implements PortFactory {
            @Override
            public Talk open(GroupConfig config) {
                SimPort port = network.attach(config.name(), "10.0.1." + ++lastAddress);
                Talk kept = new Talk(port, () -> nowNs);
                ports.put(config.name(), port);
                talk.put(config.name(), kept);
                return kept;
            }

            @Override
            public PeerPort openPeer(PeerPortConfig carrier) {
                return network.attachPeer("lan", "10.9.0." + number);
            }
        }

        private PfsyncdConfig config() {
            StringBuilder text = new StringBuilder();
            text.append(
                    """
                    [node]
                    name = "relay%d"
                    data-dir = "%s"
                    run-dir = "%s"
                    capacity = 20000
                    [journal]
                    block-size = "1MiB"
                    ring-size = "8MiB"
                    reserve = 0
                    """
                            .formatted(
                                    number,
                                    root.resolve("data" + number),
                                    root.resolve("run" + number)));
            for (String group : groups) {
                String[] parts = group.split(":", 2);
                text.append(
                        """
                        [[group]]
                        name = "%s"
                        syncdev = "%s"
                        realm = "firewalls"
                        bulk-pace = 5
                        %s
                        """
                                .formatted(
                                        parts[0], parts[0], own(parts.length > 1 ? parts[1] : "")));
            }
            for (int peer : peers) {
                text.append(
                        """
                        [[peer]]
                        name = "relay%d"
                        address = "10.9.0.%d"
                        """
                                .formatted(peer, peer));
            }
            List<String> devices = List.of("left", "right", "third");
            try {
                return ConfigLoader.parse(
                        text.toString(), "lab.toml", new Machine("lab", true, "root", devices));
            } catch (ConfigException e) {
                throw new AssertionError(e);
            }
        }

        /** What a group says, and what it leaves out. */
        private String own(String toml) {
            String role = toml.contains("role =") ? "" : "role = \"relay\"\n";
            String creatorId =
                    toml.contains("creatorid =")
                            ? ""
                            : "creatorid = \"%08x\"\n".formatted(0x0e000000 + number);
            return role + creatorId + toml;
        }

        void stop() {
            if (daemon != null) {
                daemon.close();
                daemon = null;
                ports.values().forEach(SimPort::close);
            }
        }

        /** As a crash ends it. */
        void kill() {
            daemon.abandon();
            daemon = null;
            ports.values().forEach(SimPort::close);
        }

        MirrorTable table() {
            return daemon.syncAgent().table();
        }

        GroupRelay side(String group) {
            return runtime(group).group().relay();
        }

        long count(String group, GroupCounter id) {
            return runtime(group).group().counters().get(id);
        }

        private GroupRuntime runtime(String group) {
            for (GroupRuntime runtime : daemon.syncAgent().groups()) {
                if (runtime.group().name().equals(group)) {
                    return runtime;
                }
            }
            throw new AssertionError(group);
        }

        /** Whether it announces on every segment. */
        boolean isActive() {
            for (GroupRuntime runtime : daemon.syncAgent().groups()) {
                GroupRelay relay = runtime.group().relay();
                if ((relay != null && !relay.isActive()) || !runtime.group().isInSync()) {
                    return false;
                }
            }
            return true;
        }

        /** Messages of a kind about states of a creator that it said on a segment. */
        long said(String group, MessageKind kind, int creatorId) {
            return talk.get(group).all().stream()
                    .filter(said -> said.kind() == kind && said.creatorId() == creatorId)
                    .count();
        }

        @Override
        public String toString() {
            if (daemon == null) {
                return "\nrelay" + number + " is down";
            }
            StringBuilder out = new StringBuilder("\nrelay" + number);
            out.append(" states=").append(table().size());
            for (GroupRuntime runtime : daemon.syncAgent().groups()) {
                if (runtime.group().relay() == null) {
                    continue;
                }
                out.append(" [")
                        .append(runtime.group().name())
                        .append(" active=")
                        .append(runtime.group().relay().isActive())
                        .append(" waiting=")
                        .append(runtime.group().relay().announcer().waiting())
                        .append(" ")
                        .append(runtime.group().status(nowNs).reason())
                        .append("] said=")
                        .append(talk.get(runtime.group().name()).sections().size());
            }
            return out.toString();
        }
    }
}
