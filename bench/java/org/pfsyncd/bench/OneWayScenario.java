package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Accepted on A to applied on B, 10,000 states a second, beside a bare hop of a frame as long.
 * Nodes and floor take turns in blocks of half a second at most; those that wait are stopped, both
 * ends together, for far less than the silence after which a peer is taken for dead.
 */
final class OneWayScenario implements Scenario {
    private static final Goal LOSSY_LIMIT = Goal.below("p99.9", 5_000, 5_000);
    private static final long INTERVAL_NS = 100_000;

    /** Blocks before the measured ones at most: half a minute in a quick run. */
    private static final int WARM_UP_BLOCKS = 50;

    /** And before the first measured one with loss. */
    private static final int WARM_UP_BLOCKS_LOSSY = 30;

    /** States before the first block, at five times the pace. */
    private static final int HEAT = 200_000;

    private static final long HEAT_INTERVAL_NS = 20_000;
    private static final String HOP = "bare hop";

    @Override
    public String name() {
        return "oneway";
    }

    @Override
    public String about() {
        return "accepted on one node to applied on its peer, also with loss";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(10, 90, 170, 290);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int pairs = bench.effort().of(1, 20, 20, 50);
        Outcome outcome = new Outcome(name());
        try (Turns turns = new Turns(bench, "raw", WARM_UP_BLOCKS_LOSSY + 2 * pairs)) {
            Pairs raw = turns.run("raw", pairs);
            turns.report("raw", outcome);
            add(outcome, "raw", raw.row("raw", HOP).with(Goal.ratioBelow("p99", 2, 1.5)), raw);
            if (bench.effort() != Effort.SMOKE) {
                bench.lab().lose(1);
                turns.warmUpAgain();
                Pairs lossy = turns.run("raw, 1 % lost", pairs);
                bench.lab().loseNothing();
                turns.report("raw, 1 % lost", outcome);
                Row row = lossy.row("raw, 1 % lost", HOP + ", what arrived");
                add(outcome, "raw-1-percent-lost", row.with(LOSSY_LIMIT), lossy);
            }
        }
        if (bench.effort().isLong()) {
            try (Turns turns = new Turns(bench, "udp", pairs)) {
                Pairs udp = turns.run("udp", pairs);
                turns.report("udp", outcome);
                add(outcome, "udp", udp.row("udp", HOP), udp);
            }
        }
        return outcome;
    }

    private static void add(Outcome outcome, String tag, Row row, Pairs pairs) {
        outcome.add(row);
        outcome.histogram("floor-" + tag, pairs.floor());
        outcome.histogram("pfsyncd-" + tag, pairs.run());
    }

    /** Blocks in turns, over one carrier. */
    private static final class Turns implements AutoCloseable {
        private static final int LOOK_MS = 20;
        private static final long LOST_AFTER_NS = 1_000_000_000L;
        private static final long LIMIT_NS = 60_000_000_000L;

        private final Bench bench;
        private final String carrier;
        private final int block;
        private String warmUpText;
        private final NodeConfig configA;
        private final NodeConfig configB;
        private final StampFile nodeStamps;
        private final StampFile floorStamps;
        private final List<Child> nodes;
        private final List<Child> floors;
        private final int frameLength;
        private long conversations;
        private int broken;
        private long floorLost;
        private long floorSent;
        private long longestStopNs;
        private CoreWaits ofNodes;
        private CoreWaits ofFloors;

        Turns(Bench bench, String carrier, int pairs) throws IOException {
            this.bench = bench;
            this.carrier = carrier;
            block = bench.effort().of(500, 2_500, 5_000, 5_000);
            int warmUp = bench.effort().of(1, WARM_UP_BLOCKS, WARM_UP_BLOCKS, WARM_UP_BLOCKS);
            String idle = bench.cores() > 1 ? "busy-spin" : "yield";
            configA = LinkNodes.config(bench, "a", carrier, List.of("b")).idle(idle);
            configB = LinkNodes.config(bench, "b", carrier, List.of("a")).idle(idle);
            int heat = bench.effort() == Effort.SMOKE ? 0 : HEAT;
            int count = heat + (1 + warmUp + pairs) * block;
            LinkNodes.StampsAt ofNodes = stamps("node-" + carrier, count);
            LinkNodes.StampsAt ofFloor = stamps("floor-" + carrier, count);
            nodeStamps = ofNodes.open();
            floorStamps = ofFloor.open();
            nodes = List.of(start(configA, ofNodes, "send"), start(configB, ofNodes, "see"));
            LinkNodes.awaitEqual(bench, configA, configB);
            nodeStamps.want(heat, HEAT_INTERVAL_NS);
            bench.await("the first changes at node B", () -> nodeStamps.seen() >= heat);
            frameLength = frameLength();
            floors =
                    List.of(
                            LinkNodes.floor(bench, "b", ofFloor, carrier, frameLength),
                            LinkNodes.floor(bench, "a", ofFloor, carrier, frameLength));
            conversations = conversations();
            forget();
            warmUpText = warmUp(warmUp);
            forget();
        }

        /** What a path that loses frames makes of the nodes has to be compiled too. */
        void warmUpAgain() throws IOException {
            warmUpText = warmUp(WARM_UP_BLOCKS_LOSSY);
            forget();
        }

