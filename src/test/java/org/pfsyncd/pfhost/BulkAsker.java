package org.pfsyncd.pfhost;

import org.pfsyncd.wire.BulkStatusDecoder;

/** Asks for the whole table and stays demoted until it has come (12.2, 12.4, 13). */
final class BulkAsker {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int TRIES = 12;
    private static final HostId EVERYTHING = new HostId(0, 0);

    private final PfHostSettings settings;
    private final PfSystem system;
    private final HostClock clock;
    private final HostOutput output;
    private final Demotion demotion;
    private boolean isAsking;
    private boolean hasStarted;
    private boolean isOk = true;
    private boolean hasFailed;
    private long requestedS;
    private int tries;
    private long deadlineNs = Bucket.NEVER;

    BulkAsker(PfHostSettings settings, HostClock clock, HostOutput output, Demotion demotion) {
        this.settings = settings;
        system = settings.system;
        this.clock = clock;
        this.output = output;
        this.demotion = demotion;
    }

    /** syncdev or syncpeer was set, or the interface went up. */
    void start() {
        if (isOk) {
            int by = system.isFreeBsd() ? 240 : 32;
            demotion.adjust(by, "pfsync bulk start", clock.ns());
        }
        isOk = false;
        isAsking = true;
        hasStarted = false;
        hasFailed = false;
        tries = 0;
        requestedS = clock.seconds();
        long firstNs = system == PfSystem.OPENBSD_57 ? answerNs() : retryNs();
        deadlineNs = clock.ns() + firstNs;
        output.request(EVERYTHING);
    }

    void stop() {
        isAsking = false;
        deadlineNs = Bucket.NEVER;
    }

    /** As after a boot. */
    void reset() {
        stop();
        isOk = true;
    }

    private long retryNs() {
        return (system.isNewOpenBsd() ? 2 : 5) * SECOND_NS;
    }

    private long answerNs() {
        int perPacket = (settings.mtu - system.emptyPacket) / settings.stateLength();
        int packets = settings.stateLimit / Math.max(1, perPacket);
        return system.isNewOpenBsd()
                ? 4 * Math.max(1, packets / 50) * SECOND_NS
                : 4 * SECOND_NS + packets * settings.tickNs;
    }

    void onStatus(int status, long endTimeS) {
        if (!isAsking) {
            return;
        }
        if (status == BulkStatusDecoder.START) {
            hasStarted = true;
            deadlineNs = clock.ns() + answerNs();
        } else if (status == BulkStatusDecoder.END && isBelievable(endTimeS)) {
            done("pfsync bulk done");
        }
    }

    private boolean isBelievable(long endTimeS) {
        return system.isNewOpenBsd() ? hasStarted : clock.seconds() - endTimeS >= requestedS;
    }

    private void done(String reason) {
        isAsking = false;
        isOk = true;
        deadlineNs = Bucket.NEVER;
        demotion.adjust(system.isFreeBsd() ? -240 : -32, reason, clock.ns());
    }

    void work() {
        if (deadlineNs > clock.ns()) {
            return;
        }
        boolean isOver = system.isNewOpenBsd() && hasStarted;
        if (!isOver && tries++ < TRIES) {
            deadlineNs = clock.ns() + retryNs();
            output.request(EVERYTHING);
        } else {
            hasFailed = true;
            done("pfsync bulk fail");
        }
    }

    long nextNs() {
        return deadlineNs;
    }

    boolean isAsking() {
        return isAsking;
    }

    /** {@code syncok}: also after a failure that it pretends was none. */
    boolean isOk() {
        return isOk;
    }

    boolean hasFailed() {
        return hasFailed;
    }
}
