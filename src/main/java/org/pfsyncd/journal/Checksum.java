package org.pfsyncd.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * CRC32C of documents that lie off the heap or in an array, without allocation. Owned by one
 * thread.
 *
 * <p>The JDK's checksum takes byte buffers, and a mapped chunk of the queue has only an address:
 * such bytes are copied through a small buffer, which costs less than the checksum itself.
 */
final class Checksum {
    private static final int WINDOW_LENGTH = 16 * 1024;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_LENGTH);
    private final UnsafeBuffer windowBuffer = new UnsafeBuffer(window);

    /**
     * Checksum of the document at {@code offset}, of {@code length} bytes, but for its own field.
     */
    int of(DirectBuffer document, int offset, int length) {
        crc.reset();
        update(document, offset, offset + Document.CRC_OFFSET);
        update(document, offset + Document.CRC_OFFSET + Integer.BYTES, offset + length);
        return (int) crc.getValue();
    }

    private void update(DirectBuffer document, int from, int end) {
        int at = from;
        while (at < end) {
            int step = Math.min(WINDOW_LENGTH, end - at);
            windowBuffer.putBytes(0, document, at, step);
            window.limit(step).position(0);
            crc.update(window);
            at += step;
        }
    }
}
