package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The only way from the sync agent to a {@link LinkSender}: offers to its mailbox. */
final class SenderCommands {
    private final LinkMailbox mailbox;
    private final UnsafeBuffer command = new UnsafeBuffer(ByteBuffer.allocateDirect(256));

    SenderCommands(LinkMailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** A stream begins; false if the mailbox is full. */
    boolean start(long conversation, long session, long peerSession, long peerId, Hello hello) {
        command.putLong(0, conversation, LITTLE_ENDIAN);
        command.putLong(8, session, LITTLE_ENDIAN);
        command.putLong(16, peerSession, LITTLE_ENDIAN);
        command.putLong(24, hello.knownIncarnation, LITTLE_ENDIAN);
        command.putLong(32, hello.knownSequence, LITTLE_ENDIAN);
        command.putLong(40, hello.windowBytes, LITTLE_ENDIAN);
        command.putLong(48, peerId, LITTLE_ENDIAN);
        command.putLong(56, LinkFrame.commonVersion(hello), LITTLE_ENDIAN);
        return mailbox.command(LinkMailbox.START, command, LinkMailbox.START_LENGTH);
    }

    /** It is over. If the mailbox is full the next start ends it too. */
    void stop(long conversation) {
        command.putLong(0, conversation, LITTLE_ENDIAN);
        mailbox.command(LinkMailbox.STOP, command, Long.BYTES);
    }

    /**
     * Passes an ACK on, whose ranges lie behind its fixed part; a lost one is made up by the next.
     */
    void acknowledge(long conversation, DirectBuffer ack, int offset, int ranges) {
        int rangesLength = ranges * 2 * Long.BYTES;
        command.putLong(0, conversation, LITTLE_ENDIAN);
        command.putBytes(8, ack, offset, 2 * Long.BYTES);
        command.putLong(24, ranges, LITTLE_ENDIAN);
        command.putBytes(
                LinkMailbox.ACK_RANGES_OFFSET, ack, offset + FrameOut.ACK_LENGTH, rangesLength);
        mailbox.command(LinkMailbox.ACK, command, LinkMailbox.ACK_RANGES_OFFSET + rangesLength);
    }

    /** Index of room for an entry in {@link #entryBuffer}, or below 0. */
    int claim(long conversation, int length, boolean isGated) {
        int index = mailbox.claimEntry(length);
        if (index < 0) {
            return index;
        }
        mailbox.entryBuffer().putLong(index, conversation, LITTLE_ENDIAN);
        mailbox.entryBuffer().putLong(index + 8, isGated ? 1 : 0, LITTLE_ENDIAN);
        return index + LinkMailbox.ENTRY_OFFSET;
    }

    UnsafeBuffer entryBuffer() {
        return (UnsafeBuffer) mailbox.entryBuffer();
    }

    void commit(int index) {
        mailbox.commitEntry(index - LinkMailbox.ENTRY_OFFSET);
    }
}
