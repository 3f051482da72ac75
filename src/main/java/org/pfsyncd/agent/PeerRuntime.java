package org.pfsyncd.agent;

import org.agrona.DirectBuffer;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.LinkNode;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.net.PeerPort;

/**
 * A running peer with what belongs to it. Owned by the sync agent.
 *
 * @param link the conversation.
 * @param port it is heard on, perhaps with others.
 * @param nameId its name in journal documents.
 * @param address 16 bytes, as in {@code FrameInfo}.
 * @param taker takes its journal in.
 * @param equality proves it equal.
 * @param listing answers its questions about buckets.
 * @param repair brings single states over.
 * @param conflict what is wrong with the nodes that it talks with.
 */
record PeerRuntime(
        PeerLink link,
        PeerPort port,
        int nameId,
        PeerAddress address,
        PeerTaker taker,
        Equality equality,
        Listing listing,
        Repair repair,
        Conflict conflict) {

    /** Two nodes under one name or id, as the peer tells; null if it tells of none. */
    static final class Conflict {
        private String reason;

        void set(String why) {
            reason = why;
        }

        String reason() {
            return reason;
        }
    }

    void begin(long nowNs) {
        taker.begin(link.peerId());
        equality.begin(nowNs);
        listing.begin();
        conflict.set(null);
    }

    /** An entry other than states; false if it makes no sense. */
    boolean onEntry(
            LinkNode.Entry entry, DirectBuffer content, int offset, int length, long nowNs) {
        return switch (entry.type) {
            case LinkEntry.DIGEST -> equality.compare(entry, content, offset, length, nowNs);
            case LinkEntry.LIST_REQUEST -> listing.onRequest(content, offset, length);
            case LinkEntry.LIST -> repair.onList(content, offset, length);
            case LinkEntry.LIST_END -> {
                equality.onListEnd();
                yield true;
            }
            case LinkEntry.STATE_REQUEST -> repair.onRequest(content, offset, length);
            default -> taker.take(link, entry, content, offset, length);
        };
    }
}
