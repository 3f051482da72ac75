package org.pfsyncd.net;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Frames queued on a simulated port or lane, end to end. Owned by the network's thread. */
final class SimBatch {
    /** Frames it takes. */
    static final int LIMIT = 32;

    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[0]);
    private final int[] lengths = new int[LIMIT];
    private int count;
    private int size;

    /** What sends one frame. */
    interface Sender {
        /** As {@link Port#send}. */
        int send(DirectBuffer buffer, int offset, int length);
    }

    boolean isFull() {
        return count == LIMIT;
    }

    void add(DirectBuffer buffer, int offset, int length) {
        if (bytes.capacity() < size + length) {
            byte[] grown = new byte[2 * (size + length)];
            bytes.getBytes(0, grown, 0, size);
            bytes.wrap(grown);
        }
        bytes.putBytes(size, buffer, offset, length);
        size += length;
        lengths[count++] = length;
    }

    /** Sends all and forgets them: frames sent, or the worst {@code -errno} if none was. */
    int flush(Sender sender) {
        int offset = 0;
        int sent = 0;
        int error = 0;
        for (int i = 0; i < count; i++) {
            int result = sender.send(bytes, offset, lengths[i]);
            offset += lengths[i];
            sent += result >= 0 ? 1 : 0;
            error = Math.min(error, result);
        }
        count = 0;
        size = 0;
        return sent > 0 ? sent : error;
    }
}
