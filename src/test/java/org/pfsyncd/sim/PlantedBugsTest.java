package org.pfsyncd.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks can fail: each planted defect is found soon, in a seed that passes without it. */
@Tag("system")
@Tag("apart")
class PlantedBugsTest {
    private static final int SEEDS_LIMIT = 30;

    @ParameterizedTest
    @EnumSource(value = Planted.class, names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void shouldFindWhatIsPlanted(Planted planted) throws IOException {
        try (SimLab lab = new SimLab()) {
            long seed = 1;
            while (seed < SEEDS_LIMIT && lab.run(planted, seed).isSound()) {
                seed++;
            }
            SimReport found = lab.run(planted, seed);
            assertTrue(!found.isSound(), planted + " was not found in seeds 1 to " + seed);
            lab.requireSound(SimStore.MEMORY, seed, 1);
        }
    }
}
