package org.pfsyncd.journal;

/**
 * What the parts of the journal share: settings, places, and the space they negotiate. Built once a
 * process.
 */
public final class Journal {
    private final JournalSettings settings;
    private final JournalDirectory directory;
    private final Cycles cycles;
    private final Space space;

    public Journal(JournalSettings settings) {
        this.settings = settings;
        directory = new JournalDirectory(settings.directory());
        cycles = new Cycles(settings.rollMinutes());
        space = new Space(settings.chunkBytes());
    }

    public JournalSettings settings() {
        return settings;
    }

    public JournalDirectory directory() {
        return directory;
    }

    Cycles cycles() {
        return cycles;
    }

    Space space() {
        return space;
    }
}
