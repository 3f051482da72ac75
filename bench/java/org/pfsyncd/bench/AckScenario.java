package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * INS with ACK to INS_ACK, journal on: one at a time, and at 10,000 a second. Node and floor take
 * turns in one namespace, in blocks; the one that waits is stopped.
 */
final class AckScenario implements Scenario {
    private static final int BLOCK = 10_000;
    private static final long INTERVAL_NS = 100_000;
    private static final int TO_NODE = 0;
    private static final int TO_FLOOR = 1;

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
        Child floor =
                Child.start(
                        bench,
                        lab.in("b"),
                        ChildKind.ECHO_FLOOR,
                        Lab.DEVICE,
                        Lab.FLOOR_LOAD,
                        Lab.FLOOR);
        Child node = Child.daemon(bench, lab.in("b"), config);
        Child load =
                Child.start(
                        bench,
                        lab.in("a"),
                        ChildKind.LOAD,
                        Lab.DEVICE,
                        Lab.NODE,
                        Lab.LOAD,
                        Lab.FLOOR,
                        Lab.FLOOR_LOAD);
        Turns turns = new Turns(bench, node, floor, load);
        turns.run("closed", List.of(), bench.effort().of(1, 5, 5, 5));
        Pairs closed = turns.run("closed", List.of(), bench.effort().of(1, 20, 20, 50));
        Pairs open = turns.run("open", List.of(INTERVAL_NS), bench.effort().of(1, 20, 20, 50));
        Outcome outcome = new Outcome(name());
        outcome.add(
                closed.row("one at a time", "raw-socket echo")
                        .with(Goal.ratioBelow("p50", 1.5, 1.25))
                        .with(Goal.ratioBelow("p99", 1.5, 1.25)));
        outcome.add(
                open.row("10,000 a second", "raw-socket echo")
                        .with(Goal.ratioBelow("p50", 1.5, 1.25))
                        .with(Goal.ratioBelow("p99", 1.5, 1.25)));
        outcome.histogram("floor-one-at-a-time", closed.floor());
        outcome.histogram("pfsyncd-one-at-a-time", closed.run());
        outcome.histogram("floor-10000-a-second", open.floor());
        outcome.histogram("pfsyncd-10000-a-second", open.run());
        return outcome;
    }

    /** Blocks in turns. */
    private static final class Turns {
        private final Bench bench;
        private final Child node;
        private final Child floor;
        private final Child load;
        private final int block;

        Turns(Bench bench, Child node, Child floor, Child load) {
            this.bench = bench;
            this.node = node;
            this.floor = floor;
            this.load = load;
            block = bench.effort() == Effort.SMOKE ? BLOCK / 10 : BLOCK;
        }

        Pairs run(String how, List<Object> more, int pairs) throws IOException {
            Pairs result = new Pairs();
            for (int i = 0; i < pairs; i++) {
                node.setRunning(false);
                floor.setRunning(true);
                Histogram bare = load.histogram(question(how, TO_FLOOR, more));
                floor.setRunning(false);
                node.setRunning(true);
                result.add(bare, load.histogram(question(how, TO_NODE, more)));
                if (i % 5 == 4) {
                    bench.say(how + ": " + (i + 1) + " of " + pairs + " pairs");
                }
            }
            return result;
        }

        private String question(String how, int target, List<Object> more) {
            StringBuilder text = new StringBuilder(how + " " + target + " " + block);
            more.forEach(word -> text.append(' ').append(word));
            return text.toString();
        }
    }
}
