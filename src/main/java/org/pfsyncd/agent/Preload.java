package org.pfsyncd.agent;

import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.wire.NameTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Initialises the classes that a node needs while the command line and the configuration are read:
 * on a second core this takes half a second off a start. Started and awaited by the main thread.
 *
 * <p>Until {@link #await} has returned, no other thread may touch Chronicle's classes: their
 * initialisers form cycles, in which two threads could wait for each other.
 */
public final class Preload {
    // Named here so that the first logger is not asked for by two threads at once.
    private static final Logger LOGGER = LoggerFactory.getLogger(Preload.class);

    private static Thread thread;

    private Preload() {}

    /** Begins; once a process. */
    public static void start() {
        thread = Thread.ofPlatform().daemon().name("preload").start(Preload::load);
    }

    /** Returns when everything is there; at once where nothing was started. */
    public static void await() {
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void load() {
        try {
            NameTable names = new NameTable();
            new MirrorTable(
                            TableConfig.ofCapacity(1),
                            names,
                            new DeltaBatch(names),
                            Counters.inMemory().node())
                    .close();
        } catch (RuntimeException | LinkageError e) {
            LOGGER.debug("preload", e); // whoever needs it says what is wrong
        }
    }
}
