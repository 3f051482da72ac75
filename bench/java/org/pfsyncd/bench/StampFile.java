package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the processes of a benchmark share: instants of the machine's monotonic clock by number,
 * what the sender has been asked to send, and what the receiver has seen.
 */
public final class StampFile implements AutoCloseable {
    private static final int WANTED_OFFSET = 0;
    private static final int SEEN_OFFSET = 64;
    private static final int INTERVAL_OFFSET = 128;
    private static final int FINISHED_OFFSET = 192;
    private static final int STAMPS_OFFSET = 4096;

    private final UnsafeBuffer buffer;

    public StampFile(Path path, int stamps) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long length = STAMPS_OFFSET + 2L * stamps * Long.BYTES;
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
            buffer = new UnsafeBuffer(mapped);
        }
    }

    /**
     * The sender goes on until it has sent this many, one each interval, 0 for as fast as it can.
     */
    public void want(long count, long intervalNs) {
        buffer.putLong(INTERVAL_OFFSET, intervalNs);
        buffer.putLongRelease(WANTED_OFFSET, count);
    }

    public long wanted() {
        return buffer.getLongVolatile(WANTED_OFFSET);
    }

    public long intervalNs() {
        return buffer.getLong(INTERVAL_OFFSET);
    }

    public void sentAt(long number, long ns) {
        buffer.putLongRelease(STAMPS_OFFSET + (int) number * 16, ns);
    }

    public long sentAt(long number) {
        return buffer.getLongVolatile(STAMPS_OFFSET + (int) number * 16);
    }

    public void seenAt(long number, long ns) {
        buffer.putLongRelease(STAMPS_OFFSET + (int) number * 16 + Long.BYTES, ns);
    }

    public long seenAt(long number) {
        return buffer.getLongVolatile(STAMPS_OFFSET + (int) number * 16 + Long.BYTES);
    }

    public void seen(long count) {
        buffer.putLongRelease(SEEN_OFFSET, count);
    }

    public long seen() {
        return buffer.getLongVolatile(SEEN_OFFSET);
    }

    /** The instant at which the receiver had as many as it waited for, 0 before. */
    public void finishedAt(long ns) {
        buffer.putLongRelease(FINISHED_OFFSET, ns);
    }

    public long finishedAt() {
        return buffer.getLongVolatile(FINISHED_OFFSET);
    }

    @Override
    public void close() {
        org.agrona.BufferUtil.free(buffer);
    }
}
