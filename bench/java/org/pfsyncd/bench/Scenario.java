package org.pfsyncd.bench;

/** One thing that is measured, with its floor in the same run. Run by the benchmark's thread. */
interface Scenario {
    /** The word on the command line, and the name of its results. */
    String name();

    /** What it measures, one line of the help page. */
    String about();

    /** Whether it is measured at this effort when no scenario is named. */
    default boolean isUsual(Effort effort) {
        return true;
    }

    /** How long it takes about, seconds. */
    int seconds(Effort effort);

    /**
     * Runs it. Everything it starts belongs to {@code bench}, which ends it.
     *
     * @throws Exception if the machine refuses what is needed, or a process of it ended by itself.
     */
    Outcome run(Bench bench) throws Exception;
}
