package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.EpochClock;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.os.LibcFiles;
import org.pfsyncd.os.LibcMemory;

/**
 * Does everything of the journal that waits for a disk, on a thread of its own: allocates and
 * populates ahead of the writer, prepares the next cycle file, watches free space, deletes what is
 * no longer needed, fsyncs.
 *
 * <p>{@link #step} is one round; the caller waits between rounds. Waiting for a page happens in
 * native calls only, because a Java thread in a page fault holds up every safepoint. Owned by the
 * janitor thread, or by a test that steps.
 */
public final class Janitor {
    /** Causes of log lines. */
    public static final int LOG_CAUSES = 2;

    private static final int CAUSE_ALLOCATE = 0;
    private static final int CAUSE_SPACE = 1;

    private static final long POPULATE_AHEAD_BYTES = 16L * 1024 * 1024;

    /** One call of the kernel, in which an agent on the same core waits: tens of microseconds. */
    private static final long POPULATE_STEP_BYTES = 64 * 1024;

    /** Less than this ahead of the writer is brought in at once. */
    private static final long POPULATE_NOW_BYTES = 1024 * 1024;

    /** The rest so many times as fast as the writer goes. */
    private static final int POPULATE_FACTOR = 4;

    private static final long SPACE_INTERVAL_MS = 50;
    private static final long PREPARE_AHEAD_MS = 60_000;
    private static final long RETENTION_INTERVAL_MS = 10_000;

    private final JournalSettings settings;
    private final Space space;
    private final Cycles cycles;
    private final WriteSide writes;
    private final JournalAgent agent;
    private final EpochClock clock;
    private final EventLog log;
    private Path preparedIn;
    private FileStore fileStore;
    private Space.Chunk populating;
    private long populatedTo;
    private long populatedAt;
    private long watchedMs = Long.MIN_VALUE / 2;
    private long retainedMs = Long.MIN_VALUE / 2;
    private long fsyncedMs = Long.MIN_VALUE / 2;

    public Janitor(Journal journal, JournalAgent agent, EventLog log, EpochClock clock) {
        settings = journal.settings();
        space = journal.space();
        cycles = journal.cycles();
        writes = journal.writes();
        this.agent = agent;
        this.clock = clock;
        this.log = log;
    }

    /** One round; returns work done. */
    public int step() {
        long nowMs = clock.time();
        int workCount = writes.isOnDisk() ? watchSpace(nowMs) : 0;
        Path directory = space.directory();
        try {
            // On a full disk most of all.
            workCount += retain(nowMs);
            if (directory != null && !space.isLow()) {
                workCount += prepare(directory, nowMs);
                workCount += extend(directory);
                workCount += populate();
                workCount += fsync(directory, nowMs);
            }
        } catch (IOException e) {
            warn(
                    CAUSE_ALLOCATE,
                    nowMs,
                    "journal space not prepared directory="
                            + settings.directory()
                            + " error=\""
                            + e
                            + "\" action=check-the-file-system");
        }
        return workCount;
    }

    private int retain(long nowMs) throws IOException {
        if (!isOver(retainedMs, RETENTION_INTERVAL_MS, nowMs)) {
            return 0;
        }
        retainedMs = nowMs;
        return writes.retain(agent.newestSnapshot(), nowMs);
    }

    /** Also when the clock was set back meanwhile: other nodes may set it by hours. */
    private static boolean isOver(long sinceMs, long pauseMs, long nowMs) {
        return nowMs - sinceMs >= pauseMs || nowMs < sinceMs;
    }

    /**
     * Free space below the reserve stops the journal; a quarter more, and room for two files, lets
     * it go on.
     */
    private int watchSpace(long nowMs) {
        if (!isOver(watchedMs, SPACE_INTERVAL_MS, nowMs)) {
            return 0;
        }
        watchedMs = nowMs;
        long free = freeBytes();
        long reserve = settings.reserveBytes();
        boolean isLow = free >= 0 && free < reserve;
        boolean isPlentiful = free < 0 || free >= reserve + reserve / 4 + 2 * space.chunkBytes();
        if (isLow && !space.isLow()) {
            warn(
                    CAUSE_SPACE,
                    nowMs,
                    "disk nearly full directory="
                            + settings.directory()
                            + " free_bytes="
                            + free
                            + " reserve_bytes="
                            + reserve
                            + " action=free-space-or-lower-journal.retain-size");
        }
        space.level(isLow, isPlentiful);
        return 0;
    }

    /** The file system is looked up once: that reads the whole table of mounts, this asks one. */
    private long freeBytes() {
        try {
            if (fileStore == null) {
                fileStore = Files.getFileStore(settings.directory());
            }
            return fileStore.getUsableSpace();
        } catch (IOException e) {
            fileStore = null;
            return -1;
        }
    }

