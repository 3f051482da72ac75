package org.pfsyncd.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The journal of a full table replayed into a mirror, over a copy of the same files. */
final class ReplayScenario implements Scenario {
    private static final double NS_PER_S = 1e9;

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public String about() {
        return "a journal replayed into a table, deltas a second";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(8, 40, 50, 200);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int states = bench.effort().of(10_000, 1_000_000, 1_000_000, 5_000_000);
        int runs = bench.effort().of(1, 5, 7, 7);
        FilledNode node = FilledNode.start(bench, "replay", states);
        node.kill();
        Path journal = node.config().home().resolve("data").resolve("journal");
        double[] rates = new double[runs];
        double[] floors = new double[runs];
        double[] ratios = new double[runs];
        for (int i = 0; i < runs; i++) {
            FreshMemory.forNode(states);
            Replay replay = replay(node);
            double copySeconds = MemoryFloor.copyNs(journal) / NS_PER_S;
            rates[i] = replay.deltas() / replay.seconds();
            floors[i] = replay.deltas() / copySeconds;
            ratios[i] = rates[i] / floors[i];
            bench.say("replay " + (i + 1) + " of " + runs + ": " + Numbers.of(rates[i]));
        }
        return new Outcome(name())
                .add(
                        new Row(
                                Numbers.of(states) + " states",
                                "same files, copied to memory",
                                Figures.of(Figures.RATE, Ratio.of(floors).median(), "deltas/s"),
                                Figures.of(Figures.RATE, Ratio.of(rates).median(), "deltas/s"),
                                Map.of(Figures.RATE, Ratio.of(ratios)),
                                java.util.List.of(Goal.above(Figures.RATE, 1.5e6, 3e6))))
                .note(
                        "Each run is a process of its own that starts cold; the time is that of the"
                                + " verb replay without the start of its virtual machine. Journal: "
                                + Numbers.of(MemoryFloor.bytes(journal) >> 20)
                                + " MiB.")
                .note(FreshMemory.NOTE);
    }

    private record Replay(double deltas, double seconds) {}

    private static Replay replay(FilledNode node) throws IOException {
        String text = node.verb("replay", "--json");
        double deltas = 0;
        double seconds = 0;
        try (JsonParser json = new JsonFactory().createParser(text.substring(text.indexOf('{')))) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isNumeric() && "deltas".equals(json.currentName())) {
                    deltas = json.getDoubleValue();
                } else if (token.isNumeric() && "seconds".equals(json.currentName())) {
                    seconds = json.getDoubleValue();
                }
            }
        }
        return new Replay(deltas, seconds);
    }
}
