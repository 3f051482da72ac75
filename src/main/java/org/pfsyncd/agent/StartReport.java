package org.pfsyncd.agent;

import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.replay.Replayed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log what a start came to. Used once, by the starting thread.
 *
 * @param incarnation that the node begins.
 */
record StartReport(PfsyncdConfig config, Replayed replayed, long incarnation) {
    private static final Logger LOGGER = LoggerFactory.getLogger(Daemon.class);

    void tell(StartClock clock) {
        LOGGER.info(
                "started node={} pid={} incarnation={} states={} digest={} documents={} groups={}",
                config.node().name(),
                ProcessHandle.current().pid(),
                incarnation,
                replayed.table().size(),
                String.format("%016x", replayed.table().digest()),
                replayed.documents(),
                config.groups().size());
        if (!replayed.lossReport().isEmpty()) {
            LOGGER.warn("journal losses report=\"{}\"", replayed.lossReport());
        }
        tellOf(clock);
    }

    private static void tellOf(StartClock clock) {
        long aheadMs = clock.nodeClock().wallAheadMs();
        if (clock.shiftMs() != 0) {
            LOGGER.warn(
                    "clock went back ms={} action=times-in-the-table-moved-with-it",
                    -clock.shiftMs());
        } else if (clock.goesOn() && Math.abs(aheadMs) > ClusterClock.TOLERANCE_MS) {
            LOGGER.warn(
                    "wall clock is off ms={} action=the-time-goes-on-as-before-the-kill"
                            + " next=if-the-wall-clock-is-right-stop-cleanly-and-start",
                    aheadMs);
        } else if (!clock.goesOn() && clock.nodeClock().offsetMs() != 0) {
            LOGGER.warn(
                    "wall clock is behind the journal ms={} action=the-time-goes-on-at-its-end"
                            + " next=set-the-wall-clock-right",
                    clock.nodeClock().offsetMs());
        }
    }
}
