package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.net.PortConfig;
import picocli.CommandLine.Command;

/**
 * {@code train}: what the launcher runs once to fill the ahead-of-time cache: a start, and two
 * whole daemons that are peers, stepped on one thread, on temporary files and UDP on loopback.
 * Without the cache every start loads and links its classes anew, which takes seconds.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Fills the ahead-of-time cache; used by the launcher.")
public final class TrainCommand implements Callable<Integer> {
    private static final String NODE = "127.0.0.3";
    private static final String FIREWALL = "127.0.0.4";
    private static final int PORT = 2401;
    private static final String PEER = "127.0.0.5";
    private static final int PEER_PORT = 4249;

    /**
     * States that the first life leaves to the second, and to a peer that has none: enough for the
     * compiler to know replay and transfer, which a start does before it has seen them often.
     */
    private static final int STATES = 60_000;

    private static final int FEW = 200;
    private static final int TRANSFER_STEPS = 200_000;
    private static final int GREETING_STEPS = 2_000;
    private static final String GROUP =
            """
            [[group]]
            name = "train"
            syncdev = "lo"
            address = "%s"
            syncpeer = "%s"
            carrier = "udp"
            udp-port = %d
            ack = "always"
            """
                    .formatted(NODE, FIREWALL, PORT);

    @Override
    public Integer call() throws IOException, ConfigException {
        Path directory = Files.createTempDirectory("pfsyncd-train");
        try {
            start(directory);
            PfsyncdConfig node = config(directory, "train", NODE, PEER, GROUP);
            live(node, config(directory.resolve("1"), "train-peer", PEER, NODE, ""), STATES);
            live(node, config(directory.resolve("2"), "train-peer", PEER, NODE, ""), FEW);
        } finally {
            TemporaryDirectory.delete(directory);
        }
        Pfsyncd.commandLine().getUsageMessage();
        return 0;
    }

    /** A start as {@code run} does it, with threads and control socket, that ends at once. */
    private static void start(Path directory) throws IOException {
        Path file = directory.resolve("pfsyncd.toml");
        Files.writeString(file, text(directory.resolve("0"), "train", NODE, PEER, GROUP));
        RunCommand.run(file, new CountDownLatch(0));
    }

    private static PfsyncdConfig config(
            Path directory, String name, String address, String peer, String group)
            throws ConfigException {
        String text = text(directory, name, address, peer, group);
        return ConfigLoader.parse(text, "train", Machine.here());
    }

    private static String text(
            Path directory, String name, String address, String peer, String group) {
        String node =
                """
                [node]
                name = "%s"
                data-dir = "%s"
                run-dir = "%s"
                capacity = 100000
                [journal]
                block-size = "1MiB"
                ring-size = "32MiB"
                reserve = 0
                [[peer]]
                name = "%s"
                address = "%s"
                local-address = "%s"
                carrier = "udp"
                udp-port = %d
                """
                        .formatted(
                                name,
                                directory.resolve(name + "-data"),
                                directory.resolve(name + "-run"),
                                group.isEmpty() ? "train" : "train-peer",
                                peer,
                                address,
                                PEER_PORT);
        return node + group;
    }

    /** One life of two daemons; in the second one the node replays the first and has a new peer. */
    private static void live(PfsyncdConfig first, PfsyncdConfig second, int states)
            throws IOException {
        PortConfig firewallPort = new PortConfig(0, "lo", NODE, FIREWALL, PORT, 1 << 20);
        try (Daemon daemon = open(first);
                Daemon peer = open(second);
                DemoFirewall firewall = new DemoFirewall(firewallPort)) {
            Runnable step =
                    () -> {
                        daemon.step();
                        peer.step();
                    };
            for (int i = 0; i < GREETING_STEPS; i++) {
                step.run();
            }
            for (String name : List.of("12b-bulk-600-states", "02-tcp-life")) {
                firewall.play(name);
                step.run();
            }
            firewall.measure(states, step);
            for (int i = 0; i < TRANSFER_STEPS && size(peer) < size(daemon); i++) {
                step.run();
            }
        }
    }

    private static long size(Daemon daemon) {
        return daemon.view().table().size();
    }

    private static Daemon open(PfsyncdConfig config) throws IOException {
        return new Daemon(config, SystemClocks.surroundings(), new SystemPorts()).open();
    }
}
