package org.pfsyncd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * All states of a node to an empty peer, over raw sockets and over UDP, beside the same bytes as
 * bare frames. The holder stays; each requester is a new daemon, and the first is not counted.
 */
final class BulkScenario implements Scenario {
    private static final int MILLION = 1_000_000;
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_US = 1e3;
    private static final String CPU = "cpu";

    @Override
    public String name() {
        return "bulk";
    }

    @Override
    public String about() {
        return "all states to an empty peer";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(12, 60, 90, 500);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int states = bench.effort().of(10_000, MILLION, MILLION, 5 * MILLION);
        int pairs = bench.effort().of(1, 3, 5, 5);
        Outcome outcome = new Outcome(name());
        measure(bench, "raw", states, pairs, outcome);
        if (bench.effort() != Effort.SMOKE) {
            measure(bench, "udp", states, pairs, outcome);
        }
        return outcome.note(FreshMemory.NOTE);
    }

    private static void measure(Bench bench, String carrier, int states, int pairs, Outcome outcome)
            throws IOException {
        try (Transfers transfers = new Transfers(bench, carrier, states)) {
            for (int i = 0; i < pairs; i++) {
                transfers.pair();
                bench.say(carrier + ": " + (i + 1) + " of " + pairs + " pairs");
            }
            transfers.report(outcome);
        }
    }

    /**
     * What one transfer took.
     *
     * @param timeNs from the instant at which the requester was ready.
     * @param holderNs CPU time of the holder, from the start of the requester's process.
     * @param requesterNs CPU time of the requester since it was ready.
     * @param bytes sent by the holder.
     */
    private record Transfer(long timeNs, long holderNs, long requesterNs, long bytes) {}

    /** Over one carrier. */
    private static final class Transfers implements AutoCloseable {
        private static final int FRAME_LENGTH = 1472;
        private static final int SLICE = 500_000;
        private static final long LOST_AFTER_NS = 300_000_000L;
        private static final String SENT_BYTES = "b/link-sent-bytes";

        private final Bench bench;
        private final String carrier;
        private final int states;
        private final NodeConfig configA;
        private final NodeConfig configB;
        private final Child holder;
        private final List<Child> floors;
        private final StampFile nodeStamps;
        private final StampFile floorStamps;
        private final List<Transfer> transfers = new ArrayList<>();
        private final List<Long> floorNs = new ArrayList<>();
        private long floorLost;
        private long floorSent;

        Transfers(Bench bench, String carrier, int states) throws IOException {
            this.bench = bench;
            this.carrier = carrier;
            this.states = states;
            long capacity = states + states / 10L + 10_000;
            configA = LinkNodes.config(bench, "a", carrier, List.of("b")).capacity(capacity);
            configB = LinkNodes.config(bench, "b", carrier, List.of("a")).capacity(capacity);
            LinkNodes.StampsAt ofNode = stamps("node-" + carrier);
            LinkNodes.StampsAt ofFloor = stamps("floor-" + carrier);
            nodeStamps = ofNode.open();
            floorStamps = ofFloor.open();
            floors =
                    List.of(
                            LinkNodes.floor(bench, "b", ofFloor, carrier, FRAME_LENGTH),
                            LinkNodes.floor(bench, "a", ofFloor, carrier, FRAME_LENGTH));
            holder = LinkNodes.start(bench, bench.lab().in("a"), configA, ofNode, "send");
            fill();
            floor(transfer().bytes());
        }

        private LinkNodes.StampsAt stamps(String name) {
            return new LinkNodes.StampsAt(bench.memory().resolve(name), 16);
        }

        /** In slices, so that the journal's ring takes them all. */
        private void fill() throws IOException {
            try (Gauge count = new Gauge(configA, "states");
                    Gauge snapshots = new Gauge(configA, "snapshots");
                    Gauge accepted = new Gauge(configA, "journal-sequence");
                    Gauge written = new Gauge(configA, "journal-appended")) {
                for (int wanted = 0; wanted < states; ) {
                    wanted = Math.min(states, wanted + SLICE);
                    int target = wanted;
                    nodeStamps.want(target, 0);
                    bench.await(
                            "the holder's states",
                            () -> count.value() == target && accepted.value() == written.value());
                }
                bench.await("a snapshot of the holder", () -> snapshots.value() > 0);
                bench.await("the holder's journal", () -> accepted.value() == written.value());
            }
            bench.say(carrier + ": the holder has " + states + " states");
        }

