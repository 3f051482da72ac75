package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.Dialect;

/**
 * Answers to requests for single states (UPD_REQ, spec pfsync.md section 8.8): staged while their
 * frame is read, sent in the same duty cycle once its batch is in the journal ring, each state
 * once, as it then is.
 *
 * <p>Bounded: {@link #LIMIT} a frame and {@code answerRate} a second, with a burst of a tenth of a
 * second. What is beyond is counted and not answered: whoever asked asks again. Owned by the sync
 * agent; allocates nothing.
 */
final class SingleAnswers {
    /** What an honest frame of 1,500 bytes can ask for. */
    static final int LIMIT = 128;

    private static final long BURST_NS = 100_000_000L;

    private final AnswerFrames frames;
    private final CounterSet<GroupCounter> counters;
    private final Pace pace;
    private final long[] ids = new long[LIMIT];
    private final int[] creatorIds = new int[LIMIT];
    private int count;
    private Dialect dialect = Dialect.V6;

    SingleAnswers(AnswerFrames frames, int rate, CounterSet<GroupCounter> counters) {
        this.frames = frames;
        this.counters = counters;
        pace = new Pace(rate, BURST_NS, LIMIT);
    }

    void rate(int statesPerSecond) {
        pace.rate(statesPerSecond);
    }

    /** All requests of a frame come from one sender, so they share its dialect. */
    void stage(long id, int creatorId, Dialect requesterDialect) {
        dialect = requesterDialect;
        for (int i = 0; i < count; i++) {
            if (ids[i] == id && creatorIds[i] == creatorId) {
                counters.increment(GroupCounter.ANSWERS_MERGED);
                return;
            }
        }
        if (count == LIMIT) {
            counters.increment(GroupCounter.ANSWERS_SHED);
            return;
        }
        ids[count] = id;
        creatorIds[count] = creatorId;
        count++;
    }

    void discard() {
        counters.add(GroupCounter.ANSWERS_WITHHELD, count);
        count = 0;
    }

    /** Sends what is staged; returns frames sent. */
    int release(long nowNs, long nowMs) {
        if (count == 0) {
            return 0;
        }
        int allowed = Math.min(count, pace.available(nowNs));
        counters.add(GroupCounter.ANSWERS_SHED, count - allowed);
        pace.take(allowed);
        int sent = 0;
        frames.begin(dialect, nowMs);
        for (int i = 0; i < allowed; i++) {
            int outcome = frames.add(ids[i], creatorIds[i]);
            if (outcome == AnswerFrames.FULL) {
                sent += send();
                frames.begin(dialect, nowMs);
                frames.add(ids[i], creatorIds[i]);
            }
            counters.add(GroupCounter.BADSTATE, outcome == AnswerFrames.UNKNOWN ? 1 : 0);
        }
        count = 0;
        return sent + send();
    }

    private int send() {
        if (frames.isEmpty()) {
            return 0;
        }
        int states = frames.send();
        counters.add(GroupCounter.STATE_ANSWERS, Math.max(0, states));
        return states < 0 ? 0 : 1;
    }
}
