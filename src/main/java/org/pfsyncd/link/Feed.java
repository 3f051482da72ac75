package org.pfsyncd.link;

import org.agrona.MutableDirectBuffer;

/**
 * What is shipped to one peer: the node's journal as entries, from the peer's position on. Owned by
 * the link agent; every call is bounded.
 */
public interface Feed extends AutoCloseable {
    /**
     * A conversation begins: the peer has everything up to this position; 0, 0 for nothing. What
     * the journal no longer reaches back to comes as a snapshot. What came from the peer itself is
     * left out.
     *
     * @param version of the link that both ends speak, which says what the peer can read.
     */
    void start(long peerId, int version, long incarnation, long sequence);

    /**
     * Writes the next entry, {@link LinkEntry} header included, if there is one.
     *
     * @param limit room, at least {@link LinkEntry#HEADER_LENGTH} + {@link
     *     LinkEntry#CONTENT_LIMIT}.
     * @return its length, 0 if there is none now.
     */
    int next(MutableDirectBuffer into, int offset, int limit);

    /** Whether everything up to a position of this node's journal has been handed out. */
    boolean hasPassed(long incarnation, long sequence);

    /** Position handed out last. */
    long incarnation();

    /** Position handed out last. */
    long sequence();

    /** Whether a snapshot is needed and the journal holds none that is of use. */
    boolean isSnapshotAwaited();

    /** Whether a snapshot is under way. */
    boolean isSnapshotRunning();

    @Override
    void close();
}
