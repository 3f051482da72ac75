package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.pfsyncd.net.PortConfig;

/**
 * INS with ACK to INS_ACK, journal on: one at a time, and at 10,000 a second. Node and floor take
 * turns in one namespace, in blocks; the one that waits is stopped.
 */
final class AckScenario implements Scenario {
    private static final int BLOCK = 10_000;
    private static final long NS_PER_S = 1_000_000_000L;
    private static final int TO_NODE = 0;
    private static final int TO_FLOOR = 1;
    private static final int TO_C_FLOOR = 2;

    @Override
    public String name() {
        return "ack";
    }

    @Override
    public String about() {
        return "INS with ACK to INS_ACK, one at a time and 10,000 a second";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(5, 75, 90, 200);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        NodeConfig config =
                new NodeConfig(bench, "ack")
                        .inLab()
                        .capacity(4_000_000)
                        .idle(bench.cores() > 1 ? "busy-spin" : "yield");
        Lab lab = bench.lab();
        Child floor = Child.floor(bench);
        Child node = Child.daemon(bench, lab.in("b"), config);
        Child load =
                Child.load(
                        bench,
                        Lab.NODE,
                        Lab.LOAD,
                        Lab.FLOOR,
                        Lab.FLOOR_LOAD,
                        Lab.C_FLOOR,
                        Lab.C_FLOOR_LOAD);
        Turns turns = new Turns(bench, node, floor, load);
        turns.run("closed", List.of(), bench.effort().of(1, 5, 5, 5));
        Pairs closed = turns.run("closed", List.of(), bench.effort().of(1, 20, 20, 50));
        String waitsClosed = turns.waits();
        Pairs open =
                turns.run(
                        "open", List.of(NS_PER_S / bench.rate()), bench.effort().of(1, 20, 20, 50));
        String waitsOpen = turns.waits();
        node.close();
        Outcome outcome = new Outcome(name());
        outcome.note("One at a time: " + waitsClosed);
        outcome.note(Numbers.of(bench.rate()) + " a second: " + waitsOpen);
        outcome.add(
                closed.row("one at a time", "raw-socket echo")
                        .with(Goal.ratioBelow("p50", 1.5, 1.25))
                        .with(Goal.ratioBelow("p99", 1.5, 1.25)));
        outcome.add(
                open.row(Numbers.of(bench.rate()) + " a second", "raw-socket echo")
                        .with(Goal.ratioBelow("p50", 1.5, 1.25))
                        .with(Goal.ratioBelow("p99", 1.5, 1.25)));
        inC(bench, turns, outcome);
        outcome.histogram("floor-one-at-a-time", closed.floor());
        outcome.histogram("pfsyncd-one-at-a-time", closed.run());
        outcome.histogram("floor-" + bench.rate() + "-a-second", open.floor());
        outcome.histogram("pfsyncd-" + bench.rate() + "-a-second", open.run());
        return outcome;
    }

    /** The same echo in C, over that in Java: whether the language is to blame for anything. */
    private static void inC(Bench bench, Turns turns, Outcome outcome) throws IOException {
        Optional<Path> program = CFloor.compile(bench, "echo");
        if (program.isEmpty()) {
            outcome.note("No echo in C: there is no cc, or no bench/c beside the program.");
            return;
        }
        List<String> command = new ArrayList<>(bench.lab().in("b"));
        command.addAll(
                List.of(
                        program.get().toString(),
                        Lab.C_FLOOR,
                        Lab.C_FLOOR_LOAD,
                        Integer.toString(PortConfig.PFSYNC)));
        try (Child echo = Child.other(bench, command)) {
            outcome.add(
                    turns.compared(echo, TO_C_FLOOR, bench.effort().of(1, 5, 10, 20))
                            .row("echo in C, one at a time", "raw-socket echo"));
        }
    }

    /** Blocks in turns. */
    private static final class Turns {
        private final Bench bench;
        private final Child node;
        private final Child floor;
        private final Child load;
        private final int block;
        private String waits = "";

        Turns(Bench bench, Child node, Child floor, Child load) {
            this.bench = bench;
            this.node = node;
            this.floor = floor;
            this.load = load;
            block = bench.effort() == Effort.SMOKE ? BLOCK / 10 : BLOCK;
        }

        Pairs run(String how, List<Object> more, int pairs) throws IOException {
            return run(how, more, node, TO_NODE, pairs);
        }

        Pairs compared(Child other, int target, int pairs) throws IOException {
            return run("closed", List.of(), other, target, pairs);
        }

        private Pairs run(String how, List<Object> more, Child other, int target, int pairs)
                throws IOException {
            Pairs result = new Pairs();
            CoreWaits ofFloor = new CoreWaits(floor, load);
            CoreWaits ofOther = new CoreWaits(other, load);
            for (int i = 0; i < pairs; i++) {
                other.setRunning(false);
                floor.setRunning(true);
                Histogram bare = block(ofFloor, question(how, TO_FLOOR, more));
                floor.setRunning(false);
                other.setRunning(true);
                result.add(bare, block(ofOther, question(how, target, more)));
                if (i % 5 == 4) {
                    bench.say(how + ": " + (i + 1) + " of " + pairs + " pairs");
                }
            }
            waits = waits(ofOther, ofFloor);
            return result;
        }

        private Histogram block(CoreWaits waiting, String question) throws IOException {
            waiting.begin();
            Histogram latencies = load.histogram(question);
            waiting.end();
            return latencies;
        }

        private static String waits(CoreWaits ofRun, CoreWaits ofFloor) {
            return "ready and without a core, each second: "
                    + ofRun.text()
                    + " with pfsyncd, "
                    + ofFloor.text()
                    + " with the floor";
        }

        /** What the kernel took from the blocks of the last run. */
        String waits() {
            return waits;
        }

        private String question(String how, int target, List<Object> more) {
            StringBuilder text = new StringBuilder(how + " " + target + " " + block);
            more.forEach(word -> text.append(' ').append(word));
            return text.toString();
        }
    }
}
