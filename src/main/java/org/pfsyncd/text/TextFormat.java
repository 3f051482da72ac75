package org.pfsyncd.text;

/** Numbers as pfctl prints them, without garbage. Stateless. */
final class TextFormat {
    private static final long NANOS_PER_MICRO = 1000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private TextFormat() {}

    /** The lowest {@code digits} hexadecimal digits, with leading zeros. */
    static void appendHex(StringBuilder out, long value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.append(Character.forDigit((int) (value >>> shift) & 0xF, 16));
        }
    }

    static void appendUnsigned(StringBuilder out, long value) {
        if (value >= 0) {
            out.append(value);
        } else {
            out.append(Long.toUnsignedString(value));
        }
    }

    /** HH:MM:SS; hours have at least two digits and do not wrap into days. */
    static void appendDuration(StringBuilder out, long seconds) {
        appendPadded(out, seconds / 3600, 2);
        out.append(':');
        appendPadded(out, seconds / 60 % 60, 2);
        out.append(':');
        appendPadded(out, seconds % 60, 2);
    }

    /** A number that is not negative, with leading zeros. */
    static void appendPadded(StringBuilder out, long value, int digits) {
        long limit = 10;
        for (int i = 1; i < digits; i++) {
            if (value < limit) {
                out.append('0');
            }
            limit *= 10;
        }
        out.append(value);
    }

    /** Epoch seconds with six decimals, as {@code t} in JSON. */
    static void appendEpoch(StringBuilder out, long epochNs) {
        long micros = Math.floorDiv(epochNs, NANOS_PER_MICRO);
        if (micros < 0) {
            out.append('-');
            micros = -micros;
        }
        out.append(micros / MICROS_PER_SECOND).append('.');
        appendPadded(out, micros % MICROS_PER_SECOND, 6);
    }
}
