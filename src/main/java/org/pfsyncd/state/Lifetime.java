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
     * A fresh update starts the life again.
     *
     * @param announcedS seconds left according to a full update, 0 from a compressed one; it can
     *     lengthen the lifetime, never shorten it.
     */
    void refresh(StateRecord known, int timeoutClass, long announcedS, long nowMs) {
        long lifeS = Math.max(timeouts.seconds(timeoutClass), announcedS);
        if (timeoutClass == known.timeout()) {
            lifeS = Math.max(lifeS, known.lifetimeS());
        }
        known.timeout(timeoutClass).lifetimeS(lifeS);
        known.lastActivityMs(nowMs).expiresAtMs(nowMs + lifeS * MS_PER_S);
    }
}
