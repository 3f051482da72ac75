package org.pfsyncd.metrics;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.agrona.BufferUtil;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters of one daemon in a mapped file, readable by any tool at any time, also after a
 * crash.
 *
 * <p>Little-endian. Offset 0: magic 8 bytes; 8: format version 4 bytes, 0 until the file is
 * complete; 12: pid 4 bytes; 16: start, epoch ms 8 bytes; 24: reserved longs for agents ({@link
 * #slot}). From 4,096: counter metadata, counter values, error log. Written by the daemon that
 * created it; the creating thread closes it last.
 */
public final class MetricsFile implements AutoCloseable {
    /** "PFSCNT" and two zero bytes. */
    public static final long MAGIC = 0x0000_544E_4353_4650L;

    public static final int FORMAT_VERSION = 1;

    private static final int VERSION_OFFSET = 8;
    private static final int PID_OFFSET = 12;
    private static final int START_OFFSET = 16;
    private static final int SLOTS_OFFSET = 128;
    private static final int HEADER_LENGTH = 4096;
    private static final int ERROR_LOG_LENGTH = 256 * 1024;
    private static final int SLOT_LENGTH = 64;
    private static final int SLOT_COUNT = (HEADER_LENGTH - SLOTS_OFFSET) / SLOT_LENGTH;
    private static final int ZEROS_LENGTH = 64 * 1024;
    private static final String PERMISSIONS = "rw-r-----";

    private final MappedByteBuffer mapped;
    private final UnsafeBuffer header;
    private final UnsafeBuffer metadata;
    private final UnsafeBuffer values;
    private final UnsafeBuffer errors;

    private MetricsFile(MappedByteBuffer mapped) {
        this.mapped = mapped;
        header = new UnsafeBuffer(mapped, 0, HEADER_LENGTH);
        metadata = new UnsafeBuffer(mapped, HEADER_LENGTH, Counters.metadataLength());
        int valuesOffset = HEADER_LENGTH + Counters.metadataLength();
        values = new UnsafeBuffer(mapped, valuesOffset, Counters.valuesLength());
        errors = new UnsafeBuffer(mapped, valuesOffset + Counters.valuesLength(), ERROR_LOG_LENGTH);
    }

    /**
     * Creates the file anew; an older one is replaced, so that its readers keep what they mapped.
     *
     * @throws IOException with a message for the operator if there is no room, or no permission.
     */
    public static MetricsFile create(Path path, int pid, long startMs) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(PERMISSIONS)));
            allocate(fresh);
            MetricsFile file =
                    map(
                            fresh,
                            MapMode.READ_WRITE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            file.header.putLong(0, MAGIC);
            file.header.putInt(PID_OFFSET, pid);
            file.header.putLong(START_OFFSET, startMs);
            file.header.putIntRelease(VERSION_OFFSET, FORMAT_VERSION);
            Files.move(fresh, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            throw new IOException(
                    path
                            + ": counters file of "
                            + length()
                            + " bytes cannot be created ("
                            + e.getClass().getSimpleName()
                            + ": "
                            + e.getMessage()
                            + "); make room in "
                            + path.getParent()
                            + ", or check owner and permissions",
                    e);
        }
    }

    /** Zeros: a store into a mapped page that the file system has no room for ends the JVM. */
    private static void allocate(Path fresh) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(ZEROS_LENGTH);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            for (long left = length(); left > 0; ) {
                zeros.clear().limit((int) Math.min(left, ZEROS_LENGTH));
                left -= channel.write(zeros);
            }
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
    }

    /** Opens a daemon's file read-only. */
    public static MetricsFile open(Path path) throws IOException {
        if (Files.size(path) < length()) {
            throw new IOException(
                    path + " is " + Files.size(path) + " bytes, a counters file has " + length());
        }
        MetricsFile file = map(path, MapMode.READ_ONLY, StandardOpenOption.READ);
        if (file.header.getLong(0) != MAGIC
                || file.header.getInt(VERSION_OFFSET) != FORMAT_VERSION) {
            throw new IOException(path + " is not a counters file of format " + FORMAT_VERSION);
        }
        return file;
    }

    private static MetricsFile map(Path path, MapMode mode, StandardOpenOption... options)
            throws IOException {
        try (FileChannel channel = FileChannel.open(path, options)) {
            return new MetricsFile(channel.map(mode, 0, length()));
        }
    }

    private static int length() {
        return HEADER_LENGTH
                + Counters.metadataLength()
                + Counters.valuesLength()
                + ERROR_LOG_LENGTH;
    }

    public int pid() {
        return header.getInt(PID_OFFSET);
    }

    /** Counters to be allocated in this file; for the daemon. */
    public Counters counters() {
        return new Counters(metadata, values);
    }

    /** All counters that the daemon allocated; for tools. */
    public CountersReader reader() {
        return new CountersReader(metadata, values, StandardCharsets.UTF_8);
    }

    /** The distinct error log of the daemon. */
    public DistinctErrorLog errorLog(EpochClock clock) {
        return new DistinctErrorLog(errors, clock);
    }

    /** The buffer behind {@link #errorLog}, for tools. */
    public UnsafeBuffer errorBuffer() {
        return errors;
    }

    /** 64 bytes of its own for one writer, zero in a new file; index 0 to 61. */
    public UnsafeBuffer slot(int index) {
        if (index < 0 || index >= SLOT_COUNT) {
            throw new IndexOutOfBoundsException(
                    "slot " + index + " is not within 0 to " + (SLOT_COUNT - 1));
        }
        return new UnsafeBuffer(header, SLOTS_OFFSET + index * SLOT_LENGTH, SLOT_LENGTH);
    }

    /** Where the counters of a node lie inside its run directory. */
    public static File inside(Path runDirectory) {
        return runDirectory.resolve("counters").toFile();
    }

    @Override
    public void close() {
        BufferUtil.free(mapped);
    }
}
