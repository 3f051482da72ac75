package org.pfsyncd.net;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a port knows of a received frame besides its bytes.
 *
 * <p>One reused instance a port, owned by the polling thread, valid during {@link
 * FrameHandler#onFrame}.
 */
public final class FrameInfo {
    /** 16 bytes in network order; an IPv4 address in the first four, the rest zero. */
    public final UnsafeBuffer source = new UnsafeBuffer(new byte[16]);

    /** 16 bytes in network order, as {@link #source}. */
    public final UnsafeBuffer destination = new UnsafeBuffer(new byte[16]);

    /** Carrier: 4 or 6. */
    public int af;

    /** TTL or hop limit as received. */
    public int ttl;

    /** Interface on which it arrived. */
    public int interfaceIndex;

    /**
     * {@link Port#interfaceIndex()} of the port at that moment: differs if the frame came in
     * elsewhere.
     */
    public int expectedInterfaceIndex;
}
