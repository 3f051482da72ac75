package org.pfsyncd.link;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Crc32c;

/** What a conversation does with each frame and entry, without the conversation. */
public final class LinkParts {
    private static final int WINDOW_BYTES = 256 << 10;
    private static final int FRAME_BYTES = 2_048;

    private final LinkFrame.Conversation conversation =
            new LinkFrame.Conversation(1, 2, 3, new Crc32c());
    private final Crc32c crc = new Crc32c();
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_BYTES));
    private final UnsafeBuffer entry = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_BYTES));
    private final SendWindow sent = new SendWindow(WINDOW_BYTES);
    private final ReceiveWindow received = new ReceiveWindow(WINDOW_BYTES);
    private final EntryReader reader = new EntryReader(received, new Taking());
    private long counter;

    /** Completes a DATA frame of so many bytes of payload; returns its length. */
    public int seal(int payload) {
        return LinkFrame.seal(frame, LinkFrame.DATA, payload, counter++, conversation);
    }

    /** Whether the frame that was sealed last, of this length, is sound. */
    public boolean isSound(int length) {
        return LinkFrame.hasHeader(frame, 0, length)
                && LinkFrame.fault(frame, 0, length, crc) == null;
    }

    /** An entry into the send window, out of it into a frame, and acknowledged. */
    public long send(DirectBuffer content, int length) {
        int total = encode(content, length);
        long from = sent.written();
        sent.append(entry, 0, total);
        sent.copy(from, total, frame, LinkFrame.HEADER_LENGTH);
        sent.acknowledge(from + total);
        return sent.acknowledged();
    }

    /** An entry into the receive window and out of it to the node. */
    public int receive(DirectBuffer content, int length) {
        int total = encode(content, length);
        received.put(received.contiguous(), entry, 0, total);
        return reader.drain(null, total);
    }

    private int encode(DirectBuffer content, int length) {
        LinkEntry.encode(entry, 0, LinkEntry.DOCUMENT, LinkEntry.FIRST | LinkEntry.LAST, length);
        LinkEntry.position(entry, 0, 1, ++counter);
        entry.putBytes(LinkEntry.HEADER_LENGTH, content, 0, length);
        return LinkEntry.HEADER_LENGTH + length;
    }

    /** Takes every entry and keeps none. */
    private static final class Taking extends FakeNode {
        Taking() {
            super(1, "n1");
        }

        @Override
        public boolean onEntry(
                PeerLink link, Entry entry, DirectBuffer content, int offset, int length) {
            knownSequence = entry.sequence;
            return true;
        }
    }
}
