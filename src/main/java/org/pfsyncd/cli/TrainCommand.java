package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.Settings;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import picocli.CommandLine.Command;

/**
 * {@code train}: what the launcher runs once to fill the ahead-of-time cache: a whole daemon,
 * stepped on one thread, on temporary files and UDP on loopback. Without the cache every start
 * loads and links its classes anew, which takes seconds.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Fills the ahead-of-time cache; used by the launcher.")
public final class TrainCommand implements Callable<Integer> {
    private static final String NODE = "127.0.0.3";
    private static final String FIREWALL = "127.0.0.4";
    private static final int PORT = 2401;
    private static final int ROUND_TRIPS = 200;

    @Override
    public Integer call() throws IOException, ConfigException {
        Path directory = Files.createTempDirectory("pfsyncd-train");
        try {
            PfsyncdConfig config =
                    ConfigLoader.parse(
                            """
                            [node]
                            name = "train"
                            data-dir = "%s"
                            run-dir = "%s"
                            capacity = 5000
                            [journal]
                            block-size = "1MiB"
                            ring-size = "8MiB"
                            reserve = 0
                            [[group]]
                            name = "train"
                            syncdev = "lo"
                            address = "%s"
                            syncpeer = "%s"
                            carrier = "udp"
                            udp-port = %d
                            ack = "always"
                            """
                                    .formatted(
                                            directory.resolve("data"),
                                            directory.resolve("run"),
                                            NODE,
                                            FIREWALL,
                                            PORT),
                            "train",
                            Machine.here());
            live(config);
            live(config);
        } finally {
            TemporaryDirectory.delete(directory);
        }
        Pfsyncd.commandLine().getUsageMessage();
        return 0;
    }

    /** One life of a daemon; the second one replays the first. */
    private static void live(PfsyncdConfig config) throws IOException {
        PortConfig firewallPort = new PortConfig(0, "lo", NODE, FIREWALL, PORT, 1 << 20);
        try (Daemon daemon =
                        new Daemon(
                                        config,
                                        SystemClocks.surroundings(),
                                        group -> SocketPort.open(Settings.port(group)))
                                .open();
                DemoFirewall firewall = new DemoFirewall(firewallPort)) {
            for (String name : List.of("12b-bulk-600-states", "02-tcp-life")) {
                firewall.play(name);
                daemon.step();
            }
            firewall.measure(ROUND_TRIPS, daemon::step);
        }
    }
}
