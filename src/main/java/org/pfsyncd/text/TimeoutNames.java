package org.pfsyncd.text;

/** Timeout classes (spec pfsync.md section 5.3), named as in the recordings. */
public final class TimeoutNames {
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

    private TimeoutNames() {}

    /** The name of a class, {@code unknown} for a number without one. */
    public static String of(int timeout) {
        return timeout < NAMES.length ? NAMES[timeout] : "unknown";
    }

    /**
     * The protocol whose states use a class: what a short update, which does not name its protocol,
     * still tells. Protocols without their own classes answer 255 (reserved).
     */
    static int protocol(int timeout) {
        if (timeout < FIRST_UDP) {
            return ProtocolNames.TCP;
        }
        if (timeout < FIRST_ICMP) {
            return ProtocolNames.UDP;
        }
        if (timeout < FIRST_OTHER) {
            return ProtocolNames.ICMP;
        }
        return timeout >= FIRST_SCTP ? ProtocolNames.SCTP : 255;
    }
}
