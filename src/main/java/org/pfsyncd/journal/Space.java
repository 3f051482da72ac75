package org.pfsyncd.journal;

import java.nio.file.Path;

/**
 * What the journal agent and the janitor tell each other about space, so that the agent never
 * stores to unallocated space and never waits for a disk.
 *
 * <p>Assumptions: 1. each field has one writer, named at its setter; 2. the writer publishes with
 * release order, the other side reads with acquire order (volatile). Guarantee: once {@link
 * #isAllocated} says yes, the bytes are backed by blocks of the file system.
 */
final class Space {
    private static final int NO_CYCLE = -1;

    private final long chunkBytes;

    // Written by the journal agent.
    private volatile Path directory;
    private volatile int wantedCycle = NO_CYCLE;
    private volatile int currentCycle = NO_CYCLE;
    private volatile long position;
    private volatile Chunk chunk;

    // Written by the janitor.
    private volatile long preparedCycles = pair(NO_CYCLE, NO_CYCLE);
    private volatile Allocation allocation = new Allocation(NO_CYCLE, 0);
    private volatile boolean isLow;
    private volatile boolean isPlentiful = true;

    Space(long chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    long chunkBytes() {
        return chunkBytes;
    }

    /** By the journal agent: a new incarnation's directory, in which nothing is prepared yet. */
    void directory(Path incarnation, int cycle) {
        directory = null;
        currentCycle = NO_CYCLE;
        chunk = null;
        preparedCycles = pair(NO_CYCLE, NO_CYCLE);
        allocation = new Allocation(NO_CYCLE, 0);
        wantedCycle = cycle;
        directory = incarnation;
    }

    Path directory() {
        return directory;
    }

    /** By the journal agent: the cycle the next document belongs to. */
    void wantedCycle(int cycle) {
        wantedCycle = cycle;
    }

    int wantedCycle() {
        return wantedCycle;
    }

    /** By the journal agent: after an append, the file's cycle and the end of what is written. */
    void written(int cycle, long end) {
        position = end;
        if (currentCycle != cycle) {
            currentCycle = cycle;
        }
    }

    int currentCycle() {
        return currentCycle;
    }

    long position() {
        return position;
    }

    /** By the journal agent: the mapped chunk it now writes to. */
    void chunk(Chunk mapped) {
        chunk = mapped;
    }

    Chunk chunk() {
        return chunk;
    }

    /** By the janitor: the files of these two cycles exist with their first chunk allocated. */
    void prepared(int cycle, int next) {
        preparedCycles = pair(cycle, next);
    }

    boolean isPrepared(int cycle) {
        long both = preparedCycles;
        return (int) (both >> 32) == cycle || (int) both == cycle;
    }

    /** By the janitor: the file of this cycle is allocated up to here. */
    void allocated(int cycle, long bytes) {
        allocation = new Allocation(cycle, bytes);
    }

    long allocatedBytes(int cycle) {
        Allocation known = allocation;
        return known.cycle == cycle ? known.bytes : isPrepared(cycle) ? chunkBytes : 0;
    }

    /**
     * By the journal agent: whether this many bytes from the write position, index pages included,
     * are allocated.
     */
    boolean isAllocated(int cycle, long bytes) {
        long from = cycle == currentCycle ? position : 0;
        return from + bytes <= allocatedBytes(cycle);
    }

    /** By the janitor: the file system is below the reserve, or above it with a margin. */
    void level(boolean low, boolean plentiful) {
        isLow = low;
        isPlentiful = plentiful;
    }

    boolean isLow() {
        return isLow;
    }

    boolean isPlentiful() {
        return isPlentiful;
    }

    private static long pair(int high, int low) {
        return ((long) high << 32) | (low & 0xFFFF_FFFFL);
    }

    private record Allocation(int cycle, long bytes) {}

    /**
     * A mapped piece of a cycle file.
     *
     * @param address of its first byte.
     * @param start file offset of its first byte.
     * @param length bytes mapped.
     */
    record Chunk(long address, long start, long length) {}
}
