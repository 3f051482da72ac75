package org.pfsyncd.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibcMemoryTest {
    private static final int EINVAL = 22;
    private static final int ENOMEM = 12;
    private static final long MIB = 1L << 20;

    @TempDir Path directory;

    @Test
    void shouldPopulateAMappedRangeAndRefuseAnUnmappedOne() throws IOException {
        Path file = directory.resolve("chunk");
        assertEquals(0, LibcFiles.allocate(file, 0, MIB));
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, MIB);
            long address = BufferUtil.address(mapped);
            assertEquals(0, LibcMemory.readNothingAhead(address, MIB));
            assertEquals(-EINVAL, LibcMemory.readNothingAhead(address + 1, MIB));
            assertEquals(0, LibcMemory.populateWrite(address, MIB));
            assertEquals(-EINVAL, LibcMemory.populateWrite(address + 1, MIB), "not a page's start");
            IoUtil.unmap(mapped);
        }
        assertEquals(-ENOMEM, LibcMemory.populateWrite(0x1000, 0x1000), "never mapped");
    }

    @Test
    void shouldKeepTheContentsOfARangeThatMovesToHugePages() {
        UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(8 << 20, 4096));
        long mask = LibcMemory.HUGE_PAGE_LENGTH - 1;
        long address = (buffer.addressOffset() + mask) & ~mask;
        int offset = (int) (address - buffer.addressOffset());
        buffer.putLong(offset + 4096, 0x0102_0304_0506_0708L);

        assertEquals(0, LibcMemory.preferHugePages(address, LibcMemory.HUGE_PAGE_LENGTH));
        int result = LibcMemory.collapse(address, LibcMemory.HUGE_PAGE_LENGTH);
        assertTrue(result <= 0, "kernel style");

        assertEquals(0x0102_0304_0506_0708L, buffer.getLong(offset + 4096));
        assertEquals(0, buffer.getLong(offset + 8192));
        assertEquals(-EINVAL, LibcMemory.collapse(address + 1, MIB), "not a page's start");
    }
}
