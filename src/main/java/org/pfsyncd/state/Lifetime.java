package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/**
 * When a state ends (spec pfsync.md sections 4.6, 9.3, 14.2): its last activity and the lifetime of
 * its timeout class. The lifetime is ours or, if a peer ever announced more for this class, the
 * longest it announced: its rule may say so. Immutable.
 */
final class Lifetime {
    private static final long MS_PER_S = 1_000;

    private final Timeouts timeouts;

    Lifetime(Timeouts timeouts) {
        this.timeouts = timeouts;
    }

    /** Turns the seconds left that a new record brings into times; 0 means a complete life. */
    void begin(StateRecord record, long nowMs) {
        long leftS = record.lifetimeS();
        long lifeS = Math.max(timeouts.seconds(record.timeout()), leftS);
        long expiresAtMs = nowMs + (leftS == 0 ? lifeS : leftS) * MS_PER_S;
        record.lifetimeS(lifeS).expiresAtMs(expiresAtMs);
        record.lastActivityMs(expiresAtMs - lifeS * MS_PER_S);
    }

    /**
     * A fresh update starts the life again, in the class that it brings. The last activity always
     * grows, be it beyond the clock by a millisecond: between nodes the later one wins.
     */
    void refresh(StateRecord known, int timeoutClass, long nowMs) {
        long lifeS = timeouts.seconds(timeoutClass);
        if (timeoutClass == known.timeout()) {
            lifeS = Math.max(lifeS, known.lifetimeS());
        }
        known.timeout(timeoutClass).lastActivityMs(Math.max(nowMs, known.lastActivityMs() + 1));
        live(known, lifeS);
    }

    /** A full update announces seconds left: they can lengthen the lifetime, never shorten it. */
    void lengthen(StateRecord known, long announcedS) {
        if (announcedS > known.lifetimeS()) {
            live(known, announcedS);
        }
    }

    /** Orders the times of two copies of one state, as a whole: activity, end, lifetime, class. */
    static boolean isLater(StateRecord a, StateRecord b) {
        if (a.lastActivityMs() != b.lastActivityMs()) {
            return a.lastActivityMs() > b.lastActivityMs();
        }
        if (a.expiresAtMs() != b.expiresAtMs()) {
            return a.expiresAtMs() > b.expiresAtMs();
        }
        return a.lifetimeS() != b.lifetimeS()
                ? a.lifetimeS() > b.lifetimeS()
                : a.timeout() > b.timeout();
    }

    private static void live(StateRecord known, long lifeS) {
        known.lifetimeS(lifeS).expiresAtMs(known.lastActivityMs() + lifeS * MS_PER_S);
    }
}
