package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.List;

/** How far a host's CARP stands back, and why (section 13). */
public final class Demotion {
    private final List<String> log = new ArrayList<>();
    private int value;
    private long sinceNs;
    private long totalNs;

    void adjust(int by, String reason, long nowNs) {
        if (value > 0) {
            totalNs += nowNs - sinceNs;
        }
        sinceNs = nowNs;
        value = Math.max(0, value + by);
        log.add("carp: demoted by " + by + " to " + value + " (" + reason + ")");
    }

    void reset(long nowNs) {
        if (value > 0) {
            totalNs += nowNs - sinceNs;
        }
        value = 0;
    }

    public int value() {
        return value;
    }

    /** As on the console. */
    public List<String> log() {
        return log;
    }

    /** Time spent demoted, nanoseconds. */
    public long totalNs(long nowNs) {
        return totalNs + (value > 0 ? nowNs - sinceNs : 0);
    }
}