        void pair() throws IOException {
            Transfer transfer = transfer();
            transfers.add(transfer);
            floorNs.add(floor(transfer.bytes()));
        }

        private Transfer transfer() throws IOException {
            FreshMemory.forNode(states);
            long cpuNs = holder.cpuNs();
            long bytes = Bench.counter(configA, SENT_BYTES);
            try (Child requester = Child.daemon(bench, bench.lab().in("b"), configB);
                    Gauge count = new Gauge(configB, "states")) {
                bench.await("the requester's states", () -> count.value() >= states);
                long timeNs = System.nanoTime() - requester.readyNs();
                return new Transfer(
                        timeNs,
                        holder.cpuNs() - cpuNs,
                        requester.cpuSinceReadyNs(),
                        Bench.counter(configA, SENT_BYTES) - bytes);
            } finally {
                bench.forget(configB);
            }
        }

        /**
         * Until the last frame has come, or nothing more does: nobody sends again what was lost.
         */
        private long floor(long bytes) throws IOException {
            long frames = Math.max(1, bytes / FRAME_LENGTH);
            long seenBefore = floorStamps.seen();
            for (Child floor : floors) {
                floor.setRunning(true);
            }
            floorStamps.finishedAt(0);
            long startNs = System.nanoTime();
            floorStamps.want(floorStamps.wanted() + frames, 0);
            bench.await(
                    "the bare sockets' end",
                    () -> floorStamps.seen() - seenBefore >= frames || isFloorSilent());
            for (Child floor : floors) {
                floor.setRunning(false);
            }
            floorLost += frames - (floorStamps.seen() - seenBefore);
            floorSent += frames;
            return floorStamps.finishedAt() - startNs;
        }

        private boolean isFloorSilent() {
            long lastNs = floorStamps.finishedAt();
            return lastNs != 0 && System.nanoTime() - lastNs > LOST_AFTER_NS;
        }

        void report(Outcome outcome) {
            String what = String.format(Locale.ROOT, "%s, %,d states", carrier, states);
            Row head = Medians.head(what, "the same bytes as bare frames");
            double[] times = transfers.stream().mapToDouble(t -> t.timeNs() / NS_PER_S).toArray();
            double[] floorTimes = floorNs.stream().mapToDouble(ns -> ns / NS_PER_S).toArray();
            Row time = Medians.row(head, Figures.TIME, "s", times, floorTimes);
            Row holderCpu = cpu(what + ", holder", Transfer::holderNs);
            if (bench.effort() != Effort.SMOKE) {
                time = time.with(timeGoal());
                holderCpu = holderCpu.with(Goal.below(CPU, 4, 4));
            }
            outcome.add(time);
            double[] rates = perSecond(times);
            outcome.add(Medians.row(head, Figures.RATE, "states/s", rates, perSecond(floorTimes)));
            outcome.add(holderCpu);
            outcome.add(cpu(what + ", requester", Transfer::requesterNs));
            outcome.note(
                    String.format(
                            Locale.ROOT,
                            "%s: %,.0f bytes a state; of the floor's frames %d of %d never arrived",
                            carrier,
                            (double) transfers.getLast().bytes() / states,
                            floorLost,
                            floorSent));
        }

        /** That of a million states, for as many as there are. */
        private Goal timeGoal() {
            double millions = (double) states / MILLION;
            return carrier.equals("raw")
                    ? Goal.below(Figures.TIME, 5 * millions, 2 * millions)
                    : Goal.below(Figures.TIME, 3 * millions, millions);
        }

        private double[] perSecond(double[] seconds) {
            double[] rates = new double[seconds.length];
            for (int i = 0; i < rates.length; i++) {
                rates[i] = states / seconds[i];
            }
            return rates;
        }

        private Row cpu(String what, ToLongFunction<Transfer> ns) {
            double[] us =
                    transfers.stream()
                            .mapToDouble(t -> ns.applyAsLong(t) / NS_PER_US / states)
                            .toArray();
            return Medians.alone(what, CPU, "us/state", us);
        }

        @Override
        public void close() {
            holder.close();
            floors.forEach(Child::close);
            bench.forget(configA);
            nodeStamps.close();
            floorStamps.close();
        }
    }
}
