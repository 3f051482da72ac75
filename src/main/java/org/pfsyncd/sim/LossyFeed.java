package org.pfsyncd.sim;

import org.agrona.MutableDirectBuffer;
import org.pfsyncd.link.Feed;
import org.pfsyncd.link.LinkEntry;

/** A planted defect: empties one document in 300, and leaves its position. */
final class LossyFeed implements Feed {
    private static final int EVERY = 300;

    private final Feed sound;
    private int documents;

    LossyFeed(Feed sound) {
        this.sound = sound;
    }

    @Override
    public void start(long peerId, int version, long incarnation, long sequence) {
        sound.start(peerId, version, incarnation, sequence);
    }

    @Override
    public int next(MutableDirectBuffer into, int offset, int limit) {
        int length = sound.next(into, offset, limit);
        boolean isDocument = length > 0 && LinkEntry.type(into, offset) == LinkEntry.DOCUMENT;
        if (isDocument && ++documents % EVERY == 0) {
            int flags = LinkEntry.flags(into, offset);
            LinkEntry.encode(into, offset, LinkEntry.DOCUMENT, flags, 0);
            LinkEntry.position(into, offset, sound.incarnation(), sound.sequence());
            return LinkEntry.HEADER_LENGTH;
        }
        return length;
    }

    @Override
    public boolean hasPassed(long incarnation, long sequence) {
        return sound.hasPassed(incarnation, sequence);
    }

    @Override
    public long incarnation() {
        return sound.incarnation();
    }

    @Override
    public long sequence() {
        return sound.sequence();
    }

    @Override
    public boolean isSnapshotAwaited() {
        return sound.isSnapshotAwaited();
    }

    @Override
    public boolean isSnapshotRunning() {
        return sound.isSnapshotRunning();
    }

    @Override
    public void close() {
        sound.close();
    }
}
