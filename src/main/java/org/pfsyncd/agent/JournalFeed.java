package org.pfsyncd.agent;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalStore;
import org.pfsyncd.journal.JournalTail;
import org.pfsyncd.journal.OpenPayload;
import org.pfsyncd.link.Feed;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.Knowledge;
import org.pfsyncd.state.SparsePut;

/**
 * The journal as one peer's stream: documents from its position on, cut between deltas, without
 * what came from the peer itself; a snapshot first where the journal no longer reaches back. Owned
 * by the link agent.
 */
final class JournalFeed implements Feed {
    private static final int SEEK_LIMIT = 256;

    /** Documents passed over in one call, because they hold nothing for the peer. */
    private static final int PASS_LIMIT = 64;

    private static final int SNAPSHOT_TOTALS_LENGTH = 16;

    /** First version of the link that carries tombstones. */
    private static final int TOMBSTONES_VERSION = 3;

    private final JournalTail tail;
    private final CollectedNames names = new CollectedNames();
    private final DeltaReader deltas = new DeltaReader();

    private long peerId;
    private boolean takesTombstones;
    private boolean isStarted;
    private boolean areNamesDue;
    private boolean isPositionDue;
    private boolean isSnapshotWanted;
    private boolean isSnapshotRunning;
    private boolean isInDocument;
    private boolean isFirstPart;
    private boolean isSkippingGroup;
    private boolean hasPending;

    JournalFeed(JournalStore store) {
        tail = new JournalTail(store, names::onDocument);
    }

    @Override
    public void start(long ofPeer, int version, long incarnation, long sequence) {
        peerId = ofPeer;
        takesTombstones = version >= TOMBSTONES_VERSION;
        isStarted = true;
        areNamesDue = true;
        isPositionDue = false;
        isSnapshotRunning = false;
        isInDocument = false;
        names.clear();
        tail.seek(incarnation, sequence);
        isSnapshotWanted = tail.isSnapshotWanted();
    }

    @Override
    public int next(MutableDirectBuffer into, int offset, int limit) {
        if (!isStarted || !isReady()) {
            return 0;
        }
        for (int i = 0; i < PASS_LIMIT; i++) {
            if (areNamesDue) {
                return nextNames(into, offset);
            }
            if (!isInDocument && !tail.next()) {
                return isReady() ? nextPosition(into, offset) : 0;
            }
            int length = isInDocument ? part(into, offset) : begin(into, offset);
            if (length > 0 || tail.phase() != JournalTail.Phase.READY) {
                return length;
            }
        }
        return 0;
    }

    private boolean isReady() {
        if (tail.phase() == JournalTail.Phase.TRUNCATED) {
            isInDocument = false;
            seekSnapshot();
        }
        if (tail.phase() == JournalTail.Phase.SEEKING) {
            tail.work(SEEK_LIMIT);
        }
        return tail.phase() == JournalTail.Phase.READY;
    }

    private void seekSnapshot() {
        isSnapshotRunning = false;
        isSnapshotWanted = true;
        tail.seekSnapshot();
    }

    private int nextNames(MutableDirectBuffer into, int offset) {
        int content = names.next(into, offset + LinkEntry.HEADER_LENGTH);
        int flags = names.isFirstPart() ? LinkEntry.FIRST : 0;
        areNamesDue = !names.isLastPart();
        return head(into, offset, LinkEntry.NAMES, flags, content);
    }

    private int nextPosition(MutableDirectBuffer into, int offset) {
        if (!isPositionDue || isSnapshotRunning) {
            return 0;
        }
        isPositionDue = false;
        return head(into, offset, LinkEntry.POSITION, 0, 0);
    }

    /** A new document; returns 0 if it holds nothing for the peer. */
    private int begin(MutableDirectBuffer into, int offset) {
        Document document = tail.document();
        switch (document.kind()) {
            case Document.KIND_BATCH -> {
                enter(document);
                return part(into, offset);
            }
            case Document.KIND_SNAPSHOT_BEGIN -> {
                return beginSnapshot(document, into, offset);
            }
            case Document.KIND_SNAPSHOT_SLICE, Document.KIND_TOMBSTONES -> {
                if (isSnapshotRunning && isReadable(document)) {
                    enter(document);
                    return part(into, offset);
                }
            }
            case Document.KIND_SNAPSHOT_END -> {
                if (isSnapshotRunning) {
                    return endSnapshot(document, into, offset);
                }
            }
            case Document.KIND_OPEN -> {
                if (isSnapshotRunning || hasClockMoved(document)) {
                    // The rest of the snapshot will never come: the next one will. And what the
                    // peer has from before the clock was set is of another time.
                    seekSnapshot();
                    return 0;
                }
            }
            default -> {}
        }
        isPositionDue = true;
        return 0;
    }

