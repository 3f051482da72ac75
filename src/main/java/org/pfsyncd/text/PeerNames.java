package org.pfsyncd.text;

/** The pair of peer states behind a line of pfctl (spec pfsync.md sections 5.4 and 16.1). */
final class PeerNames {
    private static final int TCP_PROXY_SRC = 11;
    private static final int TCP_PROXY_DST = 12;

    private static final String[] TCP = {
        "CLOSED",
        "LISTEN",
        "SYN_SENT",
        "SYN_RCVD",
        "ESTABLISHED",
        "CLOSE_WAIT",
        "FIN_WAIT_1",
        "CLOSING",
        "LAST_ACK",
        "FIN_WAIT_2",
        "TIME_WAIT"
    };
    private static final String[] OTHER = {"NO_TRAFFIC", "SINGLE", "MULTIPLE"};

    private PeerNames() {}

    /**
     * Appends {@code LEFT:RIGHT}.
     *
     * @param hasSctp true if the system has a state machine for SCTP (FreeBSD 14 and later).
     */
    static void append(StringBuilder out, int protocol, boolean hasSctp, int left, int right) {
        if (protocol == ProtocolNames.TCP) {
            appendTcp(out, left, right);
        } else if (protocol == ProtocolNames.SCTP && hasSctp) {
            out.append(sctp(left)).append(':').append(sctp(right));
        } else if (protocol != ProtocolNames.ICMP
                && protocol != ProtocolNames.ICMPV6
                && left < OTHER.length
                && right < OTHER.length) {
            out.append(OTHER[left]).append(':').append(OTHER[right]);
        } else {
            out.append(left).append(':').append(right);
        }
    }

    private static void appendTcp(StringBuilder out, int left, int right) {
        if (left < TCP.length && right < TCP.length) {
            out.append(TCP[left]).append(':').append(TCP[right]);
        } else if (left == TCP_PROXY_SRC || right == TCP_PROXY_SRC) {
            out.append("PROXY:SRC");
        } else if (left == TCP_PROXY_DST || right == TCP_PROXY_DST) {
            out.append("PROXY:DST");
        } else {
            out.append("<BAD STATE LEVELS ").append(left).append(':').append(right).append('>');
        }
    }

    private static String sctp(int state) {
        return switch (state) {
            case 0 -> "CLOSED";
            case 2 -> "COOKIE_WAIT";
            case 4 -> "COOKIE_ECHOED";
            case 8 -> "ESTABLISHED";
            case 0x10 -> "SHUTDOWN_SENT";
            case 0x20 -> "SHUTDOWN_RECEIVED";
            case 0x40 -> "SHUTDOWN_ACK_SENT";
            case 0x80 -> "SHUTDOWN_PENDING";
            default -> "?";
        };
    }
}
