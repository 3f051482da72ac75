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
 * @param announcer who announces on the segment; null unless the role is relay.
 * @param senders who was heard.
 */
public record GroupStatus(
        String name,
        boolean isInSync,
        String reason,
        long silentNs,
        String bulk,
        String answer,
        Announcer announcer,
        List<Sender> senders) {

    /**
     * The relay whose turn it is.
     *
     * @param isSelf whether it is this one.
     * @param creatorId of the relay; 0 if it is nobody's turn yet.
     * @param address of another one, as text; empty if it is this one or nobody.
     * @param sinceNs how long it has been so, nanoseconds; -1 while this node cannot hear or speak.
     * @param waiting states that wait to be announced here.
     */
    public record Announcer(
            boolean isSelf, int creatorId, String address, long sinceNs, int waiting) {}

    /**
     * One sender.
     *
     * @param address 4 or 16 bytes, network order.
     * @param dialect label of the format heard last from it.
     * @param frames frames heard.
     * @param silentNs time since the last, nanoseconds.
     * @param hasFingerprint whether its header carries a rule-set fingerprint.
     */
    @SuppressWarnings("ArrayRecordComponent") // shown once, never compared
    public record Sender(
            byte[] address, String dialect, long frames, long silentNs, boolean hasFingerprint) {}
}