    private boolean isReadable(Document document) {
        return takesTombstones || document.kind() != Document.KIND_TOMBSTONES;
    }

    private static boolean hasClockMoved(Document document) {
        return document.payloadLength() >= OpenPayload.OLD_LENGTH
                && !OpenPayload.decode(document).clockShift().isNone();
    }

    private int beginSnapshot(Document document, MutableDirectBuffer into, int offset) {
        if (!isSnapshotWanted) {
            isPositionDue = true;
            return 0;
        }
        isSnapshotWanted = false;
        isSnapshotRunning = true;
        enter(document);
        return head(into, offset, LinkEntry.SNAPSHOT_BEGIN, 0, 0);
    }

    private int endSnapshot(Document document, MutableDirectBuffer into, int offset) {
        isSnapshotRunning = false;
        isPositionDue = false;
        int content = document.payloadLength() - SNAPSHOT_TOTALS_LENGTH;
        into.putBytes(
                offset + LinkEntry.HEADER_LENGTH,
                document.buffer(),
                document.payloadOffset() + SNAPSHOT_TOTALS_LENGTH,
                content);
        return head(into, offset, LinkEntry.SNAPSHOT_END, 0, content);
    }

    private void enter(Document document) {
        deltas.wrap(document.buffer(), document.payloadOffset(), document.payloadLength());
        isInDocument = true;
        isFirstPart = true;
        isSkippingGroup = false;
        hasPending = deltas.next();
    }

    /** As many deltas as an entry takes; 0 if none of them is for the peer and none is left. */
    private int part(MutableDirectBuffer into, int offset) {
        int start = offset + LinkEntry.HEADER_LENGTH;
        int at = start;
        DirectBuffer from = tail.document().buffer();
        while (hasPending && at - start + SparsePut.LENGTH_LIMIT <= LinkEntry.CONTENT_LIMIT) {
            if (isForPeer()) {
                at += copy(into, at, from);
            }
            hasPending = deltas.next();
        }
        boolean isLast = !hasPending;
        isInDocument = hasPending;
        if (at == start && isFirstPart && isLast) {
            isPositionDue = true;
            return 0;
        }
        int flags = (isFirstPart ? LinkEntry.FIRST : 0) | (isLast ? LinkEntry.LAST : 0);
        isFirstPart = false;
        isPositionDue = isPositionDue && !isLast;
        return head(into, offset, LinkEntry.DOCUMENT, flags, at - start);
    }

    private int copy(MutableDirectBuffer into, int at, DirectBuffer from) {
        if (deltas.type() == DeltaType.PUT) {
            return SparsePut.encode(into, at, from, deltas.offset());
        }
        into.putBytes(at, from, deltas.offset(), deltas.length());
        return deltas.length();
    }

    /** Names always are; changes are unless the peer made them. */
    private boolean isForPeer() {
        if (deltas.type() == DeltaType.NAME) {
            return true;
        }
        if (deltas.type() == DeltaType.POSITION) {
            if (deltas.reason() != DeltaType.SOURCE) {
                isSkippingGroup = deltas.reason() == DeltaType.ORIGIN && deltas.nodeId() == peerId;
                return !isSkippingGroup;
            }
            return deltas.nodeId() != peerId;
        }
        return !isSkippingGroup;
    }

    private int head(MutableDirectBuffer into, int offset, int type, int flags, int content) {
        LinkEntry.encode(into, offset, type, flags, content);
        LinkEntry.position(into, offset, tail.incarnation(), tail.sequence());
        return LinkEntry.HEADER_LENGTH + content;
    }

    @Override
    public boolean hasPassed(long incarnation, long sequence) {
        boolean isSettled =
                tail.phase() == JournalTail.Phase.READY
                        && !isInDocument
                        && !isPositionDue
                        && !isSnapshotRunning
                        && !areNamesDue;
        return isSettled
                && Knowledge.compare(tail.incarnation(), tail.sequence(), incarnation, sequence)
                        >= 0;
    }

    @Override
    public long incarnation() {
        return tail.incarnation();
    }

    @Override
    public long sequence() {
        return tail.sequence();
    }

    @Override
    public boolean isSnapshotAwaited() {
        return isSnapshotWanted && tail.phase() == JournalTail.Phase.SEEKING;
    }

    @Override
    public boolean isSnapshotRunning() {
        return isSnapshotRunning;
    }

    @Override
    public void close() {
        tail.close();
    }
}
