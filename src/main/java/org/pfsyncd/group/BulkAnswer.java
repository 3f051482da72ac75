package org.pfsyncd.group;

import java.util.Arrays;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/**
 * The sending of one whole table, segment by segment: keys are read ahead, one segment a slice;
 * each state is looked up again when it is sent, so one that changed meanwhile leaves as it is, one
 * that is gone does not come back. What is inserted behind the cursor its creator announces itself
 * (spec pfsync.md section 12.3).
 *
 * <p>Owned by the sync agent. Allocates only when a segment is larger than any before.
 */
final class BulkAnswer {
    /** Most frames of one slice: about a tenth of a millisecond of a duty cycle. */
    static final int FRAMES_PER_SLICE = AnswerFrames.BATCH;

    private static final int FIRST_ROOM = 2048;

    private final AnswerFrames frames;
    private final Mirror mirror;
    private final CounterSet<GroupCounter> counters;
    private final Mirror.Reader reader = this::stage;

    private long[] ids = new long[FIRST_ROOM];
    private int[] creatorIds = new int[FIRST_ROOM];
    private final int[] firsts = new int[FRAMES_PER_SLICE];
    private int staged;
    private int next;
    private int segment;
    private long read;
    private long sent;
    private long progress;
    private boolean isProof;
    private Dialect dialect = Dialect.V6;

    BulkAnswer(AnswerFrames frames, Mirror mirror, CounterSet<GroupCounter> counters) {
        this.frames = frames;
        this.mirror = mirror;
        this.counters = counters;
    }

    /**
     * From the first segment on.
     *
     * @param isProven whether everything that is sent comes from a proven mirror.
     */
    void rewind(Dialect format, boolean isProven) {
        dialect = format;
        isProof = isProven;
        read = 0;
        staged = 0;
        next = 0;
        segment = 0;
        sent = 0;
    }

    Dialect dialect() {
        return dialect;
    }

    /** States sent since {@link #rewind}. */
    long sent() {
        return sent;
    }

    /** States in the whole answer, as far as those read by now tell. */
    long expected() {
        return segment == 0 ? 0 : read * mirror.segmentCount() / segment;
    }

    /** Of these, what is still to come. */
    long left() {
        return Math.max(0, expected() - (read - (staged - next)));
    }

    /** Grows with each segment read and each frame done. */
    long progress() {
        return progress;
    }

    boolean isComplete() {
        return next == staged && segment == mirror.segmentCount();
    }

    /** Sends one mark in a frame of its own. False if it could not be sent. */
    boolean sendMark(int creatorId, long endTimeS, int status, long nowMs) {
        assert status == BulkStatusDecoder.START || status == BulkStatusDecoder.END : status;
        frames.begin(dialect, nowMs);
        frames.addStatus(creatorId, endTimeS, status, isProof);
        return frames.send() >= 0;
    }

    /**
     * Reads one segment, or sends full frames, the last one as it is.
     *
     * @param limit most states.
     * @return states sent, or {@code -errno} if none could be. What was refused comes again.
     */
    int slice(int limit, long nowMs) {
        int perFrame = frames.statesPerFrame(dialect);
        if (staged - next < perFrame && segment < mirror.segmentCount()) {
            readSegment();
            return 0;
        }
        int composed = 0;
        int refusal = 0;
        for (int i = 0; i < FRAMES_PER_SLICE && refusal == 0; i++) {
            int left = staged - next;
            boolean isLast = segment == mirror.segmentCount() && left > 0;
            if (left == 0 || (left < perFrame && !isLast) || limit - composed < perFrame) {
                break;
            }
            int result = compose(nowMs);
            composed += Math.max(0, result);
            refusal = Math.min(0, result);
        }
        int done = flush();
        return done == 0 ? refusal : done;
    }

    /** One frame into the batch; its states, or {@code -errno} if it was refused. */
    private int compose(long nowMs) {
        int begun = next;
        frames.begin(dialect, nowMs);
        while (next < staged && frames.add(ids[next], creatorIds[next]) != AnswerFrames.FULL) {
            next++;
        }
        progress++;
        if (frames.isEmpty()) {
            return 0; // nothing of this stretch may leave
        }
        firsts[frames.batched()] = begun;
        int result = frames.queue();
        next = result < 0 ? begun : next;
        return result;
    }

    /** Sends the batch; its states, or {@code -errno} if not even its first frame left. */
    private int flush() {
        int batched = frames.batched();
        if (batched == 0) {
            return 0;
        }
        int left = frames.flush();
        if (left < batched) {
            next = firsts[Math.max(0, left)];
        }
        if (left <= 0) {
            return Math.min(left, -1);
        }
        int states = frames.flushed();
        sent += states;
        counters.add(GroupCounter.BULK_ANSWER_STATES, states);
        return states;
    }

    private void readSegment() {
        System.arraycopy(ids, next, ids, 0, staged - next);
        System.arraycopy(creatorIds, next, creatorIds, 0, staged - next);
        staged -= next;
        next = 0;
        progress++;
        mirror.readSegment(segment++, reader);
    }

    private void stage(StateRecord record) {
        if (staged == ids.length) {
            ids = Arrays.copyOf(ids, 2 * staged);
            creatorIds = Arrays.copyOf(creatorIds, 2 * staged);
        }
        ids[staged] = record.id();
        creatorIds[staged] = record.creatorId();
        staged++;
        read++;
    }
}
