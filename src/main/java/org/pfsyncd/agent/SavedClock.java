package org.pfsyncd.agent;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.ClockShift;

/**
 * What a node knows of the time, in memory that outlasts the process: a process that dies does not
 * change the time, whatever is done to the wall clock meanwhile. After a reboot the memory is gone,
 * and behind a clean end the wall clock counts. Owned by the sync agent.
 *
 * <p>Two copies, each with a check sum, written in turn: a kill while one is written leaves the
 * other. Longs, native order: number, then {@link #FIELDS} fields, then the sum.
 */
final class SavedClock {
    /** Bytes of both copies. */
    static final int LENGTH = 512;

    private static final int COPY_LENGTH = LENGTH / 2;

    private static final int BOOT_ID = 0;
    private static final int BOOT_NS = 1;
    private static final int NODE_MS = 2;
    private static final int OFFSET_MS = 3;
    private static final int BORN_MS = 4;
    private static final int START_MS = 5;
    private static final int OLDER_SHIFT_MS = 6;
    private static final int JOURNAL_END_MS = 7;
    private static final int DUE_OLDER_MS = 8;
    private static final int DUE_NEWER_MS = 9;
    private static final int DUE_SINCE_MS = 10;
    private static final int DUE_INCARNATION = 11;
    private static final int FLAGS = 12;
    private static final int FIELDS = FLAGS + 1;

    private static final int SUM_OFFSET = (1 + FIELDS) * Long.BYTES;
    private static final long NS_PER_MS = 1_000_000L;
    private static final long IS_PROVEN = 1;
    private static final long IS_CLOSED = 2;

    private final UnsafeBuffer buffer;
    private final long bootId;
    private final long bootAheadNs;
    private final int found;
    private long number;

    /**
     * @param buffer {@link #LENGTH} bytes, zero if there was no process before.
     * @param nowNs the monotonic instant at which {@code boot} is read.
     */
    SavedClock(UnsafeBuffer buffer, BootClock boot, long nowNs) {
        this.buffer = buffer;
        bootId = boot.bootId();
        bootAheadNs = boot.nanos() - nowNs;
        found = newest();
        number = found < 0 ? 0 : buffer.getLong(found);
    }

    private int newest() {
        int newest = -1;
        for (int at = 0; at < LENGTH; at += COPY_LENGTH) {
            boolean isWhole = buffer.getLong(at) > 0 && buffer.getLong(at + SUM_OFFSET) == sum(at);
            if (isWhole && (newest < 0 || buffer.getLong(at) > buffer.getLong(newest))) {
                newest = at;
            }
        }
        return newest;
    }

    private long sum(int at) {
        long sum = 0;
        for (int i = at; i < at + SUM_OFFSET; i += Long.BYTES) {
            sum = (sum ^ buffer.getLong(i)) * 0x9E37_79B9_7F4A_7C15L;
            sum ^= sum >>> 32;
        }
        return sum;
    }

    /**
     * Whether the clock of the process before goes on: it was of this boot, and either killed or
     * the wall clock is where it followed it.
     */
    boolean goesOn(long wallMs, long nowNs) {
        if (found < 0 || bootId == 0 || field(BOOT_ID) != bootId || elapsedMs(nowNs) < 0) {
            return false;
        }
        long aheadMs = wallMs + offsetMs() - nodeMs(nowNs);
        boolean isClosed = (field(FLAGS) & IS_CLOSED) != 0;
        return !isClosed || Math.abs(aheadMs) <= ClusterClock.TOLERANCE_MS;
    }

    private long elapsedMs(long nowNs) {
        return (nowNs + bootAheadNs - field(BOOT_NS)) / NS_PER_MS;
    }

    private long field(int i) {
        return buffer.getLong(found + (1 + i) * Long.BYTES);
    }

    /** Node time now, had the process before lived on. */
    long nodeMs(long nowNs) {
        return field(NODE_MS) + elapsedMs(nowNs);
    }

    /** At which distance the node's clock follows the wall clock. */
    long offsetMs() {
        return field(OFFSET_MS);
    }

    /**
     * What the process before knew.
     *
     * @param replayedIncarnation the newest in the journal: it says whether what was due is done.
     */
    ClusterClock.Past past(long replayedIncarnation) {
        boolean isDue = field(DUE_INCARNATION) > replayedIncarnation;
        return new ClusterClock.Past(
                field(BORN_MS),
                field(START_MS),
                field(OLDER_SHIFT_MS),
                field(JOURNAL_END_MS),
                (field(FLAGS) & IS_PROVEN) != 0,
                true,
                isDue
                        ? new ClockShift(
                                field(DUE_OLDER_MS), field(DUE_NEWER_MS), field(DUE_SINCE_MS))
                        : ClockShift.NONE);
    }

    /**
     * Writes the copy that is older.
     *
     * @param dueIncarnation the incarnation whose OPEN will say what is due in {@code past}.
     */
    void save(NodeClock clock, ClusterClock.Past past, long dueIncarnation, long nowNs) {
        begin(clock, nowNs);
        int at = copy();
        put(at, BORN_MS, past.bornMs());
        put(at, START_MS, past.startMs());
        put(at, OLDER_SHIFT_MS, past.olderShiftMs());
        put(at, JOURNAL_END_MS, past.journalEndMs());
        put(at, DUE_OLDER_MS, past.due().olderMs());
        put(at, DUE_NEWER_MS, past.due().newerMs());
        put(at, DUE_SINCE_MS, past.due().sinceMs());
        put(at, DUE_INCARNATION, past.due().isNone() ? 0 : dueIncarnation);
        put(at, FLAGS, past.isProven() ? IS_PROVEN : 0);
        end(at);
    }

    private int copy() {
        return (int) (number & 1) * COPY_LENGTH;
    }

    private void begin(NodeClock clock, long nowNs) {
        number++;
        int at = copy();
        buffer.putLong(at + SUM_OFFSET, 0);
        buffer.putLongRelease(at, number);
        put(at, BOOT_ID, bootId);
        put(at, BOOT_NS, nowNs + bootAheadNs);
        put(at, NODE_MS, clock.time());
        put(at, OFFSET_MS, clock.offsetMs());
    }

    private void put(int at, int field, long value) {
        buffer.putLong(at + (1 + field) * Long.BYTES, value);
    }

    private void end(int at) {
        buffer.putLongRelease(at + SUM_OFFSET, sum(at));
    }

    /** A clean end: what was saved last counts only if nobody sets the wall clock. */
    void close() {
        int from = copy();
        number++;
        int at = copy();
        buffer.putLong(at + SUM_OFFSET, 0);
        buffer.putBytes(at + Long.BYTES, buffer, from + Long.BYTES, FIELDS * Long.BYTES);
        buffer.putLong(at, number);
        put(at, FLAGS, buffer.getLong(at + FIELDS * Long.BYTES) | IS_CLOSED);
        end(at);
    }
}
