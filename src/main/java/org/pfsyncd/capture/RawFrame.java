package org.pfsyncd.capture;

/** A frame as the file has it, link header and all. Owned by its reader; reused. */
final class RawFrame {
    /** Most bytes of one frame: what libpcap itself allows. */
    static final int LIMIT = 262_144;

    final byte[] bytes = new byte[LIMIT];
    int length;

    /** Bytes that were on the wire: {@link #length} or more. */
    int sentLength;

    long timestampNs;
    int linkType;

    void lengths(long captured, long sent) {
        length = (int) captured;
        sentLength = (int) Math.min(Math.max(sent, captured), Integer.MAX_VALUE);
    }

    int u8(int at) {
        return bytes[at] & 0xFF;
    }

    int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }
}
