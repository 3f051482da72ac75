package org.pfsyncd.text;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What is known of a packet before its pfsync header. Reused; owned by the thread that decodes. */
public final class MessageHead {
    private final StringBuilder scratch = new StringBuilder(48);
    private final UnsafeBuffer address = new UnsafeBuffer(0, 0);
    private long timestampNs;
    private String from;
    private String to;
    private int ttl = -1;
    private int length;
    private int version = -1;

    /** Sets the time (epoch nanoseconds) and forgets the last packet. */
    public MessageHead reset(long timestampNs) {
        this.timestampNs = timestampNs;
        from = null;
        to = null;
        ttl = -1;
        length = 0;
        version = -1;
        return this;
    }

    /** Sets the addresses: the first 4 or 16 bytes of each; 0 means that there are none. */
    public MessageHead addresses(byte[] source, byte[] destination, int addressLength) {
        if (addressLength != 0) {
            from = text(source, addressLength);
            to = text(destination, addressLength);
        }
        return this;
    }

    /** Sets the TTL or hop limit, -1 if unknown. */
    public MessageHead ttl(int value) {
        ttl = value;
        return this;
    }

    /** Takes length and version from the IP payload. */
    public MessageHead payload(DirectBuffer payload) {
        length = payload.capacity();
        version = length == 0 ? -1 : payload.getByte(0) & 0xFF;
        return this;
    }

    long timestampNs() {
        return timestampNs;
    }

    /** Null if unknown. */
    String from() {
        return from;
    }

    /** Null if unknown. */
    String to() {
        return to;
    }

    int ttl() {
        return ttl;
    }

    int length() {
        return length;
    }

    /** First byte of the payload, -1 if there is none. */
    int version() {
        return version;
    }

    private String text(byte[] bytes, int addressLength) {
        address.wrap(bytes);
        scratch.setLength(0);
        AddressText.append(scratch, addressLength == 4 ? 4 : 6, address, 0);
        return scratch.toString();
    }
}
