package org.pfsyncd.sim;

import java.nio.file.Path;

/**
 * How seeds are run.
 *
 * @param directory for what a run writes; best on tmpfs. Emptied behind each run.
 * @param store where journals lie.
 * @param planted a defect that the run must find.
 */
public record SimSettings(Path directory, SimStore store, Planted planted) {
    /** Nothing planted. */
    public SimSettings(Path directory, SimStore store) {
        this(directory, store, Planted.NOTHING);
    }
}
