package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.support.FakePort;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.NodeFiles;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** A whole daemon with real files and a port in memory, stepped by hand on settable clocks. */
final class DaemonLab implements AutoCloseable {
    static final int CREATOR = 0x0badcafe;
    static final int CAPACITY = 60_000;

    private static final int FLAG_ACK = 0x10;

    final FakePort port = new FakePort();
    long nowNs = -5_000_000_000L;
    long wallMs = StateRecords.NOW_MS;
    Daemon daemon;

    private final Path root;
    private final NameTable senderNames = new NameTable();

    DaemonLab(Path root) {
        this.root = root;
    }

    DaemonLab start() throws IOException {
        Surroundings clocks = new Surroundings(() -> nowNs, () -> wallMs, 1);
        daemon = new Daemon(config(), clocks, group -> port).open();
        return this;
    }

    private PfsyncdConfig config() {
        String text =
                """
                [node]
                name = "lab"
                data-dir = "%s"
                run-dir = "%s"
                capacity = %d
                [journal]
                block-size = "1MiB"
                ring-size = "8MiB"
                reserve = 0
                [[group]]
                name = "g"
                syncdev = "sync0"
                ack = "always"
                """
                        .formatted(root.resolve("data"), root.resolve("run"), CAPACITY);
        try {
            return ConfigLoader.parse(
                    text, "lab.toml", new Machine("lab", true, "root", List.of("sync0")));
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    void stop() {
        daemon.close();
        daemon = null;
    }

    /** A frame that inserts a state with a day to live and wants an answer, for the next step. */
    void offerInsert(int id) {
        StateRecord state =
                new StateRecords(senderNames, wallMs)
                        .tcp(id, CREATOR)
                        .flags(FLAG_ACK)
                        .wire("10.1." + (id >> 14) + ".1:" + (1 + id % 16_384), "10.2.0.10:80")
                        .record();
        port.offer(
                FrameBuilder.of(Dialect.V1301)
                        .names(senderNames)
                        .nowMs(wallMs)
                        .insert(state)
                        .bytes(),
                "10.0.0.1",
                255,
                true);
    }

    void advanceMs(long ms) {
        nowNs += ms * 1_000_000;
        wallMs += ms;
    }

    /** Steps everything, a millisecond a step, until a snapshot is complete. */
    void awaitSnapshot() {
        long before = count(NodeCounter.SNAPSHOTS);
        for (int i = 0; i < 100_000 && count(NodeCounter.SNAPSHOTS) == before; i++) {
            advanceMs(1);
            daemon.step();
        }
        if (count(NodeCounter.SNAPSHOTS) == before) {
            throw new AssertionError("no snapshot in 100 s");
        }
    }

    long count(NodeCounter id) {
        return daemon.counters().get(id);
    }

    MirrorTable table() {
        return daemon.syncAgent().table();
    }

    NodeFiles files() {
        return new NodeFiles(root.resolve("data"), root.resolve("run"), CAPACITY);
    }

    @Override
    public void close() {
        if (daemon != null) {
            stop();
        }
    }
}
