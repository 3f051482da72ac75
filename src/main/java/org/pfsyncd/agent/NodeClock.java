package org.pfsyncd.agent;

import org.agrona.concurrent.EpochClock;

/**
 * The node's epoch clock: advances with the monotonic clock and is drawn towards the wall clock by
 * at most one part in a thousand, so that it never goes back and never jumps, whatever is done to
 * the wall clock.
 *
 * <p>Owned by the sync agent, which passes the time on; others read {@link #time()}, the last value
 * computed.
 */
public final class NodeClock implements EpochClock {
    private static final long SLEW_DIVISOR = 1000;

    private final EpochClock wall;
    private long lastNs;
    private long remainderNs;
    private long nowMs;
    private volatile long timeMs;
    private long checkedNs;
    private volatile long offsetMs;

    /**
     * @param nowNs monotonic instant that belongs to the wall clock's present.
     */
    public NodeClock(EpochClock wall, long nowNs) {
        this.wall = wall;
        nowMs = wall.time();
        timeMs = nowMs;
        lastNs = nowNs;
        checkedNs = nowNs;
    }

    /** The time of this duty cycle, epoch milliseconds. */
    public long advance(long nowNs) {
        remainderNs += nowNs - lastNs;
        lastNs = nowNs;
        if (remainderNs >= 1_000_000L) {
            nowMs += remainderNs / 1_000_000L;
            timeMs = nowMs;
            remainderNs %= 1_000_000L;
        }
        if (nowNs - checkedNs >= 1_000_000_000L) {
            slew((nowNs - checkedNs) / 1_000_000L);
            checkedNs = nowNs;
        }
        return nowMs;
    }

    private void slew(long elapsedMs) {
        long limitNs = elapsedMs * 1_000_000L / SLEW_DIVISOR;
        long errorNs = Math.max(-limitNs, Math.min(limitNs, wallAheadMs() * 1_000_000L));
        remainderNs += errorNs;
    }

    /**
     * Moves the time by a difference, back or forth, and follows the wall clock at that distance
     * from now on: another node's clock is believed more. By the sync agent.
     */
    void set(long differenceMs) {
        long movedMs = offsetMs + differenceMs;
        offsetMs = movedMs; // one writer
        nowMs += differenceMs;
        timeMs = nowMs;
    }

    /** Goes on with the time of the process before, at its distance from the wall clock. */
    void resume(long resumedMs, long resumedOffsetMs) {
        offsetMs = resumedOffsetMs;
        nowMs = resumedMs;
        timeMs = resumedMs;
    }

    /** At which distance ahead of the wall clock it follows; any thread. */
    long offsetMs() {
        return offsetMs;
    }

    /** How far the wall clock is ahead of the node's, milliseconds. */
    public long wallAheadMs() {
        return wall.time() + offsetMs - timeMs;
    }

    /** The last value computed; any thread. */
    @Override
    public long time() {
        return timeMs;
    }
}
