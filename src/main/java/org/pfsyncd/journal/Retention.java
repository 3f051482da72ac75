package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Deletes cycles and incarnations by age and size, but nothing that a replay from the newest
 * complete snapshot of this process needs; and prepared files that nobody will use. Owned by the
 * janitor.
 */
final class Retention {
    private final JournalSettings settings;
    private final JournalDirectory directory;
    private final Cycles cycles;
    private final Space space;

    Retention(JournalSettings settings, JournalDirectory directory, Cycles cycles, Space space) {
        this.settings = settings;
        this.directory = directory;
        this.cycles = cycles;
        this.space = space;
    }

    /** Returns the number of files deleted. */
    int apply(SnapshotHints.Hint needed, long nowMs) throws IOException {
        List<Long> incarnations = directory.incarnations();
        int deleted = 0;
        for (long incarnation : incarnations) {
            deleted += deleteUnused(directory.path(incarnation), nowMs);
        }
        return needed == null ? deleted : deleted + deleteCycles(needed, incarnations, nowMs);
    }

    private int deleteCycles(SnapshotHints.Hint needed, List<Long> incarnations, long nowMs)
            throws IOException {
        int deleted = 0;
        List<Path> deletable = new ArrayList<>();
        long totalBytes = 0;
        for (long incarnation : incarnations) {
            Path path = directory.path(incarnation);
            totalBytes += preparedBytes(path);
            String firstKept = firstKept(needed, incarnation, path);
            for (Path file : cycleFiles(path)) {
                totalBytes += Files.size(file);
                if (firstKept == null || file.getFileName().toString().compareTo(firstKept) < 0) {
                    deletable.add(file);
                }
            }
        }
        for (Path file : deletable) {
            long size = Files.size(file);
            boolean isOld =
                    nowMs - Files.getLastModifiedTime(file).toMillis() > settings.retainMs();
            if (isOld || totalBytes > settings.retainBytes()) {
                Files.delete(file);
                totalBytes -= size;
                deleted++;
                removeIfEmpty(file.getParent());
            }
        }
        return deleted;
    }

    /**
     * Deletes files that were prepared and that no document will ever go to: all of an older
     * incarnation, and of this one those of cycles that passed without a document. One cycle is
     * left between, for documents that wait in the ring.
     */
    private int deleteUnused(Path path, long nowMs) throws IOException {
        boolean isWritten = path.equals(space.directory());
        Path firstKept = cycles.precreatedFile(path, cycles.cycle(nowMs) - 1);
        Path wanted =
                cycles.precreatedFile(path, Math.max(space.wantedCycle(), space.currentCycle()));
        int deleted = 0;
        for (Path file : preparedFiles(path)) {
            if (!isWritten || (file.compareTo(firstKept) < 0 && !file.equals(wanted))) {
                Files.delete(file);
                deleted++;
            }
        }
        return deleted;
    }

    private static long preparedBytes(Path path) throws IOException {
        long bytes = 0;
        for (Path file : preparedFiles(path)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /** Name of the first cycle file to keep; null if none is needed, empty if all are. */
    private String firstKept(SnapshotHints.Hint needed, long incarnation, Path path) {
        if (incarnation < needed.incarnation()) {
            return null;
        }
        return incarnation == needed.incarnation()
                ? cycles.storeFile(path, needed.beginCycle()).getFileName().toString()
                : "";
    }

    private static List<Path> cycleFiles(Path path) throws IOException {
        return files(path, name -> name.endsWith(Cycles.STORE_SUFFIX));
    }

    /** With those that a kill left unfinished. */
    private static List<Path> preparedFiles(Path path) throws IOException {
        return files(path, name -> name.contains(Cycles.PRECREATED_SUFFIX));
    }

    private static List<Path> files(Path path, Predicate<String> filter) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> filter.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    /** An incarnation without cycles has nothing to tell; its small files go with it. */
    private static void removeIfEmpty(Path path) throws IOException {
        if (!cycleFiles(path).isEmpty()) {
            return;
        }
        try (Stream<Path> rest = Files.list(path)) {
            for (Path file : rest.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(path);
    }
}
