package org.pfsyncd.link;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Cuts a stream into entries and hands them to the node. Owned by the sync agent. */
final class EntryReader {
    private final ReceiveWindow window;
    private final LinkNode node;
    private final LinkNode.Entry entry = new LinkNode.Entry();
    private final UnsafeBuffer scratch =
            new UnsafeBuffer(
                    ByteBuffer.allocateDirect(LinkEntry.HEADER_LENGTH + LinkEntry.CONTENT_LIMIT));
    private String fault;

    EntryReader(ReceiveWindow window, LinkNode node) {
        this.window = window;
        this.node = node;
    }

    /** Returns bytes handed out; {@link #fault} then tells what made it stop, if anything did. */
    int drain(PeerLink link, int budget) {
        fault = null;
        int used = 0;
        while (used < budget && window.available() >= LinkEntry.HEADER_LENGTH) {
            window.peek(LinkEntry.HEADER_LENGTH, scratch);
            int contentLength = LinkEntry.contentLength(scratch, 0);
            int type = LinkEntry.type(scratch, 0);
            if (contentLength < 0
                    || contentLength > LinkEntry.CONTENT_LIMIT
                    || type == 0
                    || type > LinkEntry.TYPE_LIMIT) {
                fault = "an entry of type " + type + " with " + contentLength + " bytes";
                return used;
            }
            int length = LinkEntry.HEADER_LENGTH + contentLength;
            if (window.available() < length) {
                break;
            }
            if (!handOut(link, length)) {
                fault = "the content of an entry of type " + type;
                return used;
            }
            window.consume(length);
            used += length;
        }
        return used;
    }

    /** What in the stream made no sense, or null. */
    String fault() {
        return fault;
    }

    private boolean handOut(PeerLink link, int length) {
        DirectBuffer from = window.inPlace(length);
        int at = window.front();
        if (from == null) {
            window.peek(length, scratch);
            from = scratch;
            at = 0;
        }
        entry.type = LinkEntry.type(from, at);
        entry.flags = LinkEntry.flags(from, at);
        entry.incarnation = LinkEntry.incarnation(from, at);
        entry.sequence = LinkEntry.sequence(from, at);
        return node.onEntry(
                link, entry, from, at + LinkEntry.HEADER_LENGTH, length - LinkEntry.HEADER_LENGTH);
    }
}
