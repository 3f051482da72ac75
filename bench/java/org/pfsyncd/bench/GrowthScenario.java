package org.pfsyncd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operation and a message cost as the table grows, and what a state costs as the peers do.
 * The floor of a table is a record copied from a random place of as much memory, that of messages a
 * node with a small table, that of peers a node without any.
 */
final class GrowthScenario implements Scenario {
    private static final List<String> OPERATIONS =
            List.of("insert", "UPD_C", "UPD", "read", "replayed PUT", "delete");
    private static final int COPY = OPERATIONS.size();
    private static final int[] SIZES = {10_000, 100_000, 1_000_000, 5_000_000, 10_000_000};
    private static final int OPERATIONS_A_ROUND = 1_000_000;
    private static final long BYTES_A_STATE = 800;
    private static final double FLOOD_RATE = 50_000;
    private static final double NS_PER_US = 1e3;
    private static final int TRIES = 20;
    private static final int STILL_LOOKS = 25;
    private static final int MTU = 1500;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String about() {
        return "cost by the size of the table, 10 k to 10 M states, and by the number of peers";
    }

    /** A few sizes say nothing about where the line bends. */
    @Override
    public boolean isUsual(Effort effort) {
        return effort != Effort.QUICK;
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(15, 240, 700, 1_900);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        Outcome outcome = new Outcome(name());
        tables(bench, outcome);
        messages(bench, outcome);
        peers(bench, outcome);
        return outcome;
    }

    /** As many as there is time and memory for. */
    private static List<Integer> sizes(Bench bench, Outcome outcome) throws IOException {
        List<Integer> sizes = new ArrayList<>();
        for (int states : Arrays.copyOf(SIZES, bench.effort().of(1, 3, 4, SIZES.length))) {
            long bytes = states * BYTES_A_STATE;
            if (bytes > availableBytes()) {
                outcome.note(
                        Numbers.of(states)
                                + " states were left out: they need "
                                + Numbers.of(bytes >> 20)
                                + " MiB of memory.");
            } else {
                sizes.add(states);
            }
        }
        return sizes;
    }

    private static void tables(Bench bench, Outcome outcome) throws IOException {
        int rounds = bench.effort().of(1, 3, 5, 5); // of the largest, a minute and a half each
        Map<String, List<Picture.Point>> lines = new LinkedHashMap<>();
        for (int states : sizes(bench, outcome)) {
            double[][] ns = measure(bench, states, rounds);
            for (int operation = 0; operation <= COPY; operation++) {
                String label = operation == COPY ? "copy of a record" : OPERATIONS.get(operation);
                lines.computeIfAbsent(label, key -> new ArrayList<>())
                        .add(new Picture.Point(states, Ratio.of(ns[operation]).median()));
                if (operation < COPY) {
                    outcome.add(row(states, label, ns[operation], ns[COPY]));
                }
            }
        }
        outcome.picture(
                new Picture(
                        "table",
                        "growth: nanoseconds an operation by states in the table",
                        "states",
                        "nanoseconds",
                        true,
                        true,
                        lines));
    }

    /**
     * Nanoseconds by operation and round, without the first, which is cold. A round of a small
     * table is many passes, so that each takes as many operations as one of a large table.
     */
    private static double[][] measure(Bench bench, int states, int rounds) throws IOException {
        int passes = bench.effort() == Effort.SMOKE ? 1 : Math.max(1, OPERATIONS_A_ROUND / states);
        double[][] ns = new double[COPY + 1][rounds];
        try (Child table = Child.start(bench, List.of(), ChildKind.TABLE, states)) {
            round(table, passes);
            for (int round = 0; round < rounds; round++) {
                double[] sums = round(table, passes);
                for (int operation = 0; operation <= COPY; operation++) {
                    ns[operation][round] = sums[operation] / passes;
                }
            }
        }
        bench.say(Numbers.of(states) + " states");
        return ns;
    }

    /** Sums of so many passes. */
    private static double[] round(Child table, int passes) throws IOException {
        double[] sums = new double[COPY + 1];
        for (int pass = 0; pass < passes; pass++) {
            String[] words = table.ask("round").split(" ", -1);
            for (int operation = 0; operation <= COPY; operation++) {
                sums[operation] += Double.parseDouble(words[operation]);
            }
        }
        return sums;
    }

    private static Row row(int states, String label, double[] run, double[] floor) {
        double[] ratios = new double[run.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = run[i] / Math.max(1, floor[i]);
        }
        return new Row(
                label + ", " + Numbers.of(states) + " states",
                "a record copied",
                Figures.of(Figures.TIME, Ratio.of(floor).median(), "ns"),
                Figures.of(Figures.TIME, Ratio.of(run).median(), "ns"),
                Map.of(Figures.TIME, Ratio.of(ratios)),
                List.of());
    }

