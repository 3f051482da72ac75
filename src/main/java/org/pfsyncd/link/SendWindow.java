package org.pfsyncd.link;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The part of a stream that has been written and not yet acknowledged, kept to be sent again.
 * Offsets count bytes from the start of the conversation. Owned by the link agent.
 */
final class SendWindow {
    private final UnsafeBuffer ring;
    private final int mask;
    private long acknowledged;
    private long written;

    /**
     * @param capacity bytes, a power of two.
     */
    SendWindow(int capacity) {
        ring = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity));
        mask = capacity - 1;
    }

    void reset() {
        acknowledged = 0;
        written = 0;
    }

    /** End of the stream. */
    long written() {
        return written;
    }

    /** Everything before has arrived. */
    long acknowledged() {
        return acknowledged;
    }

    /** Bytes that may be written now. */
    int room() {
        return ring.capacity() - (int) (written - acknowledged);
    }

    /** Appends; there must be room. */
    void append(DirectBuffer from, int offset, int length) {
        int at = (int) written & mask;
        int first = Math.min(length, ring.capacity() - at);
        ring.putBytes(at, from, offset, first);
        ring.putBytes(0, from, offset + first, length - first);
        written += length;
    }

    /** Forgets what has arrived; an offset that is not within the window changes nothing. */
    void acknowledge(long offset) {
        if (offset - acknowledged > 0 && offset - written <= 0) {
            acknowledged = offset;
        }
    }

    /** Copies bytes of the window, which must be within it. */
    void copy(long from, int length, MutableDirectBuffer into, int intoOffset) {
        int at = (int) from & mask;
        int first = Math.min(length, ring.capacity() - at);
        into.putBytes(intoOffset, ring, at, first);
        into.putBytes(intoOffset + first, ring, 0, length - first);
    }
}
