package org.pfsyncd.wire;

/**
 * Timeout classes (spec pfsync.md section 5.3), 0 to {@link #COUNT} - 1, named as in the
 * recordings. Stateless.
 */
public final class TimeoutClass {
    /** Classes a state may be in. */
    public static final int COUNT = 25;

    private static final String[] NAMES = {
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
        "other.multiple",
        "frag",
        "interval",
        "adaptive.start",
        "adaptive.end",
        "src.track",
        "tsdiff",
        "sctp.first",
        "sctp.opening",
        "sctp.established",
        "sctp.closing",
        "sctp.closed"
    };
    private static final int FIRST_UDP = 6;
    private static final int FIRST_ICMP = 9;
    private static final int FIRST_OTHER = 11;
    private static final int FIRST_SCTP = 20;

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int SCTP = 132;
    private static final int NO_PROTOCOL = 255;

    private TimeoutClass() {}

    /** The name of a class, {@code unknown} for a number without one. */
    public static String name(int timeout) {
        return timeout >= 0 && timeout < COUNT ? NAMES[timeout] : "unknown";
    }

    /**
     * The protocol whose states use a class: what a short update, which does not name its protocol,
     * still tells. Classes of no protocol answer 255 (reserved).
     */
    public static int protocol(int timeout) {
        if (timeout < FIRST_UDP) {
            return TCP;
        }
        if (timeout < FIRST_ICMP) {
            return UDP;
        }
        if (timeout < FIRST_OTHER) {
            return ICMP;
        }
        return timeout >= FIRST_SCTP ? SCTP : NO_PROTOCOL;
    }
}
