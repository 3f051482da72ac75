package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The floor of what reads a journal or fills a table: a copy of the same bytes. Stateless. */
final class MemoryFloor {
    private static final int CHUNK = 1 << 20;
    private static final String QUEUE_FILE = ".cq4";

    private MemoryFloor() {}

    /**
     * Nanoseconds in which the files of a journal are read from the page cache into memory that
     * nobody has touched.
     */
    static long copyNs(Path journal) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(journal)) {
            files = found.filter(file -> file.toString().endsWith(QUEUE_FILE)).toList();
        }
        long startNs = System.nanoTime();
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                long left = channel.size();
                while (left > 0) {
                    ByteBuffer fresh = ByteBuffer.allocateDirect((int) Math.min(CHUNK, left));
                    int read = channel.read(fresh);
                    if (read < 0) {
                        break;
                    }
                    left -= read;
                }
            }
        }
        return System.nanoTime() - startNs;
    }

    /** Bytes that the files of a journal hold on disk. */
    static long bytes(Path journal) throws IOException {
        try (Stream<Path> found = Files.walk(journal)) {
            return found.filter(file -> file.toString().endsWith(QUEUE_FILE))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
