package org.pfsyncd.link;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Where the two halves of a conversation meet: the sync agent's {@link PeerLink} and the link
 * agent's {@link LinkSender}.
 *
 * <p>Assumptions: 1. one offering thread, the sync agent; 2. one draining thread, the link agent;
 * 3. progress fields are written by the link agent alone. Guarantees: commands and entries arrive
 * whole and in order; a full ring refuses, and the offerer tries again or lets it be.
 */
public final class LinkMailbox {
    static final int START = 1;
    static final int STOP = 2;
    static final int ACK = 3;
    static final int ENTRY = 4;

    static final int CONVERSATION_OFFSET = 0;
    static final int START_LENGTH = 64;
    static final int ACK_RANGES_OFFSET = 32;
    static final int ENTRY_OFFSET = 16;

    /** Missing ranges told in one ACK. */
    static final int RANGES_LIMIT = 8;

    private static final int COMMANDS_LENGTH = 64 * 1024;
    private static final int ENTRIES_LENGTH = 512 * 1024;

    private final OneToOneRingBuffer commands = ring(COMMANDS_LENGTH);
    private final OneToOneRingBuffer entries = ring(ENTRIES_LENGTH);

    private volatile long sentIncarnation;
    private volatile long sentSequence;
    private volatile long oldestUnackedNs;
    private volatile boolean hasUnacked;
    private volatile boolean isSnapshotRunning;
    private volatile boolean isSnapshotAwaited;

    private static OneToOneRingBuffer ring(int capacity) {
        return new OneToOneRingBuffer(
                new UnsafeBuffer(
                        ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    /** By the sync agent: false if the ring is full. */
    boolean command(int type, DirectBuffer message, int length) {
        return commands.write(type, message, 0, length);
    }

    /** By the sync agent: index in {@link #entryBuffer} of room for an entry, or below 0. */
    int claimEntry(int length) {
        return entries.tryClaim(ENTRY, ENTRY_OFFSET + length);
    }

    AtomicBuffer entryBuffer() {
        return entries.buffer();
    }

    void commitEntry(int index) {
        entries.commit(index);
    }

    /** By the link agent. */
    int drainCommands(MessageHandler handler, int limit) {
        return commands.read(handler, limit);
    }

    /** By the link agent. */
    int drainEntries(ControlledMessageHandler handler, int limit) {
        return entries.controlledRead(handler, limit);
    }

    /** By the link agent: how far the journal has been put into the stream. */
    void sent(long incarnation, long sequence, boolean snapshotRunning) {
        sentIncarnation = incarnation;
        sentSequence = sequence;
        isSnapshotRunning = snapshotRunning;
    }

    /** By the link agent: the journal must be given a snapshot before the stream can go on. */
    void snapshotAwaited(boolean isAwaited) {
        if (isSnapshotAwaited != isAwaited) {
            isSnapshotAwaited = isAwaited;
        }
    }

    /** Whether the peer needs a snapshot and the journal holds none that is of use. */
    public boolean isSnapshotAwaited() {
        return isSnapshotAwaited;
    }

    /** By the link agent: since when the oldest byte on its way has waited. */
    void unacked(boolean has, long sinceNs) {
        oldestUnackedNs = sinceNs;
        hasUnacked = has;
    }

    /** Incarnation put into the stream last. */
    public long sentIncarnation() {
        return sentIncarnation;
    }

    /** Sequence put into the stream last. */
    public long sentSequence() {
        return sentSequence;
    }

    /** Whether a snapshot is being sent. */
    public boolean isSnapshotRunning() {
        return isSnapshotRunning;
    }

    /** Age of the oldest byte on its way, nanoseconds; 0 if there is none. */
    public long waitingNs(long nowNs) {
        return hasUnacked ? nowNs - oldestUnackedNs : 0;
    }
}
