package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * 64 mapped bytes on tmpfs that outlast the process: the budget of a group's bulk requests. Closed
 * by the daemon.
 */
final class BudgetFile implements AutoCloseable {
    private static final int LENGTH = 64;

    private final MappedByteBuffer mapped;

    BudgetFile(Path path) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
        }
    }

    UnsafeBuffer buffer() {
        return new UnsafeBuffer(mapped);
    }

    @Override
    public void close() {
        BufferUtil.free(mapped);
    }
}
