package org.pfsyncd.journal;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a document is and where it came from; a reused argument of {@link JournalPublisher#publish}.
 * Owned by the sync agent.
 */
public final class Cause {
    /** 16 bytes, network order, an IPv4 address in the first four. */
    public final UnsafeBuffer address = new UnsafeBuffer(new byte[Document.ADDRESS_LENGTH]);

    /** Format version; above {@link Document#COMMON_VERSION} an older program refuses it. */
    public int version = Document.COMMON_VERSION;

    public int kind;
    public int sourceKind;
    public int group;
    public int deltaCount;
    public long timeMs;

    /** A document that the node itself caused. */
    public Cause ofNode(int documentKind, long nowMs, int deltas) {
        kind = documentKind;
        sourceKind = Document.SOURCE_NODE;
        group = 0;
        deltaCount = deltas;
        timeMs = nowMs;
        address.setMemory(0, Document.ADDRESS_LENGTH, (byte) 0);
        return this;
    }
}
