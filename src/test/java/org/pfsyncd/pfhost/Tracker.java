package org.pfsyncd.pfhost;

import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/** What a packet does to a state: pf's state machines (14.6), without options and scaling. */
final class Tracker {
    private static final int SYN_SENT = 2;
    private static final int ESTABLISHED = 4;
    private static final int CLOSING = 7;
    private static final int FIN_WAIT_2 = 9;
    private static final int TIME_WAIT = 10;
    private static final int SINGLE = 1;
    private static final int MULTIPLE = 2;
    private static final int MAX_ACK_WINDOW = 0xFFFF + 1500;
    private static final int IP_AND_TCP = 40;
    private static final int IP_AND_UDP = 28;

    private Tracker() {}

    /** A new state's peers and class, by its first packet. */
    static void begin(StateRecord record, Segment packet) {
        switch (record.wireProto()) {
            case Flow.TCP -> {
                record.src()
                        .seqlo(packet.seq())
                        .seqhi(packet.end() + 1)
                        .maxWin(Segment.WINDOW)
                        .state(SYN_SENT);
                record.dst().seqhi(1).maxWin(1);
                record.timeout(0);
            }
            case Flow.UDP -> {
                record.src().state(SINGLE);
                record.timeout(6);
            }
            case Flow.ICMP, 58 -> record.timeout(9);
            default -> {
                record.src().state(SINGLE);
                record.timeout(11);
            }
        }
        count(record, packet);
    }

    /** A further packet; false if it is outside of the window. */
    static boolean goOn(StateRecord record, Segment packet, long nowMs) {
        PeerRecord src = packet.isFromClient() ? record.src() : record.dst();
        PeerRecord dst = packet.isFromClient() ? record.dst() : record.src();
        switch (record.wireProto()) {
            case Flow.TCP -> {
                if (!tcp(record, src, dst, packet)) {
                    return false;
                }
            }
            case Flow.ICMP, 58 -> record.timeout(10);
            default -> {
                src.state(Math.max(src.state(), SINGLE));
                if (dst.state() == SINGLE) {
                    dst.state(MULTIPLE);
                }
                boolean areBoth = src.state() == MULTIPLE && dst.state() == MULTIPLE;
                int first = record.wireProto() == Flow.UDP ? 7 : 12;
                record.timeout(areBoth ? first + 1 : first);
            }
        }
        record.lastActivityMs(nowMs);
        count(record, packet);
        return true;
    }

    private static boolean tcp(StateRecord record, PeerRecord src, PeerRecord dst, Segment packet) {
        long end = packet.end();
        if (src.state() < SYN_SENT) {
            long allowed = end + Math.max(1, dst.maxWin());
            src.seqlo(packet.seq()).seqhi(allowed).maxWin(Segment.WINDOW).state(SYN_SENT);
        }
        long ack = packet.has(Segment.ACK) ? packet.ack() : dst.seqlo();
        int skew = (int) (dst.seqlo() - ack);
        boolean isInside =
                !HostMerge.isAfter(end, src.seqhi())
                        && !HostMerge.isAfter(src.seqlo() - dst.maxWin(), packet.seq())
                        && skew >= -MAX_ACK_WINDOW
                        && skew <= MAX_ACK_WINDOW;
        boolean isLoose =
                (dst.state() < SYN_SENT || dst.state() >= FIN_WAIT_2 || src.state() >= FIN_WAIT_2)
                        && !HostMerge.isAfter(end, src.seqhi() + MAX_ACK_WINDOW)
                        && !HostMerge.isAfter(src.seqlo() - MAX_ACK_WINDOW, packet.seq());
        if (!isInside && !isLoose) {
            return false;
        }
        src.maxWin(Math.max(src.maxWin(), Segment.WINDOW));
        if (HostMerge.isAfter(end, src.seqlo())) {
            src.seqlo(end);
        }
        if (!HostMerge.isAfter(dst.seqhi(), ack + Segment.WINDOW)) {
            dst.seqhi(ack + Segment.WINDOW);
        }
        advance(src, dst, packet);
        record.timeout(tcpClass(src.state(), dst.state()));
        return true;
    }

    private static void advance(PeerRecord src, PeerRecord dst, Segment packet) {
        if (packet.has(Segment.SYN)) {
            src.state(Math.max(src.state(), SYN_SENT));
        }
        if (packet.has(Segment.FIN)) {
            src.state(Math.max(src.state(), CLOSING));
        }
        if (packet.has(Segment.ACK)) {
            if (dst.state() == SYN_SENT) {
                dst.state(ESTABLISHED);
            } else if (dst.state() == CLOSING) {
                dst.state(FIN_WAIT_2);
            }
        }
        if (packet.has(Segment.RST)) {
            src.state(TIME_WAIT);
            dst.state(TIME_WAIT);
        }
    }

    private static int tcpClass(int a, int b) {
        int low = Math.min(a, b);
        if (low >= FIN_WAIT_2) {
            return 5;
        }
        if (low >= CLOSING) {
            return 4;
        }
        if (low < ESTABLISHED) {
            return 1;
        }
        return Math.max(a, b) >= CLOSING ? 3 : 2;
    }

    private static void count(StateRecord record, Segment packet) {
        int bytes = packet.length() + (record.wireProto() == Flow.TCP ? IP_AND_TCP : IP_AND_UDP);
        boolean isForward = packet.isFromClient();
        if (isForward) {
            record.packets0(record.packets0() + 1).bytes0(record.bytes0() + bytes);
        } else {
            record.packets1(record.packets1() + 1).bytes1(record.bytes1() + bytes);
        }
    }
}
