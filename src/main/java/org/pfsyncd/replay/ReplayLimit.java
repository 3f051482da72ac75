package org.pfsyncd.replay;

import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.SnapshotHints;

/**
 * Where a replay stops; the first document beyond any of the limits is not applied.
 *
 * @param incarnation last incarnation to look at.
 * @param sequence last sequence of that incarnation.
 * @param timeMs last instant, epoch milliseconds.
 */
public record ReplayLimit(long incarnation, long sequence, long timeMs) {
    /** To the end. */
    public static final ReplayLimit NONE =
            new ReplayLimit(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    /** Up to an instant. */
    public static ReplayLimit atTime(long timeMs) {
        return new ReplayLimit(Long.MAX_VALUE, Long.MAX_VALUE, timeMs);
    }

    /** Up to a sequence of an incarnation. */
    public static ReplayLimit atSequence(long incarnation, long sequence) {
        return new ReplayLimit(incarnation, sequence, Long.MAX_VALUE);
    }

    boolean isBeyond(Document document) {
        return document.incarnation() > incarnation
                || (document.incarnation() == incarnation && document.sequence() > sequence)
                || document.timeMs() > timeMs;
    }

    boolean allows(SnapshotHints.Hint hint) {
        boolean isBefore =
                hint.incarnation() < incarnation
                        || (hint.incarnation() == incarnation && hint.endSequence() <= sequence);
        return isBefore && hint.endTimeMs() <= timeMs;
    }
}
