package org.pfsyncd.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/** One number over everything that a run sent and came to, in order. */
final class TraceHash {
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private long value = MULTIPLIER;
    private long frames;
    private long bytes;

    void add(long word) {
        value = Long.rotateLeft(value ^ word, 29) * MULTIPLIER;
    }

    void frame(DirectBuffer buffer, int offset, int length) {
        frames++;
        bytes += length;
        add(length);
        int end = offset + length;
        int at = offset;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            add(buffer.getLong(at, LITTLE_ENDIAN));
        }
        for (; at < end; at++) {
            add(buffer.getByte(at));
        }
    }

    long value() {
        return value ^ value >>> 32;
    }

    long frames() {
        return frames;
    }

    long bytes() {
        return bytes;
    }
}
