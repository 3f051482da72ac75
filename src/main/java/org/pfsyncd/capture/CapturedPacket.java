package org.pfsyncd.capture;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One packet of a capture, reused: what {@link CaptureReader#next} returns is valid until the next
 * call. Owned by the thread that reads or writes the capture.
 */
public final class CapturedPacket {
    private static final byte[] NONE = {};

    private final byte[] source = new byte[16];
    private final byte[] destination = new byte[16];
    private final UnsafeBuffer payload = new UnsafeBuffer(NONE);
    private PacketKind kind = PacketKind.OTHER;
    private long timestampNs;
    private int addressLength;
    private int ttl = -1;
    private int protocol = -1;
    private int ipLength;

    /** Epoch nanoseconds; 0 where the capture has no time (pcapng simple packets). */
    public long timestampNs() {
        return timestampNs;
    }

    public CapturedPacket timestampNs(long value) {
        timestampNs = value;
        return this;
    }

    public PacketKind kind() {
        return kind;
    }

    /** Bytes of an address: 4, 16, or 0 where the capture has no IP header. */
    public int addressLength() {
        return addressLength;
    }

    /** The first {@link #addressLength} bytes, network order; not to be kept. */
    public byte[] source() {
        return source;
    }

    /** The first {@link #addressLength} bytes, network order; not to be kept. */
    public byte[] destination() {
        return destination;
    }

    /** Sets both addresses: 4 bytes each, or 16 bytes each. */
    public CapturedPacket addresses(byte[] from, byte[] to) {
        if ((from.length != 4 && from.length != 16) || to.length != from.length) {
            throw new IllegalArgumentException(
                    "addresses of " + from.length + " and " + to.length + " bytes");
        }
        return addresses(from, 0, to, 0, from.length);
    }

    /** TTL or hop limit, or -1 where the capture has no IP header. */
    public int ttl() {
        return ttl;
    }

    public CapturedPacket ttl(int value) {
        ttl = value;
        return this;
    }

    /** IP protocol behind all extension headers, or -1. */
    public int protocol() {
        return protocol;
    }

    public CapturedPacket protocol(int value) {
        protocol = value;
        return this;
    }

    /** The captured bytes of the IP payload, from 0 to its capacity. */
    public DirectBuffer payload() {
        return payload;
    }

    /** Views {@code length} bytes as the payload and makes the packet complete. */
    public CapturedPacket payload(DirectBuffer from, int offset, int length) {
        payload.wrap(from, offset, length);
        kind = PacketKind.COMPLETE;
        ipLength = length;
        return this;
    }

    /** Bytes of the IP payload as sent, whatever was captured of it. */
    public int sentLength() {
        return ipLength;
    }

    CapturedPacket addresses(byte[] from, int fromOffset, byte[] to, int toOffset, int length) {
        System.arraycopy(from, fromOffset, source, 0, length);
        System.arraycopy(to, toOffset, destination, 0, length);
        addressLength = length;
        return this;
    }

    CapturedPacket reset(long timestampNs, PacketKind kind) {
        this.timestampNs = timestampNs;
        this.kind = kind;
        Arrays.fill(source, (byte) 0);
        Arrays.fill(destination, (byte) 0);
        payload.wrap(NONE);
        addressLength = 0;
        ttl = -1;
        protocol = -1;
        ipLength = 0;
        return this;
    }

    CapturedPacket kind(PacketKind value) {
        kind = value;
        return this;
    }

    /** Views what is there of a payload of {@code sentLength} bytes. */
    CapturedPacket payload(byte[] bytes, int offset, int captured, int sentLength) {
        payload.wrap(bytes, offset, Math.min(captured, sentLength));
        ipLength = sentLength;
        return this;
    }
}
