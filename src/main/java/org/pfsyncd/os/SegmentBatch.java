package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames gathered for sendmmsg(2) on a {@link PeerSocket}, all to one destination. Owned by one
 * sending thread, which need not be the socket's.
 *
 * <p>Where the kernel can cut datagrams (UDP_SEGMENT, {@code linux/udp.h}), a run of equally long
 * frames, the last of which may be shorter, is one message of it: one walk through the network
 * stack instead of one a frame. A kernel or device that refuses is not asked again.
 */
public final class SegmentBatch implements AutoCloseable {
    /** Longest frame it takes, bytes behind the IP header. */
    public static final int FRAME_LIMIT = 65_535;

    private static final int COUNT_LIMIT = 128;
    private static final int BYTES_LIMIT = 128 * 1024;

    /** UDP_MAX_SEGMENTS of kernels before 6.9. */
    private static final int RUN_LIMIT = 64;

    private static final int RUN_BYTES_LIMIT = 65_000;

    /** CMSG_LEN and CMSG_SPACE of a {@code u16}. */
    static final int CONTROL_USED = ReceiveBatch.CMSG_DATA_OFFSET + 2;

    static final int CONTROL_LENGTH = ReceiveBatch.CMSG_DATA_OFFSET + 8;

    private final PeerSocket socket;
    private final InetAddress address;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = LibcSockets.callState(arena);
    private final MemorySegment destinationMemory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
    private final UnsafeBuffer headers;
    private final UnsafeBuffer vectors;
    private final UnsafeBuffer controls;
    private final UnsafeBuffer slab;
    private final int[] lengths = new int[COUNT_LIMIT];
    private final int[] runs = new int[COUNT_LIMIT];
    private SocketAddress destination;
    private int scope;
    private int count;
    private int bytes;
    private int sent;
    private int error;
    private boolean isRefused;

    public SegmentBatch(PeerSocket socket, InetAddress address) {
        this.socket = socket;
        this.address = address;
        headers = ReceiveBatch.buffer(arena, COUNT_LIMIT * ReceiveBatch.MMSGHDR_LENGTH);
        vectors = ReceiveBatch.buffer(arena, COUNT_LIMIT * ReceiveBatch.IOVEC_LENGTH);
        controls = ReceiveBatch.buffer(arena, COUNT_LIMIT * CONTROL_LENGTH);
        slab = ReceiveBatch.buffer(arena, BYTES_LIMIT + FRAME_LIMIT + 1L);
        scope = socket.interfaceIndex();
        destination = new SocketAddress(destinationMemory, address, socket.port(), scope(address));
        for (int i = 0; i < COUNT_LIMIT; i++) {
            int header = i * ReceiveBatch.MMSGHDR_LENGTH;
            headers.putLong(header + ReceiveBatch.NAME_OFFSET, destination.address());
            headers.putInt(header + ReceiveBatch.NAME_LENGTH_OFFSET, destination.length());
            headers.putLong(
                    header + ReceiveBatch.IOV_OFFSET,
                    vectors.addressOffset() + (long) i * ReceiveBatch.IOVEC_LENGTH);
            headers.putLong(header + ReceiveBatch.IOV_COUNT_OFFSET, 1);
            headers.putLong(
                    header + ReceiveBatch.CONTROL_OFFSET,
                    controls.addressOffset() + (long) i * CONTROL_LENGTH);
            int control = i * CONTROL_LENGTH;
            controls.putLong(control, CONTROL_USED);
            controls.putInt(control + ReceiveBatch.CMSG_LEVEL_OFFSET, LibcSockets.SOL_UDP);
            controls.putInt(control + ReceiveBatch.CMSG_TYPE_OFFSET, LibcSockets.UDP_SEGMENT);
        }
    }

    private int scope(InetAddress to) {
        int given = to instanceof Inet6Address six ? six.getScopeId() : 0;
        return given > 0 ? given : scope;
    }

    /** A link-local destination follows the interface that was created anew. */
    private void follow() {
        int index = socket.interfaceIndex();
        if (index != scope) {
            scope = index;
            int port = socket.port();
            destination = new SocketAddress(destinationMemory, address, port, scope(address));
        }
    }

    /** Whether a frame of this length can be added. */
    public boolean hasRoom(int length) {
        return count < COUNT_LIMIT && bytes + length <= BYTES_LIMIT;
    }

    /** Copies one frame in; there must be room. */
    public void add(DirectBuffer frame, int offset, int length) {
        slab.putBytes(bytes, frame, offset, length);
        bytes += length;
        lengths[count++] = length;
    }

