package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.pfsyncd.os.LibcMemory;

/**
 * The ring between the sync agent and the journal agent, in a file on tmpfs: what is published here
 * survives {@code kill -9} at any instant (design invariant 6), though not a reboot.
 *
 * <p>Assumptions: 1. one publisher, the sync agent; 2. one consumer, the journal agent; 3. the file
 * lies on tmpfs, so a store never faults to a disk. Guarantee: the consumer, or a recovery after a
 * kill, sees each document whole or not at all, in order.
 *
 * <p>File, little-endian: magic 8, format version 4, ring capacity 4, incarnation 8, last sequence
 * published 8, last sequence appended to the queue 8; the ring from 4,096.
 */
public final class JournalRing implements AutoCloseable {
    /**
     * Default capacity, bytes: bridges a stall of about a second at 100,000 small documents a
     * second.
     */
    public static final int DEFAULT_CAPACITY = 32 * 1024 * 1024;

    static final int DOCUMENT_TYPE = 1;
    static final int HEADER_LENGTH = 4096;

    private static final long MAGIC = 0x0001_474E_5253_4650L;
    private static final int FORMAT_VERSION = 1;
    private static final int VERSION_OFFSET = 8;
    private static final int CAPACITY_OFFSET = 12;
    private static final int INCARNATION_OFFSET = 16;
    private static final int PUBLISHED_OFFSET = 24;
    private static final int APPENDED_OFFSET = 64;

    /** {@code -EFAULT}: what populating gives where the file system is full. */
    private static final int NO_ROOM = -14;

    private static final int RING_MINIMUM = 8 * Document.HEADER_LENGTH;

    private final ByteBuffer memory;
    private final boolean isFile;
    private final UnsafeBuffer header;
    private final UnsafeBuffer data;
    private final OneToOneRingBuffer ring;

    private JournalRing(ByteBuffer memory, int capacity, boolean isFile) {
        this.memory = memory;
        this.isFile = isFile;
        header = new UnsafeBuffer(memory, 0, HEADER_LENGTH);
        data =
                new UnsafeBuffer(
                        memory, HEADER_LENGTH, capacity + RingBufferDescriptor.TRAILER_LENGTH);
        ring = new OneToOneRingBuffer(data);
    }

    /**
     * Creates the ring's file, replacing an older one, and touches every page.
     *
     * @param capacity bytes, a power of two.
     */
    public static JournalRing create(Path path, int capacity) throws IOException {
        return prepare(path, capacity).takePlace(path);
    }

