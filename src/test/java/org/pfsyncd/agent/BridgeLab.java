package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.group.GroupRelay;
import org.pfsyncd.metrics.CounterId;
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
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.MessageKind;

/** Segments in memory with scripted firewalls, and whole daemons that bridge them; stepped. */
final class BridgeLab implements AutoCloseable {
    private static final long STEP_NS = 2_000_000;

    final SimNetwork network;
    final Map<String, PfHost> hosts = new LinkedHashMap<>();
    final Map<String, Talk> hostTalk = new HashMap<>();
    final Map<String, SimPort> hostPorts = new HashMap<>();
    final List<Relay> relays = new ArrayList<>();
    long nowNs = 7_000_000_000L;

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

    private PfHost host(PfHostSettings settings, String segment, int hostId) {
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

    /** The firewall's place is empty from now on. */
    void remove(String name) {
        hosts.remove(name).powerOff();
        hostPorts.remove(name).close();
    }

    /** A relay that is not running yet; {@code groups} are {@code segment} or {@code segment:toml}. */
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

        Relay(int number, String... groups) {
            this.number = number;
            this.groups = groups;
        }

        Relay start() throws IOException {
            Surroundings surroundings =
                    new Surroundings(
                            () -> nowNs,
                            () -> StateRecords.NOW_MS + nowNs / 1_000_000,
                            nowNs * 31 + number);
            daemon = new Daemon(config(), surroundings, this::open).open();
            return this;
        }

        private Talk open(GroupConfig config) {
            SimPort port = network.attach(config.name(), "10.0.1." + ++lastAddress);
            Talk kept = new Talk(port, () -> nowNs);
            ports.put(config.name(), port);
            talk.put(config.name(), kept);
            return kept;
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
                        role = "relay"
                        realm = "firewalls"
                        creatorid = "%08x"
                        bulk-pace = 5
                        %s
                        """
                                .formatted(
                                        parts[0],
                                        parts[0],
                                        0x0e000000 + number,
                                        parts.length > 1 ? parts[1] : ""));
            }
            List<String> devices = List.of("left", "right", "third");
            try {
                return ConfigLoader.parse(
                        text.toString(), "lab.toml", new Machine("lab", true, "root", devices));
            } catch (ConfigException e) {
                throw new AssertionError(e);
            }
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

        long count(String group, CounterId id) {
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
                if (!runtime.group().relay().isActive() || !runtime.group().isInSync()) {
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
