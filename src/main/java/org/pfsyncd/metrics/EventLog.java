package org.pfsyncd.metrics;

import org.slf4j.Logger;

/**
 * Log lines from the message path: one a cause and interval, so that a flood of bad input writes
 * one line, not a million. What is held back is counted and told by the next line of that cause.
 *
 * <p>A line is one event, {@code key=value}, complete on its own. Owned by one agent. A suppressed
 * call allocates nothing.
 */
public final class EventLog {
    private final Logger logger;
    private final CounterSet<NodeCounter> nodeCounters;
    private final long intervalNs;
    private final long[] nextNs;
    private final long[] heldBack;
    private final boolean[] seen;

    /**
     * @param causes number of distinct causes, numbered from 0.
     * @param intervalNs least time between two lines of one cause, nanoseconds.
     */
    public EventLog(
            Logger logger, CounterSet<NodeCounter> nodeCounters, int causes, long intervalNs) {
        this.logger = logger;
        this.nodeCounters = nodeCounters;
        this.intervalNs = intervalNs;
        nextNs = new long[causes];
        heldBack = new long[causes];
        seen = new boolean[causes];
    }

    /**
     * True if a line for this cause may be written now; the caller then composes it and calls
     * {@link #warn}.
     */
    public boolean isDue(int cause, long nowNs) {
        if (!seen[cause] || nowNs - nextNs[cause] >= 0) {
            return true;
        }
        heldBack[cause]++;
        nodeCounters.increment(NodeCounter.LOG_SUPPRESSED);
        return false;
    }

    /** Writes the line after {@link #isDue} said yes. */
    public void warn(int cause, long nowNs, String line) {
        long held = heldBack[cause];
        heldBack[cause] = 0;
        seen[cause] = true;
        nextNs[cause] = nowNs + intervalNs;
        logger.warn(held == 0 ? line : line + " held_back=" + held);
    }

    /** Tells an event after {@link #isDue} said yes. */
    public void info(int cause, long nowNs, String line) {
        long held = heldBack[cause];
        heldBack[cause] = 0;
        seen[cause] = true;
        nextNs[cause] = nowNs + intervalNs;
        logger.info(held == 0 ? line : line + " held_back=" + held);
    }

    /** A rare event that is never held back. */
    public void info(String line) {
        logger.info(line);
    }
}
