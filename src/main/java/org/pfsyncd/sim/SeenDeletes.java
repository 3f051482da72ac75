package org.pfsyncd.sim;

import java.util.HashMap;
import java.util.Map;

/**
 * Which node was seen to have dropped which flow because its firewall deleted it: such a flow must
 * not come back, unless that node lost power.
 */
final class SeenDeletes {
    /** A delete has arrived within this time, if it arrives at all. */
    private static final long ARRIVAL_NS = 50_000_000L;

    /** Longer after it, a drop may have another cause. */
    private static final long WINDOW_NS = 1_000_000_000L;

    private final World world;
    private final Map<Integer, Boolean> heldBefore = new HashMap<>();

    SeenDeletes(World world) {
        this.world = world;
    }

    /** Before a node is looked at again. */
    void before(SimNode node) {
        heldBefore.clear();
        for (Flow flow : world.flows.recentlyDeleted(world.nowNs() - WINDOW_NS)) {
            heldBefore.put(flow.rule, node.image.livesLonger(flow.rule, node.view().timeMs()));
        }
    }

    /** After it was. */
    void after(SimNode node) {
        for (Flow flow : world.flows.recentlyDeleted(world.nowNs() - WINDOW_NS)) {
            boolean wasHeld = heldBefore.getOrDefault(flow.rule, false);
            boolean isDue = world.nowNs() - flow.overNs > ARRIVAL_NS;
            // A sweep is no delete: who still has such a state may bring it back.
            boolean isDropped = wasHeld && !node.image.holds(flow.rule) && !node.image.hasSwept();
            if (isDropped && isDue) {
                flow.deleteSeenBy |= 1 << node.number;
            }
        }
    }

    /** All mirrors are equal now. */
    void areGone() {
        for (Flow flow : world.flows.all()) {
            if (!flow.isDeleted || flow.deleteSeenBy == 0) {
                continue;
            }
            for (SimNode node : world.nodes) {
                if (node.image.holds(flow.rule)) {
                    throw new Violation(
                            Invariant.NO_GHOST,
                            node.name()
                                    + " holds "
                                    + flow
                                    + ", which its firewall deleted "
                                    + (world.nowNs() - flow.overNs) / 1_000_000
                                    + " ms ago, seen by nodes (bits) "
                                    + Integer.toBinaryString(flow.deleteSeenBy)
                                    + world.describe());
                }
            }
        }
    }
}
