package org.pfsyncd.sim;

import java.util.List;

/**
 * What one run came to.
 *
 * @param topology in words.
 * @param invariant number of the first invariant that was violated, 0 for none.
 * @param meaning of that invariant.
 * @param details of the violation.
 * @param hash over every frame that was sent and the final digests: equal for equal seeds.
 * @param troubles what went wrong when, seconds since the start.
 */
public record SimReport(
        long seed,
        String topology,
        int invariant,
        String meaning,
        String details,
        long hash,
        Effort effort,
        List<String> troubles) {

    public SimReport {
        troubles = List.copyOf(troubles);
    }

    /**
     * How much happened.
     *
     * @param virtualNs time that passed in the simulation.
     * @param convergedNs from the last fault until all mirrors were equal.
     * @param states in each mirror then.
     * @param flows that firewalls announced.
     * @param frames sent by nodes.
     * @param bytes of these.
     * @param lives starts of daemons.
     * @param repaired states that were put right because digests differed.
     * @param answered states that members answered firewalls with.
     */
    public record Effort(
            long virtualNs,
            long convergedNs,
            long states,
            int flows,
            long frames,
            long bytes,
            int lives,
            long repaired,
            long answered) {}

    /** Whether every invariant held. */
    public boolean isSound() {
        return invariant == 0;
    }
}
