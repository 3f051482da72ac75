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

    /** A fresh update starts the life again, in the class that it brings. */
    void refresh(StateRecord known, int timeoutClass, long nowMs) {
        long lifeS = timeouts.seconds(timeoutClass);
        if (timeoutClass == known.timeout()) {
            lifeS = Math.max(lifeS, known.lifetimeS());
        }
        known.timeout(timeoutClass).lastActivityMs(nowMs);
        live(known, lifeS);
    }

    /** A full update announces seconds left: they can lengthen the lifetime, never shorten it. */
    void lengthen(StateRecord known, long announcedS) {
        if (announcedS > known.lifetimeS()) {
            live(known, announcedS);
        }
    }

    private static void live(StateRecord known, long lifeS) {
        known.lifetimeS(lifeS).expiresAtMs(known.lastActivityMs() + lifeS * MS_PER_S);
    }
}
