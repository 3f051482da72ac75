package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a stopped peer costs: A takes in a load and B applies it, once with C running and once with
 * C stopped, longer than the silence after which it is taken for dead. Each pair has new nodes; the
 * order changes from pair to pair.
 */
final class SlowPeerScenario implements Scenario {
    private static final long INTERVAL_NS = 10_000;
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_US = 1e3;

    @Override
    public String name() {
        return "slow-peer";
    }

    @Override
    public String about() {
        return "what a stopped peer costs the others";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(10, 70, 110, 200);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int pairs = bench.effort().of(1, 3, 5, 9);
        int states = bench.effort().of(5_000, 100_000, 500_000, 500_000);
        double[] rates = new double[pairs];
        double[] floorRates = new double[pairs];
        double[] cpus = new double[pairs];
        double[] floorCpus = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            boolean isStoppedFirst = i % 2 == 1;
            try (Nodes nodes = new Nodes(bench, 2 * states + states / 5)) {
                nodes.block(states / 10, false);
                Block first = nodes.block(states, isStoppedFirst);
                Block second = nodes.block(states, !isStoppedFirst);
                Block run = isStoppedFirst ? first : second;
                Block floor = isStoppedFirst ? second : first;
                rates[i] = run.rate();
                floorRates[i] = floor.rate();
                cpus[i] = run.cpuUs();
                floorCpus[i] = floor.cpuUs();
            }
            bench.say((i + 1) + " of " + pairs + " pairs");
        }
        Row atB = Medians.head("applied at B, C stopped", "C running");
        Row ofA = Medians.head("A's CPU, C stopped", "C running");
        return new Outcome(name())
                .add(Medians.row(atB, Figures.RATE, "states/s", rates, floorRates))
                .add(Medians.row(ofA, "cpu", "us/state", cpus, floorCpus))
                .note("offered: " + Math.round(NS_PER_S / INTERVAL_NS) + " states a second at A");
    }

    /**
     * What one block gave.
     *
     * @param rate states a second, accepted at A and applied at B.
     * @param cpuUs CPU time of A a state, microseconds.
     */
    private record Block(double rate, double cpuUs) {}

    /** A with its peers B and C. */
    private static final class Nodes implements AutoCloseable {
        private final Bench bench;
        private final List<NodeConfig> configs;
        private final StampFile atB;
        private final StampFile atC;
        private final Child a;
        private final Child b;
        private final Child c;

        Nodes(Bench bench, int capacity) throws IOException {
            this.bench = bench;
            NodeConfig configA = LinkNodes.config(bench, "a", "raw", List.of("b", "c"));
            NodeConfig configB = LinkNodes.config(bench, "b", "raw", List.of("a"));
            NodeConfig configC = LinkNodes.config(bench, "c", "raw", List.of("a"));
            configs = List.of(configA, configB, configC);
            configs.forEach(config -> config.capacity(capacity));
            LinkNodes.StampsAt ofB = stamps("b-stamps", capacity);
            LinkNodes.StampsAt ofC = stamps("c-stamps", 1);
            atB = ofB.open();
            atC = ofC.open();
            a = LinkNodes.start(bench, bench.lab().in("a"), configA, ofB, "send");
            b = LinkNodes.start(bench, bench.lab().in("b"), configB, ofB, "finish");
            c = LinkNodes.start(bench, bench.lab().in("c"), configC, ofC, "finish");
            LinkNodes.awaitEqual(bench, configA, configB);
            LinkNodes.awaitEqual(bench, configA, configC);
        }

        /** A new file; the sender stamps each state, so its file has room for all of them. */
        private LinkNodes.StampsAt stamps(String name, int count) throws IOException {
            Path path = bench.memory().resolve(name);
            Files.deleteIfExists(path);
            return new LinkNodes.StampsAt(path, count);
        }

        /** Ends when B has all; a C that was stopped has then got the rest before this returns. */
        Block block(int states, boolean isStopped) throws IOException {
            if (isStopped) {
                c.setRunning(false);
            }
            long target = atB.wanted() + states;
            long cpuNs = a.cpuNs();
            long startNs = System.nanoTime();
            atB.want(target, INTERVAL_NS);
            bench.await("the changes at B", () -> atB.seen() >= target);
            long ns = atB.finishedAt() - startNs;
            cpuNs = a.cpuNs() - cpuNs;
            if (isStopped) {
                c.setRunning(true);
            }
            bench.await("the changes at C", () -> atC.seen() >= target);
            return new Block(states / (ns / NS_PER_S), cpuNs / NS_PER_US / states);
        }

        @Override
        public void close() {
            List.of(a, b, c).forEach(Child::close);
            configs.forEach(bench::forget);
            atB.close();
            atC.close();
        }
    }
}
