package org.pfsyncd.journal;

/**
 * What the parts of the journal share: settings, places, and the space they negotiate. Built once a
 * process.
 */
public final class Journal {
    private final JournalSettings settings;
    private final Cycles cycles;
    private final Space space;
    private final JournalStore store;
    private final WriteSide writes;

    /** A journal in Chronicle Queues in the directory that the settings name. */
    public Journal(JournalSettings settings) {
        this.settings = settings;
        cycles = new Cycles(settings.rollMinutes());
        space = new Space(settings.chunkBytes());
        JournalDirectory directory = new JournalDirectory(settings.directory());
        store = directory;
        writes = new ChronicleSide(settings, directory, cycles, space);
    }

    /** A journal in memory, for simulations; of the settings only the sizes count. */
    public Journal(JournalSettings settings, MemoryStore memory) {
        this.settings = settings;
        cycles = new Cycles(settings.rollMinutes());
        space = new Space(settings.chunkBytes());
        store = memory;
        writes = memory.writeSide(cycles);
    }

    public JournalSettings settings() {
        return settings;
    }

    /**
     * Where the documents lie. Who reads beside this process's writer takes this very object: it
     * tells of what is new.
     */
    public JournalStore store() {
        return store;
    }

    WriteSide writes() {
        return writes;
    }

    Cycles cycles() {
        return cycles;
    }

    Space space() {
        return space;
    }
}
