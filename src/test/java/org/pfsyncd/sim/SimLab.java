package org.pfsyncd.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pfsyncd.support.Silence;

/** Runs seeds in a directory on tmpfs, without the log lines of hundreds of troubled daemons. */
final class SimLab implements AutoCloseable {
    private final Silence silence = Silence.open();
    private final Path directory;

    SimLab() throws IOException {
        Path shm = Path.of("/dev/shm");
        directory =
                Files.isWritable(shm)
                        ? Files.createTempDirectory(shm, "pfsyncd-sim-test")
                        : Files.createTempDirectory("pfsyncd-sim-test");
    }

    SimReport run(SimStore store, long seed) {
        return Simulation.run(new SimSettings(directory, store), seed);
    }

    SimReport run(Planted planted, long seed) {
        return Simulation.run(new SimSettings(directory, SimStore.MEMORY, planted), seed);
    }

    /** Every invariant holds in every run. */
    void requireSound(SimStore store, long first, int count) {
        for (long seed = first; seed < first + count; seed++) {
            SimReport report = run(store, seed);
            assertTrue(
                    report.isSound(),
                    () ->
                            "seed "
                                    + report.seed()
                                    + " store "
                                    + store
                                    + ", invariant "
                                    + report.invariant()
                                    + ": "
                                    + report.meaning()
                                    + "\n    "
                                    + report.details()
                                    + "\n    "
                                    + String.join("\n    ", report.troubles()));
        }
    }

    @Override
    public void close() throws IOException {
        silence.close();
        Files.delete(directory);
    }
}