    private int prepare(Path directory, long nowMs) throws IOException {
        int wanted = Math.max(space.wantedCycle(), space.currentCycle());
        if (wanted < 0) {
            return 0;
        }
        int next = Math.max(wanted, cycles.cycle(nowMs + PREPARE_AHEAD_MS));
        if (directory.equals(preparedIn) && space.isPrepared(wanted) && space.isPrepared(next)) {
            return 0;
        }
        boolean isReady = create(directory, wanted) && create(directory, next);
        if (isReady) {
            if (!directory.equals(preparedIn)) {
                keepNumber(directory);
            }
            preparedIn = directory;
            space.prepared(wanted, next);
        }
        return 1;
    }

    /**
     * A power cut must not take the directory's name with its documents: the next process would
     * give the number again, and a peer that has documents of that number would take the new ones
     * for them. No document is appended before this is done, for its space is not prepared yet.
     */
    private static void keepNumber(Path directory) throws IOException {
        try (FileChannel parent =
                FileChannel.open(directory.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    /** Makes the file that the queue will rename into place, its first chunk backed by blocks. */
    private boolean create(Path directory, int cycle) throws IOException {
        Path store = cycles.storeFile(directory, cycle);
        if (Files.exists(store)) {
            return true;
        }
        Path precreated = cycles.precreatedFile(directory, cycle);
        if (!Files.exists(precreated)) {
            Path fresh = precreated.resolveSibling(precreated.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh);
            if (!allocate(fresh, 0, space.chunkBytes())) {
                Files.deleteIfExists(fresh);
                return false;
            }
            Files.move(fresh, precreated);
        }
        return true;
    }

    /** Keeps the chunk behind the present one allocated too. */
    private int extend(Path directory) throws IOException {
        int cycle = space.currentCycle();
        if (cycle < 0) {
            return 0;
        }
        long block = settings.blockBytes();
        long needed = (space.position() / block + 1) * block + space.chunkBytes();
        long allocated = space.allocatedBytes(cycle);
        if (allocated >= needed) {
            return 0;
        }
        Path store = cycles.storeFile(directory, cycle);
        if (Files.exists(store) && allocate(store, 0, needed)) {
            space.allocated(cycle, needed);
        }
        return 1;
    }

    private boolean allocate(Path file, long offset, long length) throws IOException {
        int error = LibcFiles.allocate(file, offset, length);
        if (error != 0) {
            warn(
                    CAUSE_ALLOCATE,
                    clock.time(),
                    "journal space refused file="
                            + file
                            + " bytes="
                            + length
                            + " errno="
                            + error
                            + " action=free-space");
            space.level(true, false);
        }
        return error == 0;
    }

    /**
     * Brings the pages ahead of the writer into memory, so that no append waits for one: the next
     * ones at once, the rest a few a round. Without the kernel's reading ahead: that takes in as
     * much as the disk's setting says (8 MiB: 11 to 16 ms, with nobody else on the core).
     */
    private int populate() {
        Space.Chunk chunk = space.chunk();
        if (chunk == null) {
            return 0;
        }
        long position = space.position();
        long writtenTo = Math.max(0, position - chunk.start());
        if (!chunk.equals(populating)) {
            populating = chunk;
            populatedTo = writtenTo;
            populatedAt = position;
            LibcMemory.readNothingAhead(chunk.address(), chunk.length());
        }
        populatedTo = Math.max(populatedTo, writtenTo);
        long paced = POPULATE_FACTOR * Math.max(0, position - populatedAt);
        long atOnce = writtenTo + POPULATE_NOW_BYTES - populatedTo;
        long limit = Math.max(POPULATE_STEP_BYTES, Math.max(paced, atOnce));
        populatedAt = position;
        long wantedTo = Math.min(chunk.length(), writtenTo + POPULATE_AHEAD_BYTES);
        long to = Math.min(wantedTo, populatedTo + limit);
        int steps = 0;
        while (populatedTo < to && chunk.equals(space.chunk())) {
            long from = populatedTo & -4096L;
            long length = Math.min(POPULATE_STEP_BYTES, chunk.length() - from);
            LibcMemory.populateWrite(chunk.address() + from, length);
            populatedTo = from + length;
            steps++;
        }
        return steps;
    }

    private int fsync(Path directory, long nowMs) throws IOException {
        boolean isDue = settings.fsyncMs() > 0 && isOver(fsyncedMs, settings.fsyncMs(), nowMs);
        if (!isDue || space.currentCycle() < 0) {
            return 0;
        }
        fsyncedMs = nowMs;
        Path store = cycles.storeFile(directory, space.currentCycle());
        if (Files.exists(store)) {
            try (FileChannel file = FileChannel.open(store, StandardOpenOption.WRITE)) {
                file.force(false);
            }
        }
        return 1;
    }

    private void warn(int cause, long nowMs, String line) {
        if (log.isDue(cause, nowMs * 1_000_000L)) {
            log.warn(cause, nowMs * 1_000_000L, line);
        }
    }
}
