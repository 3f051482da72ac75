package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Configuration of a node that is measured; values not set here are the program's defaults. */
final class NodeConfig {
    private final String name;
    private final Path home;
    private final Path run;
    private final Trial trial;
    private final List<String> peers = new ArrayList<>();
    private long capacity = 1_100_000;
    private String idle = "backoff";
    private String mode = "shared";
    private String ringSize = "256MiB";
    private String syncdev = "lo";
    private String address = "127.0.0.1";
    private String syncpeer = "127.0.0.2";
    private String role = "listen";
    private int answerRate = 5_000;
    private int bulkPaceS = 30;

    /**
     * A node without traffic of its own.
     *
     * @param bench whose directories it uses.
     * @param name of the node.
     */
    NodeConfig(Bench bench, String name) {
        this.name = name;
        trial = bench.trial();
        home = bench.home().resolve(name);
        run = bench.memory().resolve(name);
    }

    String name() {
        return name;
    }

    /** Where its data and its log lie. */
    Path home() {
        return home;
    }

    /** Its run directory, on tmpfs. */
    Path runDir() {
        return run;
    }

    NodeConfig capacity(long states) {
        capacity = states;
        return this;
    }

    NodeConfig idle(String strategy) {
        idle = strategy;
        return this;
    }

    NodeConfig mode(String threads) {
        mode = threads;
        return this;
    }

    NodeConfig ringSize(String size) {
        ringSize = size;
        return this;
    }

    /** Listens on the lab's first pair, as the load expects it, and acknowledges. */
    NodeConfig inLab() {
        syncdev = Lab.DEVICE;
        address = Lab.NODE;
        syncpeer = Lab.LOAD;
        return this;
    }

    /** The same at the floor's pair of addresses, so that two nodes can take turns. */
    NodeConfig inFloorsPlace() {
        syncdev = Lab.DEVICE;
        address = Lab.FLOOR;
        syncpeer = Lab.FLOOR_LOAD;
        return this;
    }

    /** Where it listens. */
    String address() {
        return address;
    }

    /** Whom it listens to. */
    String syncpeer() {
        return syncpeer;
    }

    /** On the other end of the first pair: hears who listens there. */
    NodeConfig oppositeInLab() {
        syncdev = Lab.DEVICE;
        address = Lab.LOAD;
        syncpeer = Lab.NODE;
        return this;
    }

    /** Answers requests of others, so many states a second at most. */
    NodeConfig member(int statesPerSecond) {
        role = "member";
        answerRate = statesPerSecond;
        return this;
    }

    /** Least time between two requests for the whole table. */
    NodeConfig bulkPace(int seconds) {
        bulkPaceS = seconds;
        return this;
    }

    NodeConfig peer(String peer, String peerAddress, String carrier) {
        peers.add(block(peer, peerAddress, carrier));
        return this;
    }

    /** A peer that has to see an address of this node that is not its first. */
    NodeConfig peer(String peer, String peerAddress, String carrier, String local) {
        peers.add(block(peer, peerAddress, carrier) + "local-address = \"" + local + "\"\n");
        return this;
    }

    private static String block(String peer, String peerAddress, String carrier) {
        return """
        [[peer]]
        name = "%s"
        address = "%s"
        carrier = "%s"
        """
                .formatted(peer, peerAddress, carrier);
    }

    /** Writes the file and returns where it is. */
    Path write() throws IOException {
        Files.createDirectories(home);
        Path file = home.resolve("pfsyncd.toml");
        Files.writeString(
                file,
                """
                [node]
                name = "%s"
                data-dir = "%s"
                run-dir = "%s"
                capacity = %d
                idle = "%s"
                mode = "%s"
                [journal]
                ring-size = "%s"
                snapshot-rate = "512MiB"
                [timeouts]
                tcp.established = "10d"
                [[group]]
                name = "bench"
                syncdev = "%s"
                address = "%s"
                syncpeer = "%s"
                ack = "always"
                role = "%s"
                answer-rate = %d
                bulk-pace = "%ds"
                %s\
                """
                        .formatted(
                                name,
                                home.resolve("data"),
                                run,
                                capacity,
                                trial.idleOr(idle),
                                trial.modeOr(mode),
                                ringSize,
                                syncdev,
                                address,
                                syncpeer,
                                role,
                                answerRate,
                                bulkPaceS,
                                String.join("", peers)));
        return file;
    }
}
