package org.pfsyncd.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pfsyncd.agent.BootClock;
import org.pfsyncd.agent.Sabotage;
import org.pfsyncd.net.SimNetwork;

/** What everything in a simulation shares: time, chance, networks, the trace. */
final class World implements Firewall.Watcher {
    /** True time at the start, epoch milliseconds. */
    static final long START_MS = 1_800_000_000_000L;

    private static final long START_NS = 7_000_000_000L;

    final List<SimNode> nodes = new ArrayList<>();
    final List<Firewall> firewalls = new ArrayList<>();
    final Flows flows = new Flows();
    final TraceHash trace = new TraceHash();
    final HostileFrames hostile;
    private final SplittableRandom random;
    private final SimNetwork peers;
    private final SimNetwork segments;
    private final Planted planted;
    private final Sabotage sabotage;
    private final BootClock boot =
            new BootClock() {
                @Override
                public long nanos() {
                    return nowNs;
                }

                @Override
                public long bootId() {
                    return 1;
                }
            };
    private long nowNs = START_NS;
    private long repairedBefore;

    /** Repairs are to be expected: something was lost, or judged differently, for good reason. */
    private boolean mayRepair;

    World(long seed, Planted planted) {
        random = new SplittableRandom(seed);
        this.planted = planted;
        sabotage = planted.sabotage();
        peers = new SimNetwork(random.nextLong());
        segments = new SimNetwork(random.nextLong());
        hostile = new HostileFrames(random.split());
        peers.advance(nowNs);
        segments.advance(nowNs);
    }

    SplittableRandom random() {
        return random;
    }

    SimNetwork peers() {
        return peers;
    }

    SimNetwork segments() {
        return segments;
    }

    Planted planted() {
        return planted;
    }

    Sabotage sabotage() {
        return sabotage;
    }

    TracedPeerPort tracedPeerPort(String address) {
        return new TracedPeerPort(
                peers.attachPeer("lan", address),
                trace,
                hostile,
                planted == Planted.TRUST_CHECKSUMS);
    }

    long nowNs() {
        return nowNs;
    }

    /** Outlasts every process; what a power loss takes is in {@link SimDisk}. */
    BootClock boot() {
        return boot;
    }

    /** Since the start, nanoseconds. */
    long elapsedNs() {
        return nowNs - START_NS;
    }

    /** Epoch milliseconds of a clock that is right. */
    long trueMs() {
        return START_MS + nowNs / 1_000_000L;
    }

    /** One step of everything. */
    void step(long stepNs) {
        nowNs += stepNs;
        peers.advance(nowNs);
        segments.advance(nowNs);
        for (Firewall firewall : firewalls) {
            firewall.work(nowNs, trueMs());
        }
        for (SimNode node : nodes) {
            node.step();
        }
    }

    void onLifeEnds(SimNode node) {
        repairedBefore += node.view().repaired();
    }

    /** States put right by all nodes in all lives. */
    long repaired() {
        long repaired = repairedBefore;
        for (SimNode node : nodes) {
            repaired += node.isAlive() ? node.view().repaired() : 0;
        }
        return repaired;
    }

    void allowRepairs() {
        mayRepair = true;
    }

    boolean mayRepair() {
        return mayRepair;
    }

    /** Equal digests everywhere, and every node has proven it. */
    boolean isEqual() {
        if (!nodes.stream().allMatch(SimNode::isAlive)) {
            return false;
        }
        long digest = nodes.get(0).view().table().digest();
        for (SimNode node : nodes) {
            if (node.view().table().digest() != digest || !node.view().isProven(nowNs)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onShortUpdate(Firewall firewall, Flow flow) {
        for (SimNode node : nodes) {
            if (flow.isIdReused
                    && node.isAlive()
                    && node.hasOther("realm" + firewall.number, flow)) {
                // It changes what an older flow left there, and goes with that: nobody can tell.
                allowRepairs();
            }
        }
    }

    /** A node has acknowledged a state: then it has it. */
    @Override
    public void onAcknowledged(int number, Firewall firewall, Flow flow) {
        SimNode node = nodes.get(number);
        boolean mustHave = node.isAlive() && !node.hasJustLostPower();
        if (mustHave && !node.has("realm" + firewall.number, flow)) {
            throw new Violation(
                    Invariant.NOTHING_LOST,
                    node.name() + " acknowledged " + flow + " and does not have it");
        }
    }

    String describe() {
        StringBuilder out = new StringBuilder();
        for (SimNode node : nodes) {
            out.append("\n    ").append(node);
        }
        return out.toString();
    }
}
