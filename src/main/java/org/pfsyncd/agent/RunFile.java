package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.os.LibcFiles;

/**
 * A few mapped bytes on tmpfs that outlast the process, though not a reboot: the budget of a
 * group's bulk requests, the node's clock. Closed by the daemon.
 */
final class RunFile implements AutoCloseable {
    /** Bytes of a group's budget. */
    static final int BUDGET_LENGTH = 64;

    private final MappedByteBuffer mapped;

    /**
     * @param length bytes; a fresh file holds zeros.
     * @throws IOException if the file cannot be opened, or has no room.
     */
    RunFile(Path path, int length) throws IOException {
        LibcFiles.require(path, length);
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
        }
    }

    /** Makes sure that the budgets of all groups will have room. */
    static void reserve(Directories directories, List<GroupConfig> groups) throws IOException {
        for (GroupConfig group : groups) {
            LibcFiles.require(directories.budget(group.name()), BUDGET_LENGTH);
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
