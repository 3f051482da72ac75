package org.pfsyncd.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pfsyncd.config.JournalConfig;
import org.pfsyncd.journal.Journal;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.JournalSettings;
import org.pfsyncd.journal.MemoryStore;
import org.pfsyncd.journal.Recovery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where journal and ring lie: in files, or in the memory of a simulation. By the starting thread.
 */
final class JournalPlace implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(JournalPlace.class);

    private final JournalConfig config;
    private final Directories directories;
    private final MemoryStore memory;
    private FutureTask<JournalRing> nextRing;
    private boolean isRingAsked;
    private boolean isRingTaken;

    /**
     * @param memory null for files.
     */
    JournalPlace(JournalConfig config, Directories directories, MemoryStore memory) {
        this.config = config;
        this.directories = directories;
        this.memory = memory;
    }

    Journal journal() {
        JournalSettings settings = Settings.journal(config, directories);
        return memory == null ? new Journal(settings) : new Journal(settings, memory);
    }

    /** The ring that the last process left, or null. */
    JournalRing leftRing() {
        if (memory != null) {
            return memory.leftRing();
        }
        try {
            return Recovery.leftRing(directories.ring());
        } catch (IOException e) {
            LOGGER.warn(
                    "journal ring unusable file={} error=\"{}\" action=continue-from-the-queue",
                    directories.ring(),
                    e.getMessage());
            return null;
        }
    }

    /**
     * Begins to make the next ring on another thread: the kernel takes a tenth of a second for each
     * 256 MiB, which a replay has.
     */
    void prepareRing() {
        if (memory == null) {
            nextRing =
                    new FutureTask<>(
                            () -> JournalRing.prepare(directories.ring(), config.ringBytes()));
            Thread.ofPlatform().daemon().name("ring-memory").start(nextRing);
        }
    }

    /** Waits for it; throws if it cannot be made. */
    void requireRing() throws IOException {
        if (memory == null) {
            isRingAsked = true;
            prepared();
        }
    }

    /** The next ring, in the place of the one that was left; once, after {@link #prepareRing}. */
    JournalRing newRing() throws IOException {
        if (memory != null) {
            return memory.createRing(config.ringBytes());
        }
        JournalRing ring = prepared().takePlace(directories.ring());
        isRingTaken = true;
        return ring;
    }

    /** Gives up a ring that was prepared and not taken, because the start failed in between. */
    @Override
    public void close() throws IOException {
        if (nextRing == null || isRingTaken) {
            return;
        }
        JournalRing unused;
        try {
            unused = prepared();
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException refused) {
            if (!isRingAsked) {
                LOGGER.warn("journal ring not made error=\"{}\"", refused.getMessage());
            }
            return; // nothing of it is left
        }
        unused.discard(directories.ring());
    }

    private JournalRing prepared() throws IOException {
        try {
            return nextRing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the journal ring was made");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            if (e.getCause() instanceof RuntimeException defect) {
                throw defect;
            }
            throw (Error) e.getCause();
        }
    }
}
