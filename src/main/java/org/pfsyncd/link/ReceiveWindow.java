package org.pfsyncd.link;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts a stream together from pieces that come in any order, doubled or not at all. Offsets count
 * bytes from the start of the conversation. Owned by the sync agent; nothing is allocated after
 * construction.
 *
 * <p>Holds at most {@link #RANGES_LIMIT} separate pieces beyond the first gap; more are dropped and
 * will be sent again.
 */
final class ReceiveWindow {
    static final int RANGES_LIMIT = 64;

    private final UnsafeBuffer ring;
    private final int mask;
    private final long[] starts = new long[RANGES_LIMIT];
    private final long[] ends = new long[RANGES_LIMIT];
    private int rangeCount;
    private long consumed;
    private long contiguous;

    /**
     * @param capacity bytes, a power of two.
     */
    ReceiveWindow(int capacity) {
        ring = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity));
        mask = capacity - 1;
    }

    void reset() {
        rangeCount = 0;
        consumed = 0;
        contiguous = 0;
    }

    /** Everything before has been taken out. */
    long consumed() {
        return consumed;
    }

    /** Everything before has arrived. */
    long contiguous() {
        return contiguous;
    }

    /** Nothing from here on is taken in at present. */
    long limit() {
        return consumed + ring.capacity();
    }

    /** Whether a piece lies within what is taken in at present, whatever numbers it claims. */
    boolean takes(long start, int length) {
        return start >= 0 && length >= 0 && start <= limit() - length;
    }

    /** End of the furthest piece that has arrived. */
    long furthest() {
        return rangeCount == 0 ? contiguous : ends[rangeCount - 1];
    }

    /** Pieces beyond the first gap. */
    int rangeCount() {
        return rangeCount;
    }

    long rangeStart(int i) {
        return starts[i];
    }

    long rangeEnd(int i) {
        return ends[i];
    }

    /** Bytes that can be taken out. */
    int available() {
        return (int) (contiguous - consumed);
    }

    /**
     * Takes a piece in, which {@link #takes} must allow.
     *
     * @return true if it brought a byte that was missing.
     */
    boolean put(long start, DirectBuffer from, int offset, int length) {
        long end = start + length;
        if (end - contiguous <= 0 || length == 0) {
            return false;
        }
        long first = Math.max(start, contiguous);
        int skipped = (int) (first - start);
        if (first == contiguous) {
            write(first, from, offset + skipped, length - skipped);
            contiguous = end;
            absorb();
            return true;
        }
        return insert(first, end, from, offset + skipped);
    }

    /** Ranges that the growing front has reached belong to it. */
    private void absorb() {
        int reached = 0;
        while (reached < rangeCount && starts[reached] - contiguous <= 0) {
            contiguous = Math.max(contiguous, ends[reached]);
            reached++;
        }
        remove(0, reached);
    }

    private boolean insert(long start, long end, DirectBuffer from, int offset) {
        int i = 0;
        while (i < rangeCount && ends[i] - start < 0) {
            i++;
        }
        if (i < rangeCount && starts[i] <= start && ends[i] >= end) {
            return false;
        }
        long newStart = start;
        long newEnd = end;
        int j = i;
        while (j < rangeCount && starts[j] - end <= 0) {
            newStart = Math.min(newStart, starts[j]);
            newEnd = Math.max(newEnd, ends[j]);
            j++;
        }
        if (i == j && rangeCount == RANGES_LIMIT) {
            return false;
        }
        write(start, from, offset, (int) (end - start));
        if (i == j) {
            System.arraycopy(starts, i, starts, i + 1, rangeCount - i);
            System.arraycopy(ends, i, ends, i + 1, rangeCount - i);
            rangeCount++;
        } else {
            remove(i + 1, j);
        }
        starts[i] = newStart;
        ends[i] = newEnd;
        return true;
    }

    private void remove(int from, int to) {
        System.arraycopy(starts, to, starts, from, rangeCount - to);
        System.arraycopy(ends, to, ends, from, rangeCount - to);
        rangeCount -= to - from;
    }

    private void write(long start, DirectBuffer from, int offset, int length) {
        int at = (int) start & mask;
        int first = Math.min(length, ring.capacity() - at);
        ring.putBytes(at, from, offset, first);
        ring.putBytes(0, from, offset + first, length - first);
    }

    /** Copies the next bytes, which must be available, without taking them out. */
    void peek(int length, MutableDirectBuffer into) {
        int at = (int) consumed & mask;
        int first = Math.min(length, ring.capacity() - at);
        into.putBytes(0, ring, at, first);
        into.putBytes(first, ring, 0, length - first);
    }

    /** The ring itself, where {@code length} bytes from the front lie in one piece; else null. */
    DirectBuffer inPlace(int length) {
        return front() + length <= ring.capacity() ? ring : null;
    }

    /** Index of the front in {@link #inPlace}. */
    int front() {
        return (int) consumed & mask;
    }

    /** Takes bytes out. */
    void consume(int length) {
        consumed += length;
    }
}
