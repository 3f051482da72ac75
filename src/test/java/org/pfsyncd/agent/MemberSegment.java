package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimFaults;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Whole daemons and a firewall on one simulated segment, stepped together, a millisecond a step.
 */
final class MemberSegment implements AutoCloseable {
    static final int CREATOR = 0xa1b2c3d4;

    final NameTable names = new NameTable();
    final SimNetwork network;
    private final SimPort firewall;
    private final Path root;
    private final Dialect dialect;
    private final Map<String, Node> nodes = new HashMap<>();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[0]);
    long nowNs = 7;
    long wallMs = StateRecords.NOW_MS;

    /** One daemon. */
    static final class Node {
        final Daemon daemon;

        Node(Daemon daemon) {
            this.daemon = daemon;
        }

        MirrorTable table() {
            return daemon.syncAgent().table();
        }

        boolean isInSync() {
            return daemon.syncAgent().groups()[0].group().isInSync();
        }

        void requestSync(long nowNs) {
            daemon.syncAgent().groups()[0].group().requestSync(nowNs);
        }

        long count(GroupCounter id) {
            CountersReader reader = daemon.metrics().reader();
            long[] found = {0};
            reader.forEach(
                    (value, counterId, label) ->
                            found[0] = label.equals("g/" + id.label()) ? value : found[0]);
            return found[0];
        }

        NameTable names() {
            return daemon.replayed().names();
        }

        /** For messages of failures. */
        String describe(long nowNs) {
            return daemon.syncAgent().groups()[0].group().status(nowNs)
                    + " dumps "
                    + count(GroupCounter.BULK_ANSWERS_BEGUN)
                    + " done "
                    + count(GroupCounter.BULK_ANSWERS_DONE)
                    + " bad timestamps "
                    + count(GroupCounter.BULK_BAD_TIMESTAMP)
                    + " marks heard "
                    + count(GroupCounter.IACTS_10);
        }

        /** Copies of all states by id, names as the segment's frames have them. */
        Map<Long, StateRecord> states() {
            Map<Long, StateRecord> found = new HashMap<>();
            for (int i = 0; i < table().segmentCount(); i++) {
                table().readSegment(
                                i,
                                state ->
                                        found.put(
                                                state.id(), StateRecords.blank().copyFrom(state)));
            }
            return found;
        }
    }

    MemberSegment(Path root, Dialect dialect, long seed) {
        this.root = root;
        this.dialect = dialect;
        network = new SimNetwork(seed);
        firewall = network.attach("sync", "10.0.0.200");
    }

    Node start(String name, int number, String role) throws IOException {
        String text =
                """
                [node]
                name = "%s"
                data-dir = "%s"
                run-dir = "%s"
                capacity = 10000
                [journal]
                block-size = "1MiB"
                ring-size = "8MiB"
                reserve = 0
                [[group]]
                name = "g"
                syncdev = "sync0"
                role = "%s"
                dialect = "%s"
                bulk-pace = "1s"
                bulk-rate = "1000/10m"
                """
                        .formatted(
                                name,
                                root.resolve(name),
                                root.resolve(name + "-run"),
                                role,
                                dialect.label());
        try {
            Node node =
                    new Node(
                            new Daemon(
                                            ConfigLoader.parse(
                                                    text,
                                                    name + ".toml",
                                                    new Machine(
                                                            name, true, "root", List.of("sync0"))),
                                            new Surroundings(() -> nowNs, () -> wallMs, number),
                                            group -> network.attach("sync", "10.0.0." + number))
                                    .open());
            nodes.put(name, node);
            return node;
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    void faults(SimFaults faults) {
        network.faults(faults);
    }

    FrameBuilder frame() {
        return FrameBuilder.of(dialect).names(names).nowMs(wallMs);
    }

    void say(FrameBuilder built) {
        byte[] bytes = built.bytes();
        frame.wrap(bytes);
        firewall.send(frame, 0, bytes.length);
    }

    /** Lets the firewall answer a node's request with an empty dump, so that it is proven. */
    void prove(Node node) {
        run(10);
        say(frame().bulkStart(CREATOR));
        say(frame().bulkEnd(CREATOR, 0));
        run(2_100);
        if (!node.isInSync()) {
            throw new AssertionError("not proven");
        }
    }

    void run(long ms) {
        for (long i = 0; i < ms; i++) {
            nowNs += 1_000_000;
            wallMs++;
            network.advance(nowNs);
            firewall.poll((buffer, offset, length, info) -> {}, 1_000);
            for (Node node : nodes.values()) {
                node.daemon.step();
            }
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(node -> node.daemon.close());
    }
}
