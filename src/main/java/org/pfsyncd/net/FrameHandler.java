package org.pfsyncd.net;

import org.agrona.DirectBuffer;

/**
 * Takes frames off a {@link Port}, on the polling thread. Must not throw, block or keep the buffer.
 */
public interface FrameHandler {
    /**
     * @param buffer holds the frame; reused after return.
     * @param offset first byte behind the IP header.
     * @param length bytes of IP payload, 0 to 65,535.
     * @param info addresses, TTL and interface; reused after return.
     */
    void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info);
}
