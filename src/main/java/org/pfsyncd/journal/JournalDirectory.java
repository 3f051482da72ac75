package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The directory that holds one directory an incarnation, named by its number in ten digits. Any
 * thread.
 */
public final class JournalDirectory {
    private static final int NAME_LENGTH = 10;

    /**
     * How long Chronicle waits for a lock on {@code metadata.cq4t}, or for its header. Every
     * incarnation has one writer and its readers hold the lock for microseconds, so a long wait
     * only ever is one for a damaged file.
     */
    private static final long TABLE_TIMEOUT_MS = 500;

    private final Path root;
    private final AtomicLong changes = new AtomicLong();

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

    /** Numbers of the incarnations on disk, oldest first. */
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

    /**
     * Counts incarnations that got their first document and snapshots that became complete, through
     * this object: whoever reads beside the writer looks on the disk only when it has changed. Any
     * thread.
     */
    long changes() {
        return changes.get();
    }

    /** By the writer, after what it tells of is done. */
    void changed() {
        changes.incrementAndGet();
    }

    /** A number that no incarnation ever had; creates nothing. */
    public long nextIncarnation() throws IOException {
        List<Long> known = incarnations();
        return known.isEmpty() ? 1 : known.get(known.size() - 1) + 1;
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
