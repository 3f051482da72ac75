package org.pfsyncd.pfhost;

/** A host's idea of time: seconds since it booted, as its kernel counts them. */
final class HostClock {
    private static final long SECOND_NS = 1_000_000_000L;

    /** Uptime at which a host comes to life here; keeps ages from being negative. */
    private static final long BORN_S = 100_000;

    private long nowNs;
    private long bootNs;

    HostClock(long nowNs) {
        this.nowNs = nowNs;
        bootNs = nowNs;
    }

    void advance(long newNowNs) {
        nowNs = newNowNs;
    }

    long ns() {
        return nowNs;
    }

    /** Whole seconds, as {@code time_uptime}: what most rules are measured in. */
    long seconds() {
        return BORN_S + Math.floorDiv(nowNs - bootNs, SECOND_NS);
    }

    long ms() {
        return BORN_S * 1000 + (nowNs - bootNs) / 1_000_000;
    }

    void reboot() {
        bootNs = nowNs;
    }
}
