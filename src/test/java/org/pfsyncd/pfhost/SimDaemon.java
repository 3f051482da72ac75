package org.pfsyncd.pfhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.agent.BootClock;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.Sabotage;
import org.pfsyncd.agent.Surroundings;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.journal.MemoryStore;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.wire.StateRecord;

/** A whole daemon, stepped, with its journal in memory, on a segment with scripted hosts. */
final class SimDaemon {
    private static final String[] CLASSES = {
        "tcp.first", "tcp.opening", "tcp.established", "tcp.closing", "tcp.finwait", "tcp.closed",
        "udp.first", "udp.single", "udp.multiple", "icmp.first", "icmp.error", "other.first",
        "other.single", "other.multiple"
    };

    final Map<String, Talk> talks = new HashMap<>();
    final Map<String, FatePort> lines = new HashMap<>();
    private final SimNetwork network;
    private final LongSupplier clock;
    private final long seed;
    private final MemoryStore memory = new MemoryStore(4L << 20);
    private final PfsyncdConfig config;
    private Daemon daemon;

    /**
     * @param groups the {@code [[group]]} tables, as in a configuration file.
     */
    SimDaemon(SimNetwork network, LongSupplier clock, long seed, Path directory, String groups) {
        this.network = network;
        this.clock = clock;
        this.seed = seed;
        config = parse(directory, groups);
    }

    private static PfsyncdConfig parse(Path directory, String groups) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                [node]
                name = "third"
                mode = "shared"
                data-dir = "%s"
                run-dir = "%s"
                capacity = 4000
                [journal]
                block-size = "1MiB"
                ring-size = "8MiB"
                reserve = 0
                [timeouts]
                """
                        .formatted(directory.resolve("data"), directory.resolve("run")));
        for (int i = 0; i < CLASSES.length; i++) {
            int seconds = i == 2 ? Scenario.ESTABLISHED_S : Scenario.TIMEOUT_S;
            text.append(CLASSES[i]).append(" = ").append(seconds).append('\n');
        }
        text.append(groups);
        try {
            return ConfigLoader.parse(
                    text.toString(),
                    "sim.toml",
                    new Machine("third", true, "root", List.of("sync0", "sync1")));
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    SimDaemon start() throws IOException {
        Surroundings surroundings =
                new Surroundings(
                        clock::getAsLong,
                        () -> Scenario.EPOCH_MS + clock.getAsLong() / 1_000_000,
                        BootClock.NONE,
                        seed,
                        memory,
                        Sabotage.NONE);
        daemon =
                new Daemon(
                                config,
                                surroundings,
                                group -> {
                                    FatePort line =
                                            new FatePort(
                                                    network.attach(group.name(), "10.0.0.99"),
                                                    clock,
                                                    seed * 31 + group.name().hashCode());
                                    lines.put(group.name(), line);
                                    Talk talk =
                                            talks.containsKey(group.name())
                                                    ? talks.get(group.name()).over(line)
                                                    : new Talk(line, clock).countOnly();
                                    talks.put(group.name(), talk);
                                    return talk;
                                })
                        .open();
        return this;
    }

    void step() {
        daemon.step();
    }

    /** As {@code kill -9}. */
    void kill() {
        if (daemon != null) {
            daemon.abandon();
            daemon = null;
        }
    }

    boolean isAlive() {
        return daemon != null;
    }

    long size() {
        return daemon.view().table().size();
    }

    /** Reads all states; the record is a copy that is reused. */
    void forEach(Consumer<StateRecord> reader) {
        StateRecord copy =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        var table = daemon.view().table();
        for (int segment = 0; segment < table.segmentCount(); segment++) {
            table.readSegment(segment, record -> reader.accept(copy.copyFrom(record)));
        }
    }

    org.pfsyncd.agent.DaemonView view() {
        return daemon.view();
    }
}
