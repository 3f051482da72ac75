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

    /**
     * @param shiftMs what was added to all times of the table.
     */
    void tell(long shiftMs) {
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
        if (shiftMs != 0) {
            LOGGER.warn("clock went back ms={} action=times-in-the-table-moved-with-it", -shiftMs);
        }
    }
}
