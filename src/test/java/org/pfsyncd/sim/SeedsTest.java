package org.pfsyncd.sim;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The invariants of the design under seeds in memory; a failure names the seed that replays it. */
@Tag("system")
@Tag("apart")
class SeedsTest {
    @Test
    void shouldHoldEveryInvariantInAHundredSeeds() throws IOException {
        try (SimLab lab = new SimLab()) {
            lab.requireSound(SimStore.MEMORY, 1, 100);
        }
    }

    /**
     * Deletes that a restart or a snapshot forgot, clears that one node alone carried out, revivals
     * told for ever, the time of a frame from a former life.
     */
    @Test
    void shouldHoldEveryInvariantInSeedsThatOnceFoundADefect() throws IOException {
        try (SimLab lab = new SimLab()) {
            long[] seeds = {123, 645, 883, 10_203, 10_529, 10_907, 13_173, 13_693};
            for (long seed : seeds) {
                lab.requireSound(SimStore.MEMORY, seed, 1);
            }
        }
    }
}
