package org.pfsyncd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A node with a table full of states, its journal and its snapshot. Owned by the scenario. */
final class FilledNode {
    private static final int STATES_A_FLOOD = 100_000;
    private static final double RATE = 250_000;
    private static final int MTU = 1500;
    private static final int TRIES = 20;

    private final Bench bench;
    private final NodeConfig config;
    private final long states;
    private Child daemon;

    private FilledNode(Bench bench, NodeConfig config, long states) {
        this.bench = bench;
        this.config = config;
        this.states = states;
    }

    /** Starts a node and sends it that many states, more slowly than it can take them. */
    static FilledNode start(Bench bench, String name, long states) throws IOException {
        return start(bench, new NodeConfig(bench, name).inLab(), states);
    }

    /** The same of a configuration that has its place in the lab; its capacity is set here. */
    static FilledNode start(Bench bench, NodeConfig config, long states) throws IOException {
        config.capacity(states + states / 10 + 1_000);
        FilledNode node = new FilledNode(bench, config, states);
        node.daemon = Child.daemon(bench, bench.lab().in("b"), config);
        try (Child load = Child.load(bench, config.address(), config.syncpeer())) {
            node.fill(load);
        }
        node.awaitRest();
        return node;
    }

    private void fill(Child load) throws IOException {
        for (long sent = 0; sent < states; sent += STATES_A_FLOOD) {
            long count = Math.min(STATES_A_FLOOD, states - sent);
            long wanted = sent + count;
            String flood =
                    "flood 0 V1301 " + MTU + " INS " + (sent + 1) + " " + count + " " + RATE + " 0";
            load.ask(flood);
            bench.pause(20);
            for (int i = 0; i < TRIES && Bench.counter(config, "states") < wanted; i++) {
                load.ask(flood); // A frame was lost; what is known already changes nothing.
                bench.pause(20);
            }
            bench.await(wanted + " states", () -> Bench.counter(config, "states") >= wanted);
            bench.await("the journal", this::isJournalDrained);
        }
    }

    /** Waits until a snapshot of this life is complete and everything stands in the journal. */
    void awaitRest() throws IOException {
        bench.await("a snapshot", () -> Bench.counter(config, "snapshots") > 0);
        bench.await("the journal", this::isJournalDrained);
    }

    private boolean isJournalDrained() throws IOException {
        return Bench.counter(config, "journal-sequence")
                == Bench.counter(config, "journal-appended");
    }

    NodeConfig config() {
        return config;
    }

    Child daemon() {
        return daemon;
    }

    long states() {
        return states;
    }

    /** SIGKILL. */
    void kill() {
        daemon.close();
    }

    /** Starts it again on what it has left and returns after how many nanoseconds it answered. */
    long restart() throws IOException {
        long startNs = System.nanoTime();
        daemon = Child.daemon(bench, bench.lab().in("b"), config);
        return daemon.readyNs() - startNs;
    }

    /** Runs a verb of the program on its data and returns what it prints. */
    String verb(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(bench.lab().in("b"));
        command.add(bench.launcher());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-c", config.home().resolve("pfsyncd.toml").toString()));
        return Shell.run(command.toArray(String[]::new));
    }
}
