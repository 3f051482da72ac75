package org.pfsyncd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/**
 * How many inserts, updates and deletes a second are accepted, journaled and mirrored, over how
 * many of the same frames a bare socket receives. Node and floor take turns; the one that waits is
 * stopped. A flood sends faster than anyone can receive; the second row looks for the highest rate
 * at which nothing is lost.
 */
final class IngestScenario implements Scenario {
    private static final int TO_NODE = 0;
    private static final int TO_FLOOR = 1;
    private static final long FIRST_NS = 3_000_000_000L;
    private static final double NS_PER_S = 1e9;

    /** Above a question to the floor, below one compressed delete. */
    private static final int SHORTEST_FRAME = EchoFloor.ANSWER_LENGTH + 1;

    private static final String FRAMES = "same frames, bare socket";
    private static final int SEARCH_STEPS = 7;
    private static final double CALM_RATE = 100_000;
    private static final int MTU = 1500;
    private static final int JUMBO_MTU = 9000;

    private Bench bench;
    private NodeConfig config;
    private Child node;
    private Child floor;
    private Child load;
    private long states;
    private long nextId = 1;

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public String about() {
        return "inserts, updates and deletes accepted a second, by dialect and MTU";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(12, 120, 330, 520);
    }

    /**
     * What is sent.
     *
     * @param aFrame states a frame, 0 for as many as fit.
     */
    private record Variant(Dialect dialect, int mtu, int aFrame) {
        Variant(Dialect dialect, int mtu) {
            this(dialect, mtu, 0);
        }

        String label(MessageKind kind) {
            String full = kind + " " + dialect + ", MTU " + mtu;
            return aFrame == 0 ? full : full + ", " + aFrame + " a frame";
        }
    }

    @Override
    public Outcome run(Bench started) throws IOException {
        bench = started;
        states = bench.effort().of(20_000, 150_000, 300_000, 300_000);
        config = new NodeConfig(bench, "ingest").inLab().capacity(1_000_000).idle("busy-spin");
        Lab lab = bench.lab();
        lab.mtu(JUMBO_MTU);
        floor = Child.floor(bench, SHORTEST_FRAME);
        node = Child.daemon(bench, lab.in("b"), config);
        load = Child.load(bench, Lab.NODE, Lab.LOAD, Lab.FLOOR, Lab.FLOOR_LOAD);
        Outcome outcome = new Outcome(name());
        int pairs = bench.effort().of(1, 5, 7, 15);
        Variant first = new Variant(Dialect.V1301, MTU);
        List<Cycle> cycles = cycles(first, pairs);
        outcome.add(
                row(first, MessageKind.INS, cycles).with(Goal.ratioAbove(Figures.RATE, 0.5, 0.8)));
        outcome.add(row(first, MessageKind.UPD_C, cycles));
        outcome.add(row(first, MessageKind.DEL_C, cycles));
        if (bench.effort() != Effort.SMOKE) {
            outcome.add(lossless(first, bench.effort().of(1, 1, 3, 5)));
        }
        batches(outcome, bench.effort().of(1, 3, 5, 7));
        if (bench.effort().isLong()) {
            others(outcome, bench.effort().of(1, 1, 5, 7));
        }
        lab.mtu(MTU);
        outcome.note(
                "Dropped by the node's socket under the floods: "
                        + Numbers.of(Bench.counter(config, "bench/socket-drops"))
                        + "; journal ring full: "
                        + Numbers.of(Bench.counter(config, "journal-ring-full"))
                        + ".");
        return outcome;
    }

    private void others(Outcome outcome, int pairs) throws IOException {
        for (Variant variant :
                List.of(
                        new Variant(Dialect.V1400, MTU),
                        new Variant(Dialect.V1500, MTU),
                        new Variant(Dialect.V1301, JUMBO_MTU))) {
            List<Cycle> cycles = cycles(variant, pairs);
            outcome.add(row(variant, MessageKind.INS, cycles));
            outcome.add(row(variant, MessageKind.UPD_C, cycles));
            outcome.add(row(variant, MessageKind.DEL_C, cycles));
        }
    }

