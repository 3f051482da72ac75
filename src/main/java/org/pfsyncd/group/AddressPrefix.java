package org.pfsyncd.group;

import org.agrona.DirectBuffer;

/**
 * An address or a prefix of one, in the form of a frame's source: 16 bytes, an IPv4 address in the
 * first four.
 *
 * @param af 4 or 6.
 * @param high first eight bytes, big-endian.
 * @param low last eight bytes, big-endian.
 * @param bits significant bits, 0 to 32 or 0 to 128.
 */
public record AddressPrefix(int af, long high, long low, int bits) {
    public AddressPrefix {
        if (bits < 0 || bits > (af == 4 ? 32 : 128)) {
            throw new IllegalArgumentException(
                    "prefix length " + bits + " does not fit an IPv" + af + " address");
        }
    }

    /** Of 4 or 16 address bytes. */
    public static AddressPrefix of(byte[] address, int bits) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < address.length; i++) {
            if (i < 8) {
                high |= (address[i] & 0xFFL) << (56 - 8 * i);
            } else {
                low |= (address[i] & 0xFFL) << (56 - 8 * (i - 8));
            }
        }
        return new AddressPrefix(address.length == 4 ? 4 : 6, high, low, bits);
    }

    boolean contains(DirectBuffer address, int family) {
        if (family != af) {
            return false;
        }
        long otherHigh = address.getLong(0, java.nio.ByteOrder.BIG_ENDIAN);
        long otherLow = address.getLong(8, java.nio.ByteOrder.BIG_ENDIAN);
        return ((high ^ otherHigh) & mask(bits)) == 0 && ((low ^ otherLow) & mask(bits - 64)) == 0;
    }

    private static long mask(int leadingBits) {
        if (leadingBits <= 0) {
            return 0;
        }
        return leadingBits >= 64 ? -1L : -1L << (64 - leadingBits);
    }
}
