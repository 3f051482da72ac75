package org.pfsyncd.agent;

import java.io.IOException;
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
final class JournalPlace {
    private static final Logger LOGGER = LoggerFactory.getLogger(JournalPlace.class);

    private final JournalConfig config;
    private final Directories directories;
    private final MemoryStore memory;

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

    JournalRing newRing() throws IOException {
        return memory == null
                ? JournalRing.create(directories.ring(), config.ringBytes())
                : memory.createRing(config.ringBytes());
    }
}