    /**
     * The slow half of {@link #create}, which any thread may do while the older ring is read: makes
     * the file under another name.
     */
    public static JournalRing prepare(Path path, int capacity) throws IOException {
        checkCapacity(capacity);
        Path fresh = fresh(path);
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        long length = (long) HEADER_LENGTH + capacity + RingBufferDescriptor.TRAILER_LENGTH;
        try (FileChannel channel =
                FileChannel.open(fresh, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
            JournalRing ring = new JournalRing(mapped, capacity, true);
            if (!ring.touch()) {
                ring.discard(path);
                throw new IOException(
                        path
                                + ": no room for a ring of "
                                + length
                                + " bytes; make room in "
                                + path.getParent()
                                + " or lower journal.ring-size");
            }
            return ring;
        }
    }

    /**
     * All pages at once in the kernel, since a fault a page takes longer; a fresh file is zero
     * already. False if the file system is full.
     */
    private boolean touch() {
        int result = LibcMemory.populateWrite(BufferUtil.address(memory), memory.capacity());
        if (result == 0 || result == NO_ROOM) {
            return result == 0;
        }
        try {
            data.setMemory(0, data.capacity(), (byte) 0);
            return true;
        } catch (InternalError noRoom) {
            return false; // a store into a mapped file that has no room
        }
    }

    /** The quick half: a ring that was prepared for {@code path} takes the older one's place. */
    public JournalRing takePlace(Path path) throws IOException {
        format();
        Files.move(fresh(path), path, StandardCopyOption.ATOMIC_MOVE);
        return this;
    }

    /** Gives up a ring that was prepared for {@code path}. */
    public void discard(Path path) throws IOException {
        close();
        Files.deleteIfExists(fresh(path));
    }

    private static Path fresh(Path path) {
        return path.resolveSibling(path.getFileName() + ".new");
    }

    /**
     * Creates a ring in fresh memory, for simulations; as with a file, an older one stays whole.
     */
    static JournalRing inMemory(int capacity) {
        checkCapacity(capacity);
        int length = HEADER_LENGTH + capacity + RingBufferDescriptor.TRAILER_LENGTH;
        JournalRing ring = new JournalRing(ByteBuffer.allocateDirect(length), capacity, false);
        ring.format();
        return ring;
    }

    /** The same memory, as another process sees it. */
    JournalRing again() {
        return new JournalRing(memory, ring.capacity(), isFile);
    }

    private static void checkCapacity(int capacity) {
        if (!BitUtil.isPowerOfTwo(capacity) || capacity < RING_MINIMUM) {
            throw new IllegalArgumentException(
                    "ring size " + capacity + " is not a power of two of at least 512");
        }
    }

    private void format() {
        header.putInt(CAPACITY_OFFSET, data.capacity() - RingBufferDescriptor.TRAILER_LENGTH);
        header.putInt(VERSION_OFFSET, FORMAT_VERSION);
        header.putLongRelease(0, MAGIC);
    }

    /** Opens the ring that another process left, or still writes; read-only. */
    public static JournalRing open(Path path) throws IOException {
        long size = Files.size(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (size < HEADER_LENGTH + RingBufferDescriptor.TRAILER_LENGTH
                    || size > Integer.MAX_VALUE) {
                throw new IOException(path + " is not a journal ring: " + size + " bytes");
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            UnsafeBuffer header = new UnsafeBuffer(mapped, 0, HEADER_LENGTH);
            int capacity = header.getInt(CAPACITY_OFFSET);
            boolean isSound =
                    header.getLong(0) == MAGIC
                            && capacity >= RING_MINIMUM
                            && BitUtil.isPowerOfTwo(capacity)
                            && header.getInt(VERSION_OFFSET) == FORMAT_VERSION
                            && size
                                    == (long) HEADER_LENGTH
                                            + capacity
                                            + RingBufferDescriptor.TRAILER_LENGTH;
            if (!isSound) {
                BufferUtil.free(mapped);
                throw new IOException(path + " is not a journal ring of format " + FORMAT_VERSION);
            }
            return new JournalRing(mapped, capacity, true);
        }
    }

    OneToOneRingBuffer ring() {
        return ring;
    }

    /** The ring's bytes, trailer included, for recovery. */
    UnsafeBuffer data() {
        return data;
    }

    /** Incarnation of the documents published last. */
    public long incarnation() {
        return header.getLongVolatile(INCARNATION_OFFSET);
    }

    /** Sequence of the document published last. */
    public long published() {
        return header.getLongVolatile(PUBLISHED_OFFSET);
    }

    /** Sequence, within {@link #incarnation}, of the document appended to the queue last. */
    public long appended() {
        return header.getLongVolatile(APPENDED_OFFSET);
    }

    void incarnation(long incarnation) {
        header.putLongRelease(PUBLISHED_OFFSET, 0);
        header.putLongRelease(INCARNATION_OFFSET, incarnation);
    }

    void published(long sequence) {
        header.putLongRelease(PUBLISHED_OFFSET, sequence);
    }

    void appended(long sequence) {
        header.putLongRelease(APPENDED_OFFSET, sequence);
    }

    @Override
    public void close() {
        if (isFile) {
            BufferUtil.free(memory);
        }
    }
}
