package org.pfsyncd.text;

import org.agrona.DirectBuffer;

/** Appends addresses as inet_ntop(3) prints them (IPv6 as RFC 5952 asks). Stateless. */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /** Appends the IPv4 (4) or IPv6 (6) address at {@code offset}. */
    public static void append(StringBuilder out, int family, DirectBuffer from, int offset) {
        if (family == 6) {
            appendIpv6(out, from, offset);
        } else {
            appendIpv4(out, from, offset);
        }
    }

    private static void appendIpv4(StringBuilder out, DirectBuffer from, int offset) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                out.append('.');
            }
            out.append(from.getByte(offset + i) & 0xFF);
        }
    }

    private static void appendIpv6(StringBuilder out, DirectBuffer from, int offset) {
        int run = longestZeroRun(from, offset);
        int runStart = run >>> 4;
        int runLength = run & 0xF;
        if (runStart == 0 && isIpv4Inside(from, offset, runLength)) {
            out.append(runLength == 5 ? "::ffff:" : "::");
            appendIpv4(out, from, offset + 12);
            return;
        }
        int i = 0;
        while (i < GROUPS) {
            if (runLength > 1 && i == runStart) {
                out.append("::");
                i += runLength;
                continue;
            }
            if (i > 0 && !(runLength > 1 && i == runStart + runLength)) {
                out.append(':');
            }
            appendHex(out, group(from, offset, i));
            i++;
        }
    }

    /** ::a.b.c.d and ::ffff:a.b.c.d. */
    private static boolean isIpv4Inside(DirectBuffer from, int offset, int zeroGroups) {
        return zeroGroups == 6 || (zeroGroups == 5 && group(from, offset, 5) == 0xFFFF);
    }

    /** Start (upper bits) and length (lower 4) of the first longest run of zero groups. */
    private static int longestZeroRun(DirectBuffer from, int offset) {
        int bestStart = 0;
        int bestLength = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            length = group(from, offset, i) == 0 ? length + 1 : 0;
            if (length > bestLength) {
                bestLength = length;
                bestStart = i - length + 1;
            }
        }
        return bestStart << 4 | bestLength;
    }

    private static int group(DirectBuffer from, int offset, int index) {
        return (from.getByte(offset + 2 * index) & 0xFF) << 8
                | (from.getByte(offset + 2 * index + 1) & 0xFF);
    }

    private static void appendHex(StringBuilder out, int group) {
        int digits = group > 0xFFF ? 4 : group > 0xFF ? 3 : group > 0xF ? 2 : 1;
        TextFormat.appendHex(out, group, digits);
    }
}
