package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Deletes cycles and incarnations by age and size, but nothing that a replay from the newest
 * complete snapshot of this process needs. Owned by the janitor.
 */
final class Retention {
    private final JournalSettings settings;
    private final JournalDirectory directory;
    private final Cycles cycles;
    private final JournalAgent agent;

    Retention(Journal journal, JournalAgent agent) {
        settings = journal.settings();
        directory = journal.directory();
        cycles = journal.cycles();
        this.agent = agent;
    }

    /** Returns the number of files deleted. */
    int apply(long nowMs) throws IOException {
        SnapshotHints.Hint needed = agent.newestSnapshot();
        if (needed == null) {
            return 0;
        }
        List<Path> deletable = new ArrayList<>();
        long totalBytes = 0;
        for (long incarnation : directory.incarnations()) {
            Path path = directory.path(incarnation);
            String firstKept = firstKept(needed, incarnation, path);
            for (Path file : cycleFiles(path)) {
                totalBytes += Files.size(file);
                if (firstKept == null || file.getFileName().toString().compareTo(firstKept) < 0) {
                    deletable.add(file);
                }
            }
        }
        int deleted = 0;
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
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(Cycles.STORE_SUFFIX))
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
