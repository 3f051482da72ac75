package org.pfsyncd.journal;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The documents that a dead process published into its ring and did not append to its queue.
 * Read-only; used by one thread, after the death.
 *
 * <p>Three things a kill can leave: documents appended whose head was not advanced (the reader
 * drops them by sequence), a stretch that the consumer had zeroed already before it advanced the
 * head (skipped), and a claim that was never committed at the end (its length is still negative).
 */
final class RingScan {
    private final UnsafeBuffer data;
    private final int capacity;
    private final long tail;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long position;

    RingScan(JournalRing ring) {
        data = ring.data();
        capacity = data.capacity() - RingBufferDescriptor.TRAILER_LENGTH;
        position = data.getLongVolatile(capacity + RingBufferDescriptor.HEAD_POSITION_OFFSET);
        long end = data.getLongVolatile(capacity + RingBufferDescriptor.TAIL_POSITION_OFFSET);
        boolean isSound = end - position >= 0 && end - position <= capacity;
        // Positions that contradict each other say nothing: such a ring counts as empty.
        tail = isSound && BitUtil.isAligned(position, RecordDescriptor.ALIGNMENT) ? end : position;
    }

    /** The next document's bytes in {@link #view}; false when there are no more. */
    boolean next() {
        while (tail - position > 0) {
            int index = (int) position & (capacity - 1);
            int length = data.getIntVolatile(RecordDescriptor.lengthOffset(index));
            if (length == 0) {
                position += RecordDescriptor.ALIGNMENT;
                continue;
            }
            if (length < RecordDescriptor.HEADER_LENGTH || length > capacity - index) {
                return false;
            }
            int type = data.getInt(RecordDescriptor.typeOffset(index));
            position += BitUtil.align(length, RecordDescriptor.ALIGNMENT);
            boolean isWhole = length >= RecordDescriptor.HEADER_LENGTH + Document.HEADER_LENGTH;
            if (type == JournalRing.DOCUMENT_TYPE && isWhole) {
                int start = RecordDescriptor.encodedMsgOffset(index);
                view.wrap(data, start, length - RecordDescriptor.HEADER_LENGTH);
                return true;
            }
        }
        return false;
    }

    UnsafeBuffer view() {
        return view;
    }
}
