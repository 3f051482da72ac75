package org.pfsyncd.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link SeedsTest}, with journals on files. */
@Tag("system")
@Tag("apart")
class SeedsOnFilesTest {
    @Test
    void shouldHoldEveryInvariantInTenSeeds() throws IOException {
        try (SimLab lab = new SimLab()) {
            lab.requireSound(SimStore.CHRONICLE, 1, 10);
        }
    }

    @Test
    void shouldSendTheSameBytesForTheSameSeed() throws IOException {
        try (SimLab lab = new SimLab()) {
            assertEquals(
                    lab.run(SimStore.CHRONICLE, 11).hash(), lab.run(SimStore.CHRONICLE, 11).hash());
        }
    }
}
