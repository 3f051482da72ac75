package org.pfsyncd.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The invariants of the design under seeds; a failure names the seed that replays it. */
@Tag("system")
class SeedsTest {
    @Test
    void shouldHoldEveryInvariantInAHundredSeedsInMemory() throws IOException {
        try (SimLab lab = new SimLab()) {
            lab.requireSound(SimStore.MEMORY, 1, 100);
        }
    }

    /** Deletes that a restart or a snapshot forgot, and clears that one node alone carried out. */
    @Test
    void shouldHoldEveryInvariantInSeedsThatOnceFoundADefect() throws IOException {
        try (SimLab lab = new SimLab()) {
            for (long seed : new long[] {123, 645, 883, 10_529, 10_907}) {
                lab.requireSound(SimStore.MEMORY, seed, 1);
            }
        }
    }

    @Test
    void shouldHoldEveryInvariantInTenSeedsOnChronicle() throws IOException {
        try (SimLab lab = new SimLab()) {
            lab.requireSound(SimStore.CHRONICLE, 1, 10);
        }
    }

    @Test
    void shouldSendTheSameBytesForTheSameSeedOnChronicle() throws IOException {
        try (SimLab lab = new SimLab()) {
            assertEquals(
                    lab.run(SimStore.CHRONICLE, 11).hash(), lab.run(SimStore.CHRONICLE, 11).hash());
        }
    }
}
