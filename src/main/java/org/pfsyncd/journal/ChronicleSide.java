package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Path;

/** Writes Chronicle Queues into the journal's directory, in space that the janitor allocates. */
final class ChronicleSide implements WriteSide {
    private final JournalSettings settings;
    private final JournalDirectory directory;
    private final Cycles cycles;
    private final Space space;
    private final Retention retention;

    ChronicleSide(
            JournalSettings settings, JournalDirectory directory, Cycles cycles, Space space) {
        this.settings = settings;
        this.directory = directory;
        this.cycles = cycles;
        this.space = space;
        retention = new Retention(settings, directory, cycles, space);
    }

    @Override
    public void create(long incarnation) throws IOException {
        directory.create(incarnation);
    }

    @Override
    public QueueSink open(long incarnation, long timeMs) {
        Path path = directory.path(incarnation);
        space.directory(path, cycles.cycle(timeMs));
        try {
            return new QueueWriter(path, settings, cycles, space, timeMs);
        } catch (RuntimeException | InternalError e) {
            space.directory(null, -1);
            throw e;
        }
    }

    @Override
    public void complete(SnapshotHints.Hint snapshot) throws IOException {
        SnapshotHints.append(directory.path(snapshot.incarnation()), snapshot);
    }

    @Override
    public boolean isLow() {
        return space.isLow();
    }

    @Override
    public boolean isPlentiful() {
        return space.isPlentiful();
    }

    @Override
    public boolean isOnDisk() {
        return true;
    }

    @Override
    public int retain(SnapshotHints.Hint newest, long nowMs) throws IOException {
        return retention.apply(newest, nowMs);
    }
}