    /** Inserts by how many come in a frame. */
    private void batches(Outcome outcome, int pairs) throws IOException {
        List<Picture.Point> ofNode = new ArrayList<>();
        List<Picture.Point> ofFloor = new ArrayList<>();
        int largest = new Inserts(Dialect.V1301, JUMBO_MTU).statesAFrame(MessageKind.INS);
        for (int aFrame = 1; aFrame < 2 * largest; aFrame *= bench.effort().of(64, 4, 2, 2)) {
            int size = Math.min(aFrame, largest);
            Variant variant = new Variant(Dialect.V1301, JUMBO_MTU, size);
            double[] floors = new double[pairs];
            double[] runs = new double[pairs];
            double[] ratios = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                long firstId = nextId;
                nextId += states;
                useFloor(true);
                floors[i] = bareRate(variant, MessageKind.INS, firstId);
                useFloor(false);
                runs[i] = flood(variant, MessageKind.INS, firstId, 0).rate();
                ratios[i] = runs[i] / floors[i];
                flood(variant, MessageKind.DEL_C, firstId, CALM_RATE * 2);
            }
            Row row = row(variant.label(MessageKind.INS), FRAMES, floors, runs, ratios);
            outcome.add(row);
            ofNode.add(new Picture.Point(size, row.run().values().get(Figures.RATE)));
            ofFloor.add(new Picture.Point(size, row.floor().values().get(Figures.RATE)));
            bench.say(variant.label(MessageKind.INS) + ": " + pairs + " pairs");
        }
        outcome.picture(
                new Picture(
                        "batches",
                        "ingest: inserts accepted a second by how many come in a frame",
                        "states a frame",
                        "states a second",
                        true,
                        true,
                        Map.of("pfsyncd", ofNode, "bare socket", ofFloor)));
    }

    /** States a second of floor and node, for each kind, of one pass. */
    private record Cycle(Map<MessageKind, Double> floor, Map<MessageKind, Double> node) {}

    private static final List<MessageKind> KINDS =
            List.of(MessageKind.INS, MessageKind.UPD_C, MessageKind.DEL_C);

    private List<Cycle> cycles(Variant variant, int pairs) throws IOException {
        List<Cycle> cycles = new ArrayList<>();
        for (int i = bench.effort() == Effort.SMOKE ? 0 : -1; i < pairs; i++) {
            Cycle cycle = cycle(variant);
            if (i >= 0) {
                cycles.add(cycle);
            }
        }
        bench.say(variant.dialect() + ", MTU " + variant.mtu() + ": " + pairs + " pairs");
        return cycles;
    }

    /** New states are inserted, completed, updated, deleted, and what is left deleted again. */
    private Cycle cycle(Variant variant) throws IOException {
        Map<MessageKind, Double> bare = new java.util.EnumMap<>(MessageKind.class);
        Map<MessageKind, Double> mirrored = new java.util.EnumMap<>(MessageKind.class);
        long firstId = nextId;
        nextId += states;
        for (MessageKind kind : KINDS) {
            useFloor(true);
            bare.put(kind, bareRate(variant, kind, firstId));
            useFloor(false);
            mirrored.put(kind, flood(variant, kind, firstId, 0).rate());
            flood(variant, kind, firstId, CALM_RATE * 2);
        }
        return new Cycle(bare, mirrored);
    }

    private void useFloor(boolean isFloor) throws IOException {
        (isFloor ? node : floor).setRunning(false);
        (isFloor ? floor : node).setRunning(true);
    }

    private double bareRate(Variant variant, MessageKind kind, long firstId) throws IOException {
        long before = count();
        long[] sent = send(TO_FLOOR, variant, kind, firstId, 0);
        long received = count() - before;
        double share = received / (double) sent[0];
        return states * share / (sent[1] / NS_PER_S);
    }

    private long count() throws IOException {
        return Long.parseLong(load.ask("count " + TO_FLOOR));
    }

    private long[] send(int target, Variant variant, MessageKind kind, long firstId, double rate)
            throws IOException {
        String[] answer =
                load.ask(
                                String.join(
                                        " ",
                                        "flood",
                                        Integer.toString(target),
                                        variant.dialect().name(),
                                        Integer.toString(variant.mtu()),
                                        kind.name(),
                                        Long.toString(firstId),
                                        Long.toString(states),
                                        Double.toString(rate),
                                        kind == MessageKind.INS ? "0" : "1",
                                        Integer.toString(variant.aFrame())))
                        .split(" ", -1);
        return new long[] {Long.parseLong(answer[0]), Long.parseLong(answer[1])};
    }

    /** What a flood did to the node: states that it accepted, a second, and whether all. */
    private record Accepted(double rate, boolean isAll) {}

    private Accepted flood(Variant variant, MessageKind kind, long firstId, double rate)
            throws IOException {
        String counter = counter(kind);
        long before = Bench.counter(config, counter);
        long startNs = System.nanoTime();
        send(TO_NODE, variant, kind, firstId, rate);
        long changedNs = bench.awaitStill(config, counter, before);
        long accepted = Bench.counter(config, counter) - before;
        return new Accepted(accepted / ((changedNs - startNs) / NS_PER_S), accepted == states);
    }

    private static String counter(MessageKind kind) {
        return switch (kind) {
            case INS -> "inserted";
            case DEL_C -> "deleted";
            default -> "merged";
        };
    }

    private static Row row(Variant variant, MessageKind kind, List<Cycle> cycles) {
        double[] ratios = new double[cycles.size()];
        double[] floors = new double[cycles.size()];
        double[] runs = new double[cycles.size()];
        for (int i = 0; i < ratios.length; i++) {
            floors[i] = cycles.get(i).floor().get(kind);
            runs[i] = cycles.get(i).node().get(kind);
            ratios[i] = runs[i] / floors[i];
        }
        return row(variant.label(kind), FRAMES, floors, runs, ratios);
    }

    private static Row row(
            String label, String floorLabel, double[] floors, double[] runs, double[] ratios) {
        return new Row(
                label,
                floorLabel,
                Figures.of(Figures.RATE, Ratio.of(floors).median(), "states/s"),
                Figures.of(Figures.RATE, Ratio.of(runs).median(), "states/s"),
                Map.of(Figures.RATE, Ratio.of(ratios)),
                List.of());
    }

    /** Halves the interval between a rate that lost nothing and one that lost something. */
    private Row lossless(Variant variant, int pairs) throws IOException {
        double[] floors = new double[pairs];
        double[] runs = new double[pairs];
        double[] ratios = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            useFloor(true);
            floors[i] = highest(variant, false);
            useFloor(false);
            runs[i] = highest(variant, true);
            ratios[i] = runs[i] / floors[i];
            bench.say("without loss: " + (i + 1) + " of " + pairs + " pairs");
        }
        return row("INS without loss", "same, bare socket", floors, runs, ratios);
    }

    private double highest(Variant variant, boolean isNode) throws IOException {
        double good = 0;
        double bad = 0;
        double rate = CALM_RATE;
        for (int i = 0; i < SEARCH_STEPS; i++) {
            double reached = isNode ? nodeRate(variant, rate) : floorRate(variant, rate);
            if (reached > 0) {
                good = Math.max(good, reached);
            } else {
                bad = rate;
            }
            if (bad == 0 && reached < rate * 0.95) {
                return good; // The sender's own limit: nothing was lost.
            }
            rate = bad == 0 ? rate * 2 : (good + bad) / 2;
        }
        return good;
    }

    /** States a second if all arrived, else 0. */
    private double nodeRate(Variant variant, double rate) throws IOException {
        long firstId = nextId;
        nextId += states;
        long before = Bench.counter(config, "inserted");
        long[] sent = send(TO_NODE, variant, MessageKind.INS, firstId, rate);
        long startNs = System.nanoTime();
        while (Bench.counter(config, "inserted") - before < states
                && System.nanoTime() - startNs < FIRST_NS) {
            bench.pause(1);
        }
        boolean isAll = Bench.counter(config, "inserted") - before == states;
        flood(variant, MessageKind.DEL_C, firstId, CALM_RATE * 2);
        return isAll ? states / (sent[1] / NS_PER_S) : 0;
    }

    private double floorRate(Variant variant, double rate) throws IOException {
        long before = count();
        long[] sent = send(TO_FLOOR, variant, MessageKind.INS, 1, rate);
        // The last frame may be too short to be counted.
        boolean isAll = count() - before >= sent[0] - 1;
        return isAll ? states / (sent[1] / NS_PER_S) : 0;
    }
}
