package org.pfsyncd.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.agrona.concurrent.status.CountersReader;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.PortFactory;
import org.pfsyncd.agent.Surroundings;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.metrics.MetricsFile;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.Port;
import org.pfsyncd.net.SocketPeerPort;

/**
 * A node of the link benchmark: the whole daemon with real sockets towards its peer; its firewall
 * is a {@link BenchPort} in its own cycle. Killed by the benchmark.
 */
final class LinkNodeProcess {
    private LinkNodeProcess() {}

    /** Arguments: configuration file, stamp file, stamps in it, "send" or "see", target. */
    static void main(String[] args) throws Exception {
        PfsyncdConfig config =
                ConfigLoader.load(
                        Path.of(args[0]), new Machine("bench", true, "root", List.of("lo", "v0")));
        StampFile stamps = new StampFile(Path.of(args[1]), Integer.parseInt(args[2]));
        Path counters = config.node().runDir().resolve("counters");
        LongSupplier states = new StatesGauge(counters);
        BenchPort port =
                new BenchPort(stamps, states, args[3].equals("send"), Long.parseLong(args[4]));
        Surroundings surroundings =
                new Surroundings(System::nanoTime, System::currentTimeMillis, System.nanoTime());
        Daemon daemon = new Daemon(config, surroundings, new Ports(port)).open();
        daemon.start();
        System.out.println("ready " + System.nanoTime());
        new CountDownLatch(1).await();
    }

    private record Ports(Port group) implements PortFactory {
        @Override
        public Port open(GroupConfig config) {
            return group;
        }

        @Override
        public PeerPort openPeer(PeerPortConfig carrier) {
            return SocketPeerPort.open(carrier);
        }
    }

    /** Opens the counters file at the first look: the daemon makes it while it starts. */
    private static final class StatesGauge implements LongSupplier {
        private final Path path;
        private CountersReader reader;
        private int counter;

        StatesGauge(Path path) {
            this.path = path;
        }

        @Override
        public long getAsLong() {
            if (reader == null) {
                open();
            }
            return reader.getCounterValue(counter);
        }

        @SuppressWarnings("MustBeClosedChecker")
        private void open() {
            try {
                reader = MetricsFile.open(path).reader();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            reader.forEach(
                    (id, label) -> {
                        if (label.equals("states")) {
                            counter = id;
                        }
                    });
        }
    }
}
