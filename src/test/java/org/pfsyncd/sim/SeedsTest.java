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
     * What a peer sent before it told the time, a journal that ends a little ahead of the right
     * time. A seed names a situation only as long as the generator stays as it is; what older ones
     * found has tests of its own.
     */
    @Test
    void shouldHoldEveryInvariantInSeedsThatOnceFoundADefect() throws IOException {
        try (SimLab lab = new SimLab()) {
            long[] seeds = {2_370, 11_314, 11_461};
            for (long seed : seeds) {
                lab.requireSound(SimStore.MEMORY, seed, 1);
            }
        }
    }
}
