package org.pfsyncd.bench;

import java.io.IOException;
import java.util.Locale;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/**
 * A member's answer to a request for the whole table, as fast as the line takes it, to a listener
 * that starts empty; beside the same number of states in the same frames from a bare socket to a
 * bare socket. Each transfer is a new listener's; the first pair is not counted.
 */
final class AnswerScenario implements Scenario {
    private static final double NS_PER_S = 1e9;
    private static final int LINE_RATE = 10_000_000;
    private static final long STILL_NS = 2_000_000_000L;
    private static final int MTU = 1500;

    private Bench bench;
    private long states;
    private long lost;
    private long asked;

    @Override
    public String name() {
        return "answer";
    }

    @Override
    public String about() {
        return "a member's answer with the whole table to a listener";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(15, 60, 90, 200);
    }

    @Override
    public Outcome run(Bench started) throws IOException {
        bench = started;
        states = bench.effort().of(10_000, 300_000, 500_000, 1_000_000);
        int pairs = bench.effort().of(1, 3, 5, 7);
        NodeConfig config = new NodeConfig(bench, "holder").member(LINE_RATE);
        FilledNode holder = FilledNode.start(bench, config, states);
        double[] rates = new double[pairs];
        double[] floors = new double[pairs];
        try (Child floor =
                        Child.start(
                                bench,
                                bench.lab().in("b"),
                                ChildKind.ECHO_FLOOR,
                                Lab.DEVICE,
                                Lab.FLOOR_LOAD,
                                Lab.FLOOR);
                Child load =
                        Child.start(
                                bench,
                                bench.lab().in("a"),
                                ChildKind.LOAD,
                                Lab.DEVICE,
                                Lab.FLOOR,
                                Lab.FLOOR_LOAD)) {
            for (int i = bench.effort() == Effort.SMOKE ? 0 : -1; i < pairs; i++) {
                double rate = transfer();
                double bare = bareRate(load);
                if (i >= 0) {
                    rates[i] = rate;
                    floors[i] = bare;
                    bench.say((i + 1) + " of " + pairs + " pairs");
                }
            }
        } finally {
            holder.kill();
        }
        Outcome outcome = new Outcome(name());
        String what = String.format(Locale.ROOT, "%,d states, 1301, MTU %d", states, MTU);
        Row head = Medians.head(what, "same frames, bare socket");
        Row row = Medians.row(head, Figures.RATE, "states/s", rates, floors);
        outcome.add(row);
        outcome.note(
                String.format(
                        Locale.ROOT,
                        "of the answers' states %,d of %,d never arrived",
                        lost,
                        asked));
        return outcome;
    }

    /** States a second, from the first that the listener has to the last. */
    private double transfer() throws IOException {
        NodeConfig config =
                new NodeConfig(bench, "listener")
                        .oppositeInLab()
                        .capacity(states + states / 10 + 1_000);
        try (Child listener = Child.daemon(bench, bench.lab().in("a"), config);
                Gauge count = new Gauge(config, "states")) {
            bench.await(() -> count.value() > 0);
            long had = count.value();
            long startNs = System.nanoTime();
            long changedNs = startNs;
            long last = had;
            while (last < states && System.nanoTime() - changedNs < STILL_NS) {
                bench.pause(1);
                long now = count.value();
                if (now != last) {
                    last = now;
                    changedNs = System.nanoTime();
                }
            }
            lost += states - last;
            asked += states;
            return (last - had) / ((changedNs - startNs) / NS_PER_S);
        } finally {
            bench.forget(config);
        }
    }

    private double bareRate(Child load) throws IOException {
        long before = Long.parseLong(load.ask("count 0"));
        String flood =
                String.join(
                        " ",
                        "flood 0",
                        Dialect.V1301.name(),
                        Integer.toString(MTU),
                        MessageKind.UPD.name(),
                        "1",
                        Long.toString(states),
                        "0 1");
        String[] sent = load.ask(flood).split(" ", -1);
        long received = Long.parseLong(load.ask("count 0")) - before;
        double share = received / (double) Long.parseLong(sent[0]);
        return states * share / (Long.parseLong(sent[1]) / NS_PER_S);
    }
}
