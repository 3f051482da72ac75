package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import org.pfsyncd.agent.Directories;
import org.pfsyncd.agent.Preload;
import org.pfsyncd.agent.Settings;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalDirectory;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.Recovery;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;

/** Replays for verbs: read-only, beside a living daemon or after its death. Stateless. */
final class Replays {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Replays() {}

    /** The table at the limit; the caller closes it. */
    static Replayed replay(ConfigOption config, ReplayLimit limit) throws IOException {
        Directories directories = config.directories();
        JournalDirectory journal = new JournalDirectory(directories.journal());
        if (!Files.isDirectory(journal.root())) {
            throw new Failure(
                    FAILED,
                    "there is no journal in " + journal.root() + "; has the daemon ever run?");
        }
        if (!Files.isReadable(journal.root())) {
            throw new Failure(
                    FAILED, journal.root() + " may not be read; ask as the daemon's user or group");
        }
        Preload.await();
        try (JournalReader reader = new JournalReader(journal, ring(directories))) {
            Replayed replayed =
                    new Replayer(reader, Settings.table(config.load()), Counters.inMemory().node())
                            .replay(limit);
            if (replayed.documents() == 0) {
                requireNothingBehind(reader, replayed);
            }
            return replayed;
        }
    }

    /** An empty table is no answer where the journal begins after the point that was asked for. */
    private static void requireNothingBehind(JournalReader reader, Replayed replayed)
            throws IOException {
        reader.startAtOldest();
        if (!reader.next()) {
            return;
        }
        replayed.table().close();
        Document first = reader.document();
        throw new Failure(
                FAILED,
                "the journal begins later, at "
                        + Instant.ofEpochMilli(first.timeMs())
                        + " (incarnation "
                        + first.incarnation()
                        + ", sequence "
                        + first.sequence()
                        + "); ask for that or later");
    }

    /** What a daemon, dead or alive, has in its ring; null if there is none to read. */
    static JournalRing ring(Directories directories) {
        try {
            return Recovery.leftRing(directories.ring());
        } catch (IOException e) {
            System.err.println("the ring is not read: " + e.getMessage());
            return null;
        }
    }

    /**
     * Epoch milliseconds of {@code 2026-11-24T03:00:00Z}, of a local time without a zone, or of
     * Unix seconds.
     */
    static long time(String text) {
        try {
            if (text.matches("\\d{9,11}(\\.\\d+)?")) {
                return (long) (Double.parseDouble(text) * 1000);
            }
            return text.endsWith("Z") || text.matches(".*[+-]\\d\\d:\\d\\d")
                    ? java.time.OffsetDateTime.parse(text).toInstant().toEpochMilli()
                    : LocalDateTime.parse(text)
                            .atZone(ZoneId.systemDefault())
                            .toInstant()
                            .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new Failure(
                    USAGE,
                    "\""
                            + text
                            + "\" is not a time; write it like "
                            + Instant.ofEpochMilli(0)
                            + " or 2026-11-24T03:00:00 for local time");
        }
    }
}
