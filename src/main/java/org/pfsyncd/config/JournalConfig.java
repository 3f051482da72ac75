package org.pfsyncd.config;

/**
 * The {@code [journal]} table.
 *
 * @param rollMinutes length of a cycle file.
 * @param blockBytes mapped at a time.
 * @param ringBytes of the ring in front of the queue.
 * @param reserveBytes journaling stops below this much free space.
 * @param retainSeconds older cycles may go.
 * @param retainBytes more bytes than this are not kept.
 * @param fsyncSeconds interval of fsync, 0 never.
 * @param snapshotBytesPerSecond pace of snapshots.
 */
public record JournalConfig(
        int rollMinutes,
        int blockBytes,
        int ringBytes,
        long reserveBytes,
        long retainSeconds,
        long retainBytes,
        long fsyncSeconds,
        long snapshotBytesPerSecond) {}
