package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.pfsyncd.wire.StateRecord;

/** Memory of a node with a full table, over the bytes of its records alone. */
final class MemoryScenario implements Scenario {
    private static final int SMALL = 1_000;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String about() {
        return "bytes a state, and of the whole process";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(8, 20, 25, 120);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int states = bench.effort().of(100_000, 1_000_000, 1_000_000, 5_000_000);
        FilledNode small = FilledNode.start(bench, "small", SMALL);
        long smallBytes = bytes(small.daemon());
        small.kill();
        FilledNode full = FilledNode.start(bench, "full", states);
        long fullBytes = bytes(full.daemon());
        full.kill();
        double each = (fullBytes - smallBytes) / (double) (states - SMALL);
        double record = StateRecord.LENGTH;
        double recordBytes = record * states;
        return new Outcome(name())
                .add(
                        new Row(
                                "a state, of " + Numbers.of(states),
                                "its record",
                                Figures.of(Figures.SIZE, record, "B"),
                                Figures.of(Figures.SIZE, each, "B"),
                                Map.of(Figures.SIZE, Ratio.of(each / record)),
                                List.of(Goal.below(Figures.SIZE, 550, 350))))
                .add(
                        new Row(
                                "the whole process",
                                "all records",
                                Figures.of(Figures.SIZE, recordBytes / (1 << 20), "MiB"),
                                Figures.of(Figures.SIZE, fullBytes / (double) (1 << 20), "MiB"),
                                Map.of(Figures.SIZE, Ratio.of(fullBytes / recordBytes)),
                                List.of()))
                .note(
                        "Private memory and huge pages as the kernel counts them (RssAnon and"
                                + " HugetlbPages), heap included, the ring's file on tmpfs not; a"
                                + " node with room for a tenth more, less one with 1,000 states.");
    }

    private static long bytes(Child daemon) throws IOException {
        return daemon.statusBytes("RssAnon") + daemon.statusBytes("HugetlbPages");
    }
}
