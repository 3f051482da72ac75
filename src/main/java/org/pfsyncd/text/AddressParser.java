package org.pfsyncd.text;

/** Reads what {@link AddressText} writes. Never asks a resolver. Stateless. */
final class AddressParser {
    private static final int GROUPS = 8;
    private static final int BAD = 0;

    private AddressParser() {}

    /**
     * Fills {@code into} (16 bytes) in network order, an IPv4 address in the first four.
     *
     * @return 4, 6, or 0 if the text is no numeric address.
     */
    static int parse(String text, byte[] into) {
        java.util.Arrays.fill(into, (byte) 0);
        if (text.indexOf(':') < 0) {
            return ipv4(text, into, 0) ? 4 : BAD;
        }
        return ipv6(text, into) ? 6 : BAD;
    }

    private static boolean ipv4(String text, byte[] into, int at) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            int value = number(parts[i], 10, 3);
            if (value < 0 || value > 0xFF) {
                return false;
            }
            into[at + i] = (byte) value;
        }
        return true;
    }

    private static boolean ipv6(String text, byte[] into) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, into, 0) == GROUPS;
        }
        byte[] tail = new byte[2 * GROUPS];
        int head = groups(text.substring(0, gap), into, 0);
        int tailCount = groups(text.substring(gap + 2), tail, 0);
        if (head < 0 || tailCount < 0 || head + tailCount > GROUPS - 1) {
            return false;
        }
        System.arraycopy(tail, 0, into, 2 * (GROUPS - tailCount), 2 * tailCount);
        return true;
    }

    /** Writes groups from the start; returns how many, or -1. */
    private static int groups(String text, byte[] into, int at) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean isIpv4 = i == parts.length - 1 && parts[i].indexOf('.') >= 0;
            if (count + (isIpv4 ? 2 : 1) > GROUPS) {
                return -1;
            }
            int value = isIpv4 ? 0 : number(parts[i], 16, 4);
            if (value < 0 || (isIpv4 && !ipv4(parts[i], into, at + 2 * count))) {
                return -1;
            }
            if (!isIpv4) {
                into[at + 2 * count] = (byte) (value >> 8);
                into[at + 2 * count + 1] = (byte) value;
            }
            count += isIpv4 ? 2 : 1;
        }
        return count;
    }

    private static int number(String digits, int radix, int longest) {
        if (digits.isEmpty() || digits.length() > longest) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }
}