    /** Sends one frame now, whatever was added before: bytes, or {@code -errno}. */
    public int sendNow(DirectBuffer frame, int offset, int length) {
        if (!socket.isUp()) {
            return -LibcSockets.ENETDOWN;
        }
        if (length > FRAME_LIMIT) {
            return -LibcSockets.EMSGSIZE;
        }
        follow();
        slab.putBytes(BYTES_LIMIT, frame, offset, length);
        return sendOne(BYTES_LIMIT, length);
    }

    private int sendOne(int offset, int length) {
        long from = slab.addressOffset() + offset;
        return LibcSockets.sendto(
                socket.fd(), from, length, destination.address(), destination.length(), state);
    }

    /**
     * Sends what was added, and forgets it. A frame refused for its own sake (too large) does not
     * hold up those behind it; a full buffer ends the batch.
     *
     * @return frames sent, or {@code -errno} of the first refusal if none was.
     */
    public int send() {
        sent = 0;
        error = 0;
        if (!socket.isUp()) {
            error = -LibcSockets.ENETDOWN;
        } else if (count > 0) {
            follow();
            send(arrange());
        }
        count = 0;
        bytes = 0;
        return sent > 0 ? sent : error;
    }

    /** Makes messages of the frames; their number. */
    private int arrange() {
        int limit = socket.isSegmenting() && !isRefused ? RUN_LIMIT : 1;
        int messages = 0;
        int offset = 0;
        for (int first = 0; first < count; first += runs[messages++]) {
            int size = lengths[first];
            int length = size;
            int run = 1;
            // An empty frame would vanish in a run: it adds nothing to cut.
            boolean isEnd = size == 0;
            while (!isEnd && run < limit && first + run < count) {
                int next = lengths[first + run];
                if (next == 0 || next > size || length + next > RUN_BYTES_LIMIT) {
                    break;
                }
                length += next;
                run++;
                isEnd = next < size;
            }
            runs[messages] = run;
            message(messages, offset, length, run > 1 ? size : 0);
            offset += length;
        }
        return messages;
    }

    private void message(int i, int offset, int length, int segmentLength) {
        int vector = i * ReceiveBatch.IOVEC_LENGTH;
        vectors.putLong(vector, slab.addressOffset() + offset);
        vectors.putLong(vector + ReceiveBatch.IOVEC_SIZE_OFFSET, length);
        controls.putShort(
                i * CONTROL_LENGTH + ReceiveBatch.CMSG_DATA_OFFSET, (short) segmentLength);
        headers.putLong(
                i * ReceiveBatch.MMSGHDR_LENGTH + ReceiveBatch.CONTROL_LENGTH_OFFSET,
                segmentLength > 0 ? CONTROL_LENGTH : 0);
    }

    private void send(int messages) {
        int next = 0;
        int frame = 0;
        boolean isFull = false;
        while (next < messages && !isFull) {
            long from = headers.addressOffset() + (long) next * ReceiveBatch.MMSGHDR_LENGTH;
            int n = LibcSockets.sendmmsg(socket.fd(), from, messages - next, state);
            for (int i = 0; i < n; i++) {
                sent += runs[next];
                frame += runs[next++];
            }
            if (n <= 0) {
                isFull = !refused(n, next, frame);
                frame += runs[next++];
            }
        }
    }

    /** Deals with a message that was refused; false if there is no use in going on. */
    private boolean refused(int result, int message, int frame) {
        boolean isRun = runs[message] > 1;
        if (isRun && (result == -LibcSockets.EINVAL || result == -LibcSockets.EIO)) {
            isRefused = true; // no checksum offload on the way, say
            return sendSingly(message, frame);
        }
        if (isRun && result == -LibcSockets.EMSGSIZE) {
            return sendSingly(message, frame); // the shorter last may fit
        }
        return count(result);
    }

    private boolean sendSingly(int message, int frame) {
        long start = vectors.getLong(message * ReceiveBatch.IOVEC_LENGTH);
        int offset = (int) (start - slab.addressOffset());
        boolean isGoingOn = true;
        for (int i = frame; isGoingOn && i < frame + runs[message]; i++) {
            isGoingOn = count(sendOne(offset, lengths[i]));
            offset += lengths[i];
        }
        return isGoingOn;
    }

    /** Counts the fate of one message of one frame; false if buffers are full. */
    private boolean count(int result) {
        if (result >= 0) {
            sent++;
            return true;
        }
        error = error == 0 ? result : error;
        return result != -LibcSockets.EAGAIN && result != -LibcSockets.ENOBUFS;
    }

    @Override
    public void close() {
        arena.close();
    }
}
