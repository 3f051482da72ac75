package org.pfsyncd.journal;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.PrecreatedFiles;

/**
 * Roll cycles of the queue: which one a moment belongs to and how its files are called. Stateless.
 */
final class Cycles {
    static final String STORE_SUFFIX = ".cq4";
    static final String PRECREATED_SUFFIX = ".precreated";

    private final RollCycle rollCycle;
    private final DateTimeFormatter names;

    Cycles(int rollMinutes) {
        rollCycle = of(rollMinutes);
        names = DateTimeFormatter.ofPattern(rollCycle.format()).withZone(ZoneOffset.UTC);
    }

    private static RollCycle of(int minutes) {
        return switch (minutes) {
            case 5 -> RollCycles.FIVE_MINUTELY;
            case 10 -> RollCycles.TEN_MINUTELY;
            case 20 -> RollCycles.TWENTY_MINUTELY;
            case 30 -> RollCycles.HALF_HOURLY;
            case 60 -> RollCycles.FAST_HOURLY;
            case 120 -> RollCycles.TWO_HOURLY;
            case 240 -> RollCycles.FOUR_HOURLY;
            case 360 -> RollCycles.SIX_HOURLY;
            case 1440 -> RollCycles.FAST_DAILY;
            default ->
                    throw new IllegalArgumentException(
                            "journal.roll "
                                    + minutes
                                    + " min is not one of 5, 10, 20, 30, 60, 120, 240, 360, 1440");
        };
    }

    RollCycle rollCycle() {
        return rollCycle;
    }

    int cycle(long timeMs) {
        return (int) (timeMs / rollCycle.lengthInMillis());
    }

    /** First millisecond of a cycle. */
    long startMs(int cycle) {
        return (long) cycle * rollCycle.lengthInMillis();
    }

    Path storeFile(Path directory, int cycle) {
        return directory.resolve(names.format(Instant.ofEpochMilli(startMs(cycle))) + STORE_SUFFIX);
    }

    /** The file that the queue renames into place when it rolls into the cycle. */
    Path precreatedFile(Path directory, int cycle) {
        return PrecreatedFiles.preCreatedFile(storeFile(directory, cycle).toFile()).toPath();
    }

    /**
     * A queue's clock that never goes back: a step back over a cycle's edge would make every append
     * fail.
     */
    static final class Clock implements TimeProvider {
        private long lastMs;

        /** Sets the time of the appends to come; an earlier one is ignored. */
        void set(long timeMs) {
            lastMs = Math.max(lastMs, timeMs);
        }

        @Override
        public long currentTimeMillis() {
            return lastMs;
        }
    }
}