    private static long availableBytes() throws IOException {
        return java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static void messages(Bench bench, Outcome outcome) throws IOException {
        GrowthMessages messages = new GrowthMessages(bench, SIZES[0]);
        List<Picture.Point> points = new ArrayList<>();
        for (int states : sizes(bench, outcome)) {
            Row row = messages.row(states);
            outcome.add(row);
            points.add(new Picture.Point(states, row.run().values().get(Figures.TIME)));
        }
        messages.close();
        outcome.picture(
                new Picture(
                        "messages",
                        "growth: CPU of the node an UPD_C by states in the table",
                        "states",
                        "nanoseconds",
                        true,
                        false,
                        Map.of("UPD_C", points)));
    }

    private static void peers(Bench bench, Outcome outcome) throws IOException {
        int most = bench.effort().of(1, 2, 8, 8);
        int states = bench.effort().of(5_000, 200_000, 300_000, 500_000);
        double alone = cpuUs(bench, 0, states);
        List<Picture.Point> points = new ArrayList<>();
        points.add(new Picture.Point(0, alone));
        for (int count = 1; count <= most; count *= 2) {
            double us = cpuUs(bench, count, states);
            points.add(new Picture.Point(count, us));
            outcome.add(
                    new Row(
                            "CPU of a state, " + count + (count == 1 ? " peer" : " peers"),
                            "no peer",
                            Figures.of(Figures.TIME, alone, "us"),
                            Figures.of(Figures.TIME, us, "us"),
                            Map.of(Figures.TIME, Ratio.of(us / alone)),
                            List.of()));
        }
        outcome.picture(
                new Picture(
                        "peers",
                        "growth: CPU of the sending node a state, by peers",
                        "peers",
                        "microseconds",
                        false,
                        false,
                        Map.of("CPU", points)));
    }

    /** CPU of a node that takes states in and ships them, microseconds a state. */
    private static double cpuUs(Bench bench, int peers, int states) throws IOException {
        Lab lab = bench.lab();
        NodeConfig hub = new NodeConfig(bench, "hub" + peers).inLab().capacity(states + 1_000);
        List<NodeConfig> configs = new ArrayList<>();
        for (int i = 0; i < peers; i++) {
            String address = lab.anotherAddress(i);
            hub.peer("p" + i, address, "raw", Lab.NODE);
            configs.add(
                    new NodeConfig(bench, "p" + i)
                            .capacity(states + 1_000)
                            .peer("hub" + peers, Lab.NODE, "raw", address));
        }
        List<Child> nodes = new ArrayList<>();
        for (NodeConfig config : configs) {
            nodes.add(Child.daemon(bench, lab.in("b"), config));
        }
        Child node = Child.daemon(bench, lab.in("b"), hub);
        for (int i = 0; i < peers; i++) {
            String compared = "p" + i + "/link-digests-compared";
            bench.await(compared + " of the hub", () -> Bench.counter(hub, compared) > 0);
        }
        double us = flood(bench, node, hub, configs, states);
        node.close();
        nodes.forEach(Child::close);
        bench.forget(hub);
        configs.forEach(bench::forget);
        bench.say(peers + " peers: " + Numbers.of(us) + " us");
        return us;
    }

    private static double flood(
            Bench bench, Child node, NodeConfig hub, List<NodeConfig> peers, int states)
            throws IOException {
        try (Child load = Child.load(bench, Lab.NODE, Lab.LOAD)) {
            long before = node.cpuNs();
            double enough = states * 0.99;
            String flood = "flood 0 V1301 " + MTU + " INS 1 " + states + " " + FLOOD_RATE + " 0";
            load.ask(flood);
            for (int i = 0; i < TRIES && !hasArrived(bench, hub, enough); i++) {
                load.ask(flood);
                bench.say("frames were lost: the cost of hearing them again is in the next number");
            }
            bench.await("the states at the hub", () -> Bench.counter(hub, "states") >= enough);
            for (NodeConfig peer : peers) {
                bench.await("the states at a peer", () -> Bench.counter(peer, "states") >= enough);
            }
            return (node.cpuNs() - before) / NS_PER_US / states;
        }
    }

    /** False where no more states come and some are missing. */
    private static boolean hasArrived(Bench bench, NodeConfig hub, double enough)
            throws IOException {
        long states = Bench.counter(hub, "states");
        int still = 0;
        while (still < STILL_LOOKS && states < enough) {
            bench.pause(20);
            long now = Bench.counter(hub, "states");
            still = now > states ? 0 : still + 1;
            states = now;
        }
        return states >= enough;
    }
}
