package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a node pays for a message as its table grows: processor time from the socket to the journal,
 * all threads but the compiler's. A node with a large table takes turns with one whose table is
 * small; the one that waits is stopped.
 */
final class GrowthMessages implements AutoCloseable {
    private static final String TAKEN = "merged";
    private static final int MTU = 1500;
    private static final int LARGE = 0;
    private static final int SMALL = 1;
    private static final double MUST = 2;

    private final Bench bench;
    private final Child load;
    private final Side small;
    private final long messages;

    /** A node and which target of the load it is. */
    private static final class Side {
        private final FilledNode node;
        private final int target;
        private long sent;

        private Side(FilledNode node, int target) {
            this.node = node;
            this.target = target;
        }
    }

    /** Starts the node with the small table. */
    GrowthMessages(Bench bench, int smallest) throws IOException {
        this.bench = bench;
        messages = bench.effort().of(20_000, 1_000_000, 1_000_000, 1_000_000);
        load = Child.load(bench, Lab.NODE, Lab.LOAD, Lab.FLOOR, Lab.FLOOR_LOAD);
        NodeConfig config = new NodeConfig(bench, "small").inFloorsPlace();
        small = new Side(FilledNode.start(bench, config, smallest), SMALL);
        small.node.daemon().setRunning(false);
    }

    /** What an UPD_C costs with so many states, over what it costs with few. */
    Row row(int states) throws IOException {
        Side large = new Side(FilledNode.start(bench, "large" + states, states), LARGE);
        large.node.daemon().setRunning(false);
        int pairs = bench.effort().of(1, 5, 7, 7);
        double[] floors = new double[pairs];
        double[] runs = new double[pairs];
        double[] ratios = new double[pairs];
        for (int i = -1; i < pairs; i++) {
            double floorNs = nsAMessage(small);
            double runNs = nsAMessage(large);
            if (i >= 0) { // The first is cold.
                floors[i] = floorNs;
                runs[i] = runNs;
                ratios[i] = runNs / floorNs;
            }
        }
        large.node.kill();
        bench.forget(large.node.config());
        bench.say("messages to " + Numbers.of(states) + " states");
        return new Row(
                        "CPU of an UPD_C, " + Numbers.of(states) + " states",
                        "the same with " + Numbers.of(small.node.states()),
                        Figures.of(Figures.TIME, Ratio.of(floors).median(), "ns"),
                        Figures.of(Figures.TIME, Ratio.of(runs).median(), "ns"),
                        Map.of(Figures.TIME, Ratio.of(ratios)),
                        List.of())
                .with(Goal.ratioBelow(Figures.TIME, MUST, MUST));
    }

    /** Floods it faster than it can receive: it never rests, and what is lost is not counted. */
    private double nsAMessage(Side side) throws IOException {
        Child daemon = side.node.daemon();
        daemon.setRunning(true);
        long taken = taken(side);
        long cpuNs = daemon.cpuNs() - daemon.compilerNs();
        for (long end = side.sent + messages; side.sent < end; ) {
            side.sent += flood(side, end - side.sent);
        }
        bench.awaitStill(side.node.config(), TAKEN, taken);
        double ns = (daemon.cpuNs() - daemon.compilerNs() - cpuNs) / (double) (taken(side) - taken);
        daemon.setRunning(false);
        return ns;
    }

    /** Updates what is left of the table in this pass over it, {@code most} states at most. */
    private long flood(Side side, long most) throws IOException {
        long states = side.node.states();
        long from = side.sent % states;
        long count = Math.min(most, states - from);
        long age = side.sent / states + 1;
        load.ask(
                "flood "
                        + side.target
                        + " V1301 "
                        + MTU
                        + " UPD_C "
                        + (from + 1)
                        + " "
                        + count
                        + " 0 "
                        + age);
        return count;
    }

    private static long taken(Side side) throws IOException {
        return Bench.counter(side.node.config(), TAKEN);
    }

    @Override
    public void close() {
        small.node.kill();
        load.close();
    }
}
