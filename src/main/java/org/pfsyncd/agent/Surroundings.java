package org.pfsyncd.agent;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.pfsyncd.journal.MemoryStore;

/**
 * Time, chance and the disk as they come in from outside.
 *
 * @param nano monotonic, nanoseconds.
 * @param epoch wall clock, milliseconds.
 * @param boot what lasts longer than a process, but not than the machine's run.
 * @param seed of every random choice: node id, session numbers.
 * @param memory holds journal and ring instead of files, for simulations; null in a daemon.
 * @param sabotage what a simulation breaks on purpose; {@link Sabotage#NONE} in a daemon.
 */
public record Surroundings(
        NanoClock nano,
        EpochClock epoch,
        BootClock boot,
        long seed,
        MemoryStore memory,
        Sabotage sabotage) {
    /** With a journal on disk. */
    public Surroundings(NanoClock nano, EpochClock epoch, BootClock boot, long seed) {
        this(nano, epoch, boot, seed, null, Sabotage.NONE);
    }

    /** With a journal on disk, and a wall clock that each start takes anew. */
    public Surroundings(NanoClock nano, EpochClock epoch, long seed) {
        this(nano, epoch, BootClock.NONE, seed);
    }
}
