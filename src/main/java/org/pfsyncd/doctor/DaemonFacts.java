package org.pfsyncd.doctor;

/**
 * What the daemon beside us says of a segment.
 *
 * @param wallMs this host's clock when it answered, epoch milliseconds.
 * @param nodeMs its own time then.
 * @param clockAheadMs how far it says the wall clock is ahead of its time, milliseconds.
 * @param isInSync whether its mirror of the segment is proven equal.
 * @param reason why not.
 */
public record DaemonFacts(
        long wallMs, long nodeMs, long clockAheadMs, boolean isInSync, String reason) {
    /** How far its time is from this host's, milliseconds, either way. */
    long apartMs() {
        return Math.max(Math.abs(wallMs - nodeMs), Math.abs(clockAheadMs));
    }
}
