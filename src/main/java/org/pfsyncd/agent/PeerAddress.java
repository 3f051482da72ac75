package org.pfsyncd.agent;

import java.net.InetAddress;
import org.agrona.concurrent.UnsafeBuffer;

/** A peer's address as frames show it: 16 bytes, an IPv4 address in the first four. Immutable. */
final class PeerAddress {
    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[16]);
    private final int family;

    PeerAddress(String numeric) {
        byte[] address = InetAddress.ofLiteral(numeric).getAddress();
        bytes.putBytes(0, address);
        family = address.length == 4 ? 4 : 6;
    }

    int family() {
        return family;
    }

    UnsafeBuffer bytes() {
        return bytes;
    }

    boolean is(UnsafeBuffer other, int otherFamily) {
        return family == otherFamily
                && bytes.getLong(0) == other.getLong(0)
                && bytes.getLong(8) == other.getLong(8);
    }
}
