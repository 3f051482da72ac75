package org.pfsyncd.pfhost;

/**
 * One packet of traffic.
 *
 * @param isFromClient which way it goes.
 * @param flags of TCP; 0 for other protocols.
 * @param seq of its first byte.
 * @param ack next byte it expects, if it has the flag.
 * @param length bytes of data.
 */
public record Segment(boolean isFromClient, int flags, long seq, long ack, int length) {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    /** Window that every end announces, without scaling. */
    static final int WINDOW = 65_535;

    /** A datagram. */
    public static Segment datagram(boolean isFromClient, int length) {
        return new Segment(isFromClient, 0, 0, 0, length);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Sequence number behind it. */
    long end() {
        return seq + length + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0) & 0xFFFF_FFFFL;
    }
}
