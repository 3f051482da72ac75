package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

/** What a peer said last of its journal, and of how far it has ours. Owned by the sync agent. */
public final class PeerWord {
    private long ackedIncarnation;
    private long ackedSequence;
    private long newestIncarnation;
    private long newestSequence;

    private int version;
    private boolean shipsNothing;

    /** The greeting that began the conversation: the highest version that both speak counts. */
    void greeted(Hello hello) {
        version = LinkFrame.commonVersion(hello);
        shipsNothing = (hello.flags & Hello.SHIPS_NOTHING) != 0;
        acked(0, 0);
    }

    void acked(long incarnation, long sequence) {
        ackedIncarnation = incarnation;
        ackedSequence = sequence;
    }

    /** From the content of an acknowledgement; false, and nothing is taken, if it says nonsense. */
    boolean decode(DirectBuffer ack, int offset) {
        boolean isSane =
                Hello.isTime(
                        ack.getLong(offset + 48, LITTLE_ENDIAN),
                        ack.getLong(offset + 56, LITTLE_ENDIAN));
        for (int at = offset + 16; at < offset + 48; at += Long.BYTES) {
            isSane = isSane && ack.getLong(at, LITTLE_ENDIAN) >= 0;
        }
        if (isSane) {
            acked(ack.getLong(offset + 16, LITTLE_ENDIAN), ack.getLong(offset + 24, LITTLE_ENDIAN));
            newest(
                    ack.getLong(offset + 32, LITTLE_ENDIAN),
                    ack.getLong(offset + 40, LITTLE_ENDIAN));
        }
        return isSane;
    }

    void newest(long incarnation, long sequence) {
        newestIncarnation = incarnation;
        newestSequence = sequence;
    }

    /** The version in which entries are written to the peer, and in which it writes them. */
    public int version() {
        return version;
    }

    /** Whether the peer ships nothing of its journal to this node. */
    public boolean shipsNothing() {
        return shipsNothing;
    }

    /** How far the peer has this node's journal: incarnation. */
    public long ackedIncarnation() {
        return ackedIncarnation;
    }

    /** How far the peer has this node's journal: sequence. */
    public long ackedSequence() {
        return ackedSequence;
    }

    /** Newest incarnation of the peer's journal. */
    public long newestIncarnation() {
        return newestIncarnation;
    }

    /** Newest sequence of the peer's journal. */
    public long newestSequence() {
        return newestSequence;
    }
}
