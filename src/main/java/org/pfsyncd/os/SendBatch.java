package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames gathered for sendmmsg(2), all to one destination. Owned by the sending thread; its arena
 * outlives it.
 */
public final class SendBatch implements AutoCloseable {
    /** Frames a system call. */
    public static final int SIZE = 32;

    /** Largest frame that can be batched, bytes of IP payload. */
    public static final int FRAME_LIMIT = 9000;

    private final Arena arena = Arena.ofShared();
    private final UnsafeBuffer headers;
    private final UnsafeBuffer vectors;
    private final UnsafeBuffer slabs;
    private final MemorySegment state;
    private int count;

    public SendBatch() {
        headers = ReceiveBatch.buffer(arena, SIZE * ReceiveBatch.MMSGHDR_LENGTH);
        vectors = ReceiveBatch.buffer(arena, SIZE * ReceiveBatch.IOVEC_LENGTH);
        slabs = ReceiveBatch.buffer(arena, SIZE * FRAME_LIMIT);
        state = LibcSockets.callState(arena);
        for (int i = 0; i < SIZE; i++) {
            int header = i * ReceiveBatch.MMSGHDR_LENGTH;
            vectors.putLong(
                    i * ReceiveBatch.IOVEC_LENGTH, slabs.addressOffset() + (long) i * FRAME_LIMIT);
            headers.putLong(
                    header + ReceiveBatch.IOV_OFFSET,
                    vectors.addressOffset() + (long) i * ReceiveBatch.IOVEC_LENGTH);
            headers.putLong(header + ReceiveBatch.IOV_COUNT_OFFSET, 1);
        }
    }

    public int count() {
        return count;
    }

    /** Copies one frame in; there must be room, and {@code length} within {@link #FRAME_LIMIT}. */
    public void add(DirectBuffer frame, int offset, int length) {
        slabs.putBytes(count * FRAME_LIMIT, frame, offset, length);
        vectors.putLong(count * ReceiveBatch.IOVEC_LENGTH + ReceiveBatch.IOVEC_SIZE_OFFSET, length);
        count++;
    }

    /** Forgets what was added. */
    public void clear() {
        count = 0;
    }

    /**
     * Sends what was added, and drops what the kernel refuses. A frame refused for its own sake
     * (too large) does not hold up those behind it; a full send buffer ends the batch.
     *
     * @return frames sent, or {@code -errno} of the first refusal if none was.
     */
    public int send(RawSocket socket) {
        return send(socket, false);
    }

    /**
     * As {@link #send(RawSocket)}, but the first refusal ends the batch: what left are the first
     * frames, as many as the answer says.
     */
    public int sendInOrder(RawSocket socket) {
        return send(socket, true);
    }

    private int send(RawSocket socket, boolean isInOrder) {
        SocketAddress to = socket.destination();
        for (int i = 0; i < count; i++) {
            int header = i * ReceiveBatch.MMSGHDR_LENGTH;
            headers.putLong(header + ReceiveBatch.NAME_OFFSET, to.address());
            headers.putInt(header + ReceiveBatch.NAME_LENGTH_OFFSET, to.length());
        }
        int sent = 0;
        int error = 0;
        int next = 0;
        while (next < count) {
            long from = headers.addressOffset() + (long) next * ReceiveBatch.MMSGHDR_LENGTH;
            int n = LibcSockets.sendmmsg(socket.fd(), from, count - next, state);
            sent += Math.max(0, n);
            next += Math.max(1, n);
            error = error == 0 ? Math.min(0, n) : error;
            if (n == -LibcSockets.EAGAIN || (isInOrder && n <= 0)) {
                break;
            }
        }
        count = 0;
        return sent > 0 ? sent : error;
    }

    @Override
    public void close() {
        arena.close();
    }
}
