package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/**
 * A member's answer to a request for the whole table, to a listener that has nothing of it; beside
 * the same number of states in the same frames from a bare socket to a bare socket. The member is
 * proven in sync, and its {@code answer-rate} a quarter more than has to be reached: pfsync has no
 * word for "slower", so a member without a pace sends what no listener on the next core can take
 * in. The first answer goes to a listener that was started a moment ago and has compiled nothing;
 * the counted ones to the same process, once its compilers are quiet, after it was told to forget.
 */
final class AnswerScenario implements Scenario {
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_US = 1e3;
    private static final int ANSWER_RATE = 250_000;
    private static final long PROOF_PAUSE_MS = 3_000;
    private static final int PROOF_TRIES = 20;
    private static final int WARM_UP_BLOCKS = 15;
    private static final int MTU = 1500;

    private Bench bench;
    private long states;
    private int pairs;
    private FilledNode holder;
    private long lost;
    private long lostCold;
    private double coldRate;
    private String warmUpText = "";

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
        return effort.of(25, 120, 200, 400);
    }

    @Override
    public Outcome run(Bench started) throws IOException {
        bench = started;
        states = bench.effort().of(10_000, 300_000, 500_000, 1_000_000);
        pairs = bench.effort().of(1, 3, 5, 7);
        holder =
                FilledNode.start(
                        bench,
                        new NodeConfig(bench, "holder").inLab().member(ANSWER_RATE).bulkPace(1),
                        states);
        prove();
        Outcome outcome = new Outcome(name());
        try (Child floor = Child.floor(bench);
                Child load = Child.load(bench, Lab.FLOOR, Lab.FLOOR_LOAD);
                AnswerListener listener = new AnswerListener(bench, states)) {
            floor.setRunning(true);
            coldRate = listener.hear();
            lostCold = listener.lost();
            listener.awaitDone(0);
            warmUp(listener);
            measure(listener, load, outcome);
        } finally {
            holder.kill();
        }
        return outcome;
    }

    /** A firewall answers the holder's own request: it is proven from then on. */
    private void prove() throws IOException {
        try (Child load = Child.load(bench, Lab.NODE, Lab.LOAD)) {
            for (int i = 0; i < PROOF_TRIES; i++) {
                load.ask("proof 0 " + Dialect.V1301);
                bench.pause(PROOF_PAUSE_MS);
                if (Bench.counter(holder.config(), "bench/bulk-updates-completed") > 0) {
                    return;
                }
            }
        }
        throw new IOException("the holder's mirror was not proven; see its log");
    }

    private void warmUp(AnswerListener listener) throws IOException {
        WarmUp warmUp = new WarmUp(List.of(listener.daemon(), holder.daemon()));
        int limit = bench.effort() == Effort.SMOKE ? 1 : WARM_UP_BLOCKS;
        for (int i = 0; i < limit && !warmUp.isOver(); i++) {
            warmUp.begin();
            listener.empty();
            warmUp.end();
        }
        warmUpText = warmUp.text();
        bench.say(warmUpText);
    }

    private void measure(AnswerListener listener, Child load, Outcome outcome) throws IOException {
        double[] rates = new double[pairs];
        double[] floors = new double[pairs];
        double[] holderUs = new double[pairs];
        double[] listenerUs = new double[pairs];
        for (int i = bench.effort() == Effort.SMOKE ? 0 : -1; i < pairs; i++) {
            long completed = listener.completed();
            long holderNs = holder.daemon().cpuNs();
            long listenerNs = listener.daemon().cpuNs();
            listener.ask();
            double rate = listener.hear();
            holderNs = holder.daemon().cpuNs() - holderNs;
            listenerNs = listener.daemon().cpuNs() - listenerNs;
            long lostNow = listener.lost();
            listener.awaitDone(completed);
            double bare = bareRate(load);
            if (i >= 0) {
                rates[i] = rate;
                floors[i] = bare;
                holderUs[i] = holderNs / NS_PER_US / states;
                listenerUs[i] = listenerNs / NS_PER_US / states;
                lost += lostNow;
                bench.say((i + 1) + " of " + pairs + " pairs");
            }
            if (i + 1 < pairs) {
                listener.empty();
            }
        }
        String what = String.format(Locale.ROOT, "%,d states, 1301, MTU %d", states, MTU);
        Row head = Medians.head(what, "same frames, bare socket");
        outcome.add(
                Medians.row(head, Figures.RATE, "states/s", rates, floors)
                        .with(Goal.above(Figures.RATE, 200_000, 200_000)));
        outcome.add(Medians.alone(what + ", holder", "cpu", "us/state", holderUs));
        outcome.add(Medians.alone(what + ", listener", "cpu", "us/state", listenerUs));
        outcome.add(
                Medians.alone(
                        what + ", listener just started",
                        Figures.RATE,
                        "states/s",
                        new double[] {coldRate}));
        outcome.note(
                String.format(
                        Locale.ROOT,
                        "answer-rate was %,d states/s. Of the answers' states %,d of %,d never"
                            + " arrived. Holder and listener were running: %s. Of an answer to the"
                            + " listener when it had just started, %,d of %,d never arrived; it"
                            + " asked again by itself and then had all.",
                        ANSWER_RATE,
                        lost,
                        states * pairs,
                        warmUpText,
                        lostCold,
                        states));
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
