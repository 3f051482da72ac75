package org.pfsyncd.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The {@code [timeouts]} table: seconds by the names of pf.conf, in the order of the class numbers.
 * Stateless.
 */
final class TimeoutSection {
    private static final List<String> NAMES =
            List.of(
                    "tcp.first",
                    "tcp.opening",
                    "tcp.established",
                    "tcp.closing",
                    "tcp.finwait",
                    "tcp.closed",
                    "udp.first",
                    "udp.single",
                    "udp.multiple",
                    "icmp.first",
                    "icmp.error",
                    "other.first",
                    "other.single",
                    "other.multiple");
    private static final List<String> SCTP_NAMES =
            List.of(
                    "sctp.first",
                    "sctp.opening",
                    "sctp.established",
                    "sctp.closing",
                    "sctp.closed");
    private static final int SCTP_FIRST = 20;
    private static final int COUNT = 25;
    private static final long LIMIT_SECONDS = 365L * 86_400;

    private TimeoutSection() {}

    static List<Integer> read(Section timeouts) {
        List<Integer> seconds = new ArrayList<>(java.util.Collections.nCopies(COUNT, 0));
        for (int i = 0; i < NAMES.size(); i++) {
            seconds.set(i, (int) timeouts.seconds(NAMES.get(i), 0, 0, LIMIT_SECONDS));
        }
        for (int i = 0; i < SCTP_NAMES.size(); i++) {
            seconds.set(
                    SCTP_FIRST + i, (int) timeouts.seconds(SCTP_NAMES.get(i), 0, 0, LIMIT_SECONDS));
        }
        timeouts.refuseUnknown();
        return seconds;
    }
}
