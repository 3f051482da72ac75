package org.pfsyncd.journal;

import java.nio.file.Path;

/**
 * What the configuration says of the journal, unpacked.
 *
 * @param directory holds one directory an incarnation.
 * @param rollMinutes length of a cycle file, one of 5, 10, 20, 30, 60, 120, 240, 360, 1440.
 * @param blockBytes size of a mapped block; a file grows by it.
 * @param reserveBytes journaling stops while the file system has less than this free.
 * @param retainMs cycles older than this may go once a newer complete snapshot exists.
 * @param retainBytes as many bytes of cycles are kept at most.
 * @param fsyncMs interval of fsync, 0 for never.
 */
public record JournalSettings(
        Path directory,
        int rollMinutes,
        int blockBytes,
        long reserveBytes,
        long retainMs,
        long retainBytes,
        long fsyncMs) {

    /**
     * Bytes that must be allocated for a block: Chronicle maps a quarter more than the block as
     * overlap.
     */
    long chunkBytes() {
        return blockBytes + blockBytes / 4L;
    }
}
