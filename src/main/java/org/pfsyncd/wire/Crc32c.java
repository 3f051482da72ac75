package org.pfsyncd.wire;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * CRC32C of bytes that lie off the heap or in an array, without allocation. Owned by one thread.
 *
 * <p>The JDK's checksum takes byte buffers, and a mapped chunk of a file has only an address: such
 * bytes are copied through a small buffer, which costs less than the checksum itself.
 */
public final class Crc32c {
    private static final int WINDOW_LENGTH = 16 * 1024;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_LENGTH);
    private final UnsafeBuffer windowBuffer = new UnsafeBuffer(window);

    /** Checksum of {@code length} bytes but for the four at {@code hole}, counted from offset. */
    public int of(DirectBuffer bytes, int offset, int length, int hole) {
        crc.reset();
        update(bytes, offset, offset + hole);
        update(bytes, offset + hole + Integer.BYTES, offset + length);
        return (int) crc.getValue();
    }

    private void update(DirectBuffer bytes, int from, int end) {
        int at = from;
        while (at < end) {
            int step = Math.min(WINDOW_LENGTH, end - at);
            windowBuffer.putBytes(0, bytes, at, step);
            window.limit(step).position(0);
            crc.update(window);
            at += step;
        }
    }
}
