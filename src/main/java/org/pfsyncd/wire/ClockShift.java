package org.pfsyncd.wire;

/**
 * What is added to the times of a table because the node's clock was set: {@code src/docs/state.md}
 * section 12. What was written since the process started was written by the clock that was wrong;
 * what came from the journal was not. Immutable.
 *
 * @param olderMs added to what was there at the start, milliseconds.
 * @param newerMs added to what was written since.
 * @param sinceMs the start, epoch milliseconds by the clock before it was set.
 */
public record ClockShift(long olderMs, long newerMs, long sinceMs) {
    public static final ClockShift NONE = whole(0);

    /** One difference for all times. */
    public static ClockShift whole(long differenceMs) {
        return new ClockShift(differenceMs, differenceMs, 0);
    }

    public boolean isNone() {
        return olderMs == 0 && newerMs == 0;
    }

    /** Whether all times move alike. */
    public boolean isWhole() {
        return olderMs == newerMs;
    }

    /** Moves the times of a state. */
    public void move(StateRecord record) {
        boolean isNew = record.isNew();
        record.createdAtMs(record.createdAtMs() + of(isNew));
        long livedMs = of(isNew, record.lastActivityMs());
        record.lastActivityMs(record.lastActivityMs() + livedMs);
        record.expiresAtMs(record.expiresAtMs() + livedMs);
    }

    /** What is added to the creation of a state that came before the start, or since. */
    public long of(boolean isNew) {
        return isNew ? newerMs : olderMs;
    }

    /** What is added to an instant at which something happened here. */
    public long of(boolean isNew, long instantMs) {
        return of(isNew || instantMs >= sinceMs);
    }
}