        /** Pairs that do not count, until the nodes' compilers are quiet. */
        private String warmUp(int limit) throws IOException {
            WarmUp warmUp = new WarmUp(nodes);
            for (int i = 0; i < limit && !warmUp.isOver(); i++) {
                warmUp.begin();
                pair();
                warmUp.end();
            }
            bench.say(carrier + ": " + warmUp.text());
            return warmUp.text();
        }

        /** Bytes of a frame of the nodes, in a first block: the floor's are as long. */
        private int frameLength() throws IOException {
            long bytes = Bench.counter(configA, "b/link-sent-bytes");
            long frames = Bench.counter(configA, "b/link-sent-frames");
            block(nodeStamps, false);
            bytes = Bench.counter(configA, "b/link-sent-bytes") - bytes;
            frames = Bench.counter(configA, "b/link-sent-frames") - frames;
            return (int) (bytes / Math.max(1, frames));
        }

        private LinkNodes.StampsAt stamps(String name, int count) {
            return new LinkNodes.StampsAt(bench.memory().resolve(name), count);
        }

        private Child start(NodeConfig config, LinkNodes.StampsAt stamps, String role)
                throws IOException {
            List<String> prefix = LinkNodes.prefix(bench, config.name());
            return LinkNodes.start(bench, prefix, config, stamps, role);
        }

        Pairs run(String what, int count) throws IOException {
            Pairs pairs = new Pairs();
            for (int i = 0; i < count; i++) {
                Histogram[] pair = pair();
                pairs.add(pair[0], pair[1]);
                if (i % 5 == 4) {
                    bench.say(what + ": " + (i + 1) + " of " + count + " pairs");
                }
            }
            return pairs;
        }

        /** What the floor did, and what the nodes did. */
        private Histogram[] pair() throws IOException {
            long startNs = System.nanoTime();
            setRunning(nodes, false);
            setRunning(floors, true);
            ofFloors.begin();
            Histogram bare = block(floorStamps, true);
            ofFloors.end();
            setRunning(floors, false);
            setRunning(nodes, true);
            longestStopNs = Math.max(longestStopNs, System.nanoTime() - startNs);
            bench.pause(LOOK_MS);
            if (conversations() != conversations) {
                broken++;
                LinkNodes.awaitEqual(bench, configA, configB);
                conversations = conversations();
            }
            ofNodes.begin();
            Histogram latencies = block(nodeStamps, false);
            ofNodes.end();
            return new Histogram[] {bare, latencies};
        }

        private static void setRunning(List<Child> children, boolean isRunning) throws IOException {
            for (Child child : children) {
                child.setRunning(isRunning);
            }
        }

        private long conversations() throws IOException {
            return Bench.counter(configA, "b/link-conversations")
                    + Bench.counter(configB, "a/link-conversations");
        }

        private Histogram block(StampFile stamps, boolean isFloor) throws IOException {
            long from = stamps.wanted();
            long last = from + block - 1;
            long limitNs = System.nanoTime() + LIMIT_NS;
            stamps.want(from + block, INTERVAL_NS);
            // Its own looking takes a core from those it measures, so it does not look before the
            // end.
            bench.pause(block * INTERVAL_NS / 1_000_000L);
            while (stamps.seenAt(last) == 0 && !(isFloor && isLost(stamps, last))) {
                if (System.nanoTime() - limitNs > 0) {
                    throw new IOException(
                            (isFloor ? "the floor" : "the peer")
                                    + " has "
                                    + stamps.seen()
                                    + " of "
                                    + (from + block)
                                    + " after "
                                    + LIMIT_NS / 1_000_000_000L
                                    + " s over "
                                    + carrier);
                }
                bench.pause(LOOK_MS);
            }
            Histogram latencies = Pairs.histogram();
            long lost = 0;
            for (long i = from; i <= last; i++) {
                if (stamps.seenAt(i) == 0) {
                    lost++;
                } else {
                    latencies.recordValue(Math.max(0, stamps.seenAt(i) - stamps.sentAt(i)));
                }
            }
            if (isFloor) {
                floorLost += lost;
                floorSent += block;
            } else if (lost > 0) {
                throw new IOException(lost + " of " + block + " states were passed over at B");
            }
            return latencies;
        }

        private static boolean isLost(StampFile stamps, long last) {
            return stamps.sentAt(last) != 0
                    && System.nanoTime() - stamps.sentAt(last) > LOST_AFTER_NS;
        }

        void report(String what, Outcome outcome) {
            outcome.note(
                    what
                            + ": "
                            + (bench.cores() > 1
                                    ? "each end on a core of its own, busy-spin"
                                    : "one core for all, yield")
                            + "; frames of "
                            + frameLength
                            + " bytes; those that wait are stopped, at most "
                            + longestStopNs / 1_000_000
                            + " ms; "
                            + warmUpText
                            + "; conversations that broke by it: "
                            + broken
                            + "; of the floor's frames "
                            + floorLost
                            + " of "
                            + floorSent
                            + " never arrived; ready and without a core, each second: "
                            + ofNodes.text()
                            + " with pfsyncd, "
                            + ofFloors.text()
                            + " with the floor");
            forget();
        }

        private void forget() {
            broken = 0;
            longestStopNs = 0;
            floorLost = 0;
            floorSent = 0;
            ofNodes = new CoreWaits(nodes.toArray(Child[]::new));
            ofFloors = new CoreWaits(floors.toArray(Child[]::new));
        }

        @Override
        public void close() {
            nodes.forEach(Child::close);
            floors.forEach(Child::close);
            bench.forget(configA);
            bench.forget(configB);
            nodeStamps.close();
            floorStamps.close();
        }
    }
}
