package org.pfsyncd.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numeric addresses and prefixes, judged without asking a name server. Stateless. */
final class AddressForm {
    /** The JDK also reads "10.1" as 10.0.0.1, which nobody means in a configuration. */
    private static final Pattern ADDRESS =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private static final Pattern PREFIX = Pattern.compile("([^/]+)(?:/(\\d{1,3}))?");

    private AddressForm() {}

    /** Whether it is an IPv4 or IPv6 address. */
    static boolean isAddress(String text) {
        return bits(text) > 0;
    }

    /** Whether it is an address that one host can have: neither multicast nor unspecified. */
    static boolean isUnicast(String text) {
        if (!isAddress(text)) {
            return false;
        }
        InetAddress address = InetAddress.ofLiteral(text);
        return !address.isMulticastAddress()
                && !address.isAnyLocalAddress()
                && !text.equals("255.255.255.255");
    }

    /** Whether it is an IPv6 address that means something on one link only. */
    static boolean isLinkLocal(String text) {
        return isAddress(text)
                && InetAddress.ofLiteral(text) instanceof Inet6Address address
                && address.isLinkLocalAddress();
    }

    /** Whether both addresses, which must be such, are IPv4 or both IPv6. */
    static boolean isSameFamily(String a, String b) {
        return bits(a) == bits(b);
    }

    /** Whether both, which must be addresses, are the same one, however written. */
    static boolean isSame(String a, String b) {
        return InetAddress.ofLiteral(a).equals(InetAddress.ofLiteral(b));
    }

    /** Whether it is an address, or an address and a length that fits its family. */
    static boolean isPrefix(String text) {
        Matcher matcher = PREFIX.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int bits = bits(matcher.group(1));
        return bits > 0 && (matcher.group(2) == null || Integer.parseInt(matcher.group(2)) <= bits);
    }

    /** Length of the address in bits, 0 where it is none. */
    private static int bits(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return 0;
        }
        try {
            return InetAddress.ofLiteral(text).getAddress().length * Byte.SIZE;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
