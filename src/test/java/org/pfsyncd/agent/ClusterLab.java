package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.Port;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimPeerPort;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.support.FakePort;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Whole daemons on one simulated network, stepped by hand in virtual time. */
final class ClusterLab implements AutoCloseable {
    static final int CREATOR = 0x0badcafe;

    private static final long STEP_NS = 100_000;

    final SimNetwork network;
    final List<Node> nodes = new ArrayList<>();
    long nowNs = 7_000_000_000L;
    long wallMs = StateRecords.NOW_MS;

    private final Path root;
    private final NameTable senderNames = new NameTable();

    ClusterLab(Path root, long seed) {
        this.root = root;
        network = new SimNetwork(seed);
        network.advance(nowNs);
    }

    /** A node that is not running yet; {@code peers} are numbers of nodes. */
    Node add(int... peers) {
        Node node = new Node(nodes.size(), peers);
        nodes.add(node);
        return node;
    }

    /** A full mesh of running nodes. */
    ClusterLab mesh(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int[] others = new int[count - 1];
            for (int j = 0; j < count - 1; j++) {
                others[j] = j < i ? j : j + 1;
            }
            add(others);
        }
        for (Node node : nodes) {
            node.start();
        }
        return this;
    }

    /** Steps everything until the condition holds. */
    void await(String what, long limitMs, BooleanSupplier condition) {
        long limitNs = nowNs + limitMs * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (nowNs - limitNs >= 0) {
                throw new AssertionError(what + " did not come within " + limitMs + " ms: " + this);
            }
            step();
        }
    }

    void runMs(long ms) {
        long endNs = nowNs + ms * 1_000_000;
        while (nowNs - endNs < 0) {
            step();
        }
    }

    void step() {
        nowNs += STEP_NS;
        network.advance(nowNs);
        for (Node node : nodes) {
            if (node.daemon != null) {
                node.daemon.step();
            }
        }
    }

    void awaitUp(long limitMs) {
        await(
                "every link",
                limitMs,
                () -> nodes.stream().filter(node -> node.daemon != null).allMatch(Node::isUp));
    }

    void awaitEqual(long limitMs) {
        await("equality", limitMs, this::isEqual);
    }

    /** Equal digests, and every node has proven it. */
    boolean isEqual() {
        long digest = nodes.get(0).table().digest();
        return nodes.stream()
                .filter(node -> node.daemon != null)
                .allMatch(node -> node.table().digest() == digest && node.isProven());
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Node node : nodes) {
            if (node.daemon != null) {
                out.append(node);
            }
        }
        return out.toString();
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            node.stop();
        }
    }

    final class Node {
        final int index;
        final FakePort group = new FakePort();
        long wallOffsetMs;
        String extra = "";
        Daemon daemon;
        SimPeerPort port;
        private final int[] peers;

        Node(int index, int... peers) {
            this.index = index;
            this.peers = peers;
        }

        String address() {
            return "10.9.0." + (index + 1);
        }

        Node start() throws IOException {
            Surroundings surroundings =
                    new Surroundings(
                            () -> nowNs,
                            () -> wallMs + wallOffsetMs + nowNs / 1_000_000,
                            nowNs * 31 + index);
            daemon = new Daemon(config(), surroundings, new Ports()).open();
            return this;
        }

        private final class Ports implements PortFactory {
            @Override
            public Port open(GroupConfig config) {
                return group;
            }

            @Override
            public PeerPort openPeer(PeerPortConfig carrier) {
                port = network.attachPeer("lan", address());
                return port;
            }
        }

        private PfsyncdConfig config() {
            StringBuilder text =
                    new StringBuilder(
                            """
                            [node]
                            name = "n%d"
                            data-dir = "%s"
                            run-dir = "%s"
                            capacity = 20000
                            [journal]
                            block-size = "1MiB"
                            ring-size = "8MiB"
                            reserve = 0
                            [[group]]
                            name = "g"
                            syncdev = "sync0"
                            ack = "always"
                            %s
                            """
                                    .formatted(
                                            index,
                                            root.resolve("data" + index),
                                            root.resolve("run" + index),
                                            extra));
            for (int peer : peers) {
                text.append(
                        """
                        [[peer]]
                        name = "n%d"
                        address = "10.9.0.%d"
                        """
                                .formatted(peer, peer + 1));
            }
            try {
                return ConfigLoader.parse(
                        text.toString(),
                        "lab.toml",
                        new Machine("lab", true, "root", List.of("sync0")));
            } catch (ConfigException e) {
                throw new AssertionError(e);
            }
        }

        void stop() {
            if (daemon != null) {
                daemon.close();
                daemon = null;
            }
        }

        MirrorTable table() {
            return daemon.syncAgent().table();
        }

        PeerRuntime peer(int i) {
            return daemon.peers().runtimes()[i];
        }

        CounterSet<PeerCounter> counters(int i) {
            return peer(i).link().counters();
        }

        long count(NodeCounter id) {
            return daemon.counters().get(id);
        }

        boolean isUp() {
            for (PeerRuntime peer : daemon.peers().runtimes()) {
                if (!peer.link().isUp()) {
                    return false;
                }
            }
            return true;
        }

        boolean isProven() {
            for (PeerRuntime peer : daemon.peers().runtimes()) {
                if (!peer.link().isUp() || !peer.equality().isProven(nowNs)) {
                    return false;
                }
            }
            return true;
        }

        /** Frames of the node's own firewall, for the next step. */
        void offer(FrameBuilder frame) {
            group.offer(frame.bytes(), "10.0.0." + (index + 1), 255, true);
        }

        FrameBuilder frame() {
            return FrameBuilder.of(Dialect.V1301)
                    .names(senderNames)
                    .nowMs(wallMs + nowNs / 1_000_000);
        }

        StateRecord state(int id) {
            return new StateRecords(senderNames, wallMs + nowNs / 1_000_000)
                    .tcp(id, CREATOR)
                    .wire("10.1." + (id >> 14) + ".1:" + (1 + id % 16_384), "10.2.0.10:80")
                    .record();
        }

        void insert(int... ids) {
            for (int id : ids) {
                offer(frame().insert(state(id)));
            }
        }

        @Override
        public String toString() {
            StringBuilder out = new StringBuilder("\nn" + index + " states=" + table().size());
            out.append(String.format(" digest=%016x", table().digest()));
            for (PeerRuntime peer : daemon.peers().runtimes()) {
                out.append(
                        " ["
                                + peer.link().settings().name()
                                + " up="
                                + peer.link().isUp()
                                + " "
                                + peer.link().reason()
                                + " differ="
                                + peer.equality().differing()
                                + " unproven="
                                + peer.equality().unprovenSince(nowNs - Equality.PROOF_NS)
                                + " repaired="
                                + peer.repair().repaired()
                                + "]");
            }
            return out.toString();
        }
    }
}
