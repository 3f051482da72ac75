package org.pfsyncd.group;

import java.util.List;

/**
 * What an operator is told of one group; made on request, so it may allocate.
 *
 * @param name the group's name.
 * @param isInSync whether the mirror is proven equal to the segment's table.
 * @param reason why not, or {@code in sync}.
 * @param silentNs time since a firewall spoke of states or a bulk update was done, nanoseconds; -1
 *     if neither ever was.
 * @param bulk what the requester is doing.
 * @param answer what the holder is doing; empty in role listen.
 * @param senders who was heard.
 */
public record GroupStatus(
        String name,
        boolean isInSync,
        String reason,
        long silentNs,
        String bulk,
        String answer,
        List<Sender> senders) {

    /**
     * One sender.
     *
     * @param address 4 or 16 bytes, network order.
     * @param dialect label of the newest format heard from it.
     * @param frames frames heard.
     * @param silentNs time since the last, nanoseconds.
     * @param hasFingerprint whether its header carries a rule-set fingerprint.
     */
    @SuppressWarnings("ArrayRecordComponent") // shown once, never compared
    public record Sender(
            byte[] address, String dialect, long frames, long silentNs, boolean hasFingerprint) {}
}
