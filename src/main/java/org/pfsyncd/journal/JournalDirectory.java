package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory that holds one directory an incarnation, named by its number in ten digits. Any
 * thread.
 */
public final class JournalDirectory extends JournalStore {
    private static final int NAME_LENGTH = 10;

    /**
     * How long Chronicle waits for a lock on {@code metadata.cq4t}, or for its header. Every
     * incarnation has one writer and its readers hold the lock for microseconds, so a long wait
     * only ever is one for a damaged file.
     */
    private static final long TABLE_TIMEOUT_MS = 500;

    private final Path root;

    public JournalDirectory(Path root) {
        configureLibrary();
        this.root = root;
    }

    /** Everybody who opens a queue has named the directory first, so the library reads these. */
    private static void configureLibrary() {
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
        System.setProperty("chronicle.table.store.timeoutMS", Long.toString(TABLE_TIMEOUT_MS));
    }

    public Path root() {
        return root;
    }

    public Path path(long incarnation) {
        return root.resolve(String.format("%010d", incarnation));
    }

    @Override
    public List<Long> incarnations() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(
                            name ->
                                    name.length() == NAME_LENGTH
                                            && name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .sorted()
                    .toList();
        }
    }

    @Override
    boolean isPresent(long incarnation) {
        return QueueReader.isPresent(path(incarnation));
    }

    @Override
    String where(long incarnation) {
        return path(incarnation).toString();
    }

    @Override
    List<SnapshotHints.Hint> snapshots(long incarnation) {
        return SnapshotHints.read(path(incarnation), incarnation);
    }

    @Override
    QueueSource open(long incarnation) {
        return new QueueReader(path(incarnation));
    }

    @Override
    Search search() {
        return new RawScan(this);
    }

    /** Creates the directory of a new incarnation, 0750. */
    Path create(long incarnation) throws IOException {
        Files.createDirectories(
                root,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        return Files.createDirectory(
                path(incarnation),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    }
}
