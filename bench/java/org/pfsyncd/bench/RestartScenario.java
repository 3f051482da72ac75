package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * From the start of the program to its first answer: on an empty table, and after kill -9 with a
 * full one. The floor is the program that prints its version, and a copy of the journal's bytes.
 */
final class RestartScenario implements Scenario {
    private static final double NS_PER_S = 1e9;

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public String about() {
        return "from start to ready: empty, and after kill -9 with a full table";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(8, 70, 90, 200);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int states = bench.effort().of(10_000, 1_000_000, 1_000_000, 5_000_000);
        int runs = bench.effort().of(1, 5, 7, 7);
        Outcome outcome = new Outcome(name());
        outcome.add(full(bench, states, runs));
        outcome.add(empty(bench, runs));
        return outcome.note(FreshMemory.NOTE);
    }

    private static Row full(Bench bench, int states, int runs) throws IOException {
        FilledNode node = FilledNode.start(bench, "restart", states);
        Path journal = node.config().home().resolve("data").resolve("journal");
        double[] times = new double[runs];
        double[] floors = new double[runs];
        for (int i = 0; i < runs; i++) {
            node.kill();
            FreshMemory.forNode(states);
            floors[i] = versionSeconds(bench) + MemoryFloor.copyNs(journal) / NS_PER_S;
            FreshMemory.forNode(states);
            times[i] = node.restart() / NS_PER_S;
            long found = Bench.counter(node.config(), "states");
            if (found != states) {
                throw new IOException(
                        "a restart brought " + found + " of " + states + " states back");
            }
            node.awaitRest();
            bench.say("restart " + (i + 1) + " of " + runs + ": " + Numbers.of(times[i]) + " s");
        }
        node.kill();
        Row row =
                row(
                        Numbers.of(states) + " states, killed",
                        "version printed, journal copied",
                        floors,
                        times);
        return states == 1_000_000 ? row.with(Goal.below(Figures.TIME, 3, 1.5)) : row;
    }

    private static Row empty(Bench bench, int runs) throws IOException {
        double[] times = new double[runs];
        double[] floors = new double[runs];
        NodeConfig config = new NodeConfig(bench, "empty").inLab().ringSize("32MiB");
        for (int i = 0; i < runs; i++) {
            floors[i] = versionSeconds(bench);
            long startNs = System.nanoTime();
            Child daemon = Child.daemon(bench, bench.lab().in("b"), config);
            times[i] = (daemon.readyNs() - startNs) / NS_PER_S;
            daemon.close();
            bench.forget(config);
        }
        return row("empty table", "version printed", floors, times)
                .with(Goal.below(Figures.TIME, 1, 1));
    }

    private static double versionSeconds(Bench bench) throws IOException {
        long startNs = System.nanoTime();
        Shell.run(bench.launcher(), "--version");
        return (System.nanoTime() - startNs) / NS_PER_S;
    }

    private static Row row(String label, String floorLabel, double[] floors, double[] times) {
        double[] ratios = new double[times.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = times[i] / floors[i];
        }
        return new Row(
                label,
                floorLabel,
                Figures.of(Figures.TIME, Ratio.of(floors).median(), "s"),
                Figures.of(Figures.TIME, Ratio.of(times).median(), "s"),
                Map.of(Figures.TIME, Ratio.of(ratios)),
                List.of());
    }
}
