package org.pfsyncd.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A handful of seeds; {@link SeedsTest} runs more. */
@Tag("system")
@Tag("apart")
class SimulationTest {
    @Test
    void shouldHoldEveryInvariantInTheFirstSeeds() throws IOException {
        try (SimLab lab = new SimLab()) {
            lab.requireSound(SimStore.MEMORY, 1, 4);
        }
    }

    @Test
    void shouldSendTheSameBytesForTheSameSeed() throws IOException {
        try (SimLab lab = new SimLab()) {
            SimReport once = lab.run(SimStore.MEMORY, 3);
            SimReport again = lab.run(SimStore.MEMORY, 3);
            assertTrue(once.effort().frames() > 1_000, once::toString);
            assertEquals(once, again);
            assertNotEquals(once.hash(), lab.run(SimStore.MEMORY, 4).hash());
        }
    }

    @Test
    void shouldHaveMembersAnswerInEachFourthSeed() throws IOException {
        try (SimLab lab = new SimLab()) {
            assertEquals(0, lab.run(SimStore.MEMORY, 1).effort().answered());
            SimReport report = lab.run(SimStore.MEMORY, 2);
            assertTrue(report.isSound() && report.effort().answered() > 10, report::toString);
        }
    }

    @Test
    void shouldSayWhatWasViolatedAndReplayItExactly() throws IOException {
        try (SimLab lab = new SimLab()) {
            SimReport found = lab.run(Planted.LAST_WRITER_WINS, 1);
            for (int seed = 2; seed <= 30 && found.isSound(); seed++) {
                found = lab.run(Planted.LAST_WRITER_WINS, seed);
            }
            assertEquals(2, found.invariant(), found::toString);
            assertTrue(found.details().contains(" went from "), found::details);
            assertEquals(found, lab.run(Planted.LAST_WRITER_WINS, found.seed()));
        }
    }
}
