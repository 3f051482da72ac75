package org.pfsyncd.capture;

/** One interface of a pcapng section: link type and the unit of its times. Owned by its reader. */
final class PcapngInterface {
    static final int OPTION_TSRESOL = 9;
    static final int OPTION_TSOFFSET = 14;

    private static final int MICROS = 6;
    private static final int BINARY = 0x80;

    private final int linkType;
    private final long snapLength;
    private int resolution = MICROS;
    private long offsetS;

    /**
     * @param snapLength 0 is no limit; unsigned.
     */
    PcapngInterface(int linkType, int snapLength) {
        this.linkType = linkType;
        this.snapLength = snapLength == 0 ? Long.MAX_VALUE : snapLength & 0xFFFF_FFFFL;
    }

    int linkType() {
        return linkType;
    }

    long snapLength() {
        return snapLength;
    }

    /** The negative power of 10, or with bit 0x80 of 2, that one tick is of a second. */
    void resolution(int value) {
        resolution = value;
    }

    void offsetS(long value) {
        offsetS = value;
    }

    /** Epoch nanoseconds of a time in ticks; wraps where a hostile value leaves the range. */
    long nanos(long ticks) {
        return ((resolution & BINARY) != 0
                        ? binaryNanos(ticks, resolution & ~BINARY)
                        : decimalNanos(ticks, resolution))
                + offsetS * 1_000_000_000L;
    }

    private static long decimalNanos(long ticks, int power) {
        long nanos = ticks;
        for (int i = power; i < 9; i++) {
            nanos *= 10;
        }
        for (int i = 9; i < power; i++) {
            nanos = Long.divideUnsigned(nanos, 10);
        }
        return nanos;
    }

    private static long binaryNanos(long ticks, int power) {
        if (power >= 64) {
            return 0;
        }
        long seconds = power == 0 ? ticks : ticks >>> power;
        long fraction = power == 0 ? 0 : ticks & (-1L >>> (64 - power));
        // 34 bits times 30 bits of a billion stay within the unsigned 64.
        int surplus = Math.max(power - 33, 0);
        return seconds * 1_000_000_000L
                + (((fraction >>> surplus) * 1_000_000_000L) >>> (power - surplus));
    }
}
