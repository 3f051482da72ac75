package org.pfsyncd.agent;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.journal.Document;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.DeltaType;

/**
 * The names that a journal had given at a position, as NAME deltas, for a peer that starts there.
 * Owned by the link agent; grows while a position is sought, not afterwards.
 */
final class CollectedNames {
    private final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(4 * 1024));
    private final DeltaReader reader = new DeltaReader();
    private final boolean[] isGiven = new boolean[1 << 16];
    private int length;
    private int position;
    private boolean wasFirst;

    void clear() {
        length = 0;
        position = 0;
        Arrays.fill(isGiven, false);
    }

    /** A document that is passed over on the way to the position. */
    void onDocument(Document document) {
        if (document.kind() == Document.KIND_OPEN
                || document.kind() == Document.KIND_SNAPSHOT_BEGIN) {
            clear();
        }
        if (document.kind() == Document.KIND_OPEN || document.kind() == Document.KIND_CLOSE) {
            return;
        }
        if (document.kind() == Document.KIND_SNAPSHOT_END) {
            return;
        }
        reader.wrap(document.buffer(), document.payloadOffset(), document.payloadLength());
        while (reader.next()) {
            if (reader.type() == DeltaType.NAME && !isGiven[reader.nameId()]) {
                isGiven[reader.nameId()] = true;
                add(document);
            }
        }
    }

    private void add(Document document) {
        if (length + reader.length() > bytes.capacity()) {
            ByteBuffer grown = ByteBuffer.allocateDirect(2 * bytes.capacity());
            bytes.getBytes(0, grown, 0, length);
            bytes.wrap(grown);
        }
        bytes.putBytes(length, document.buffer(), reader.offset(), reader.length());
        length += reader.length();
    }

    /** Copies as many as an entry takes; returns their bytes. */
    int next(MutableDirectBuffer into, int offset) {
        wasFirst = position == 0;
        reader.wrap(bytes, position, length - position);
        int taken = 0;
        while (reader.next() && taken + reader.length() <= LinkEntry.CONTENT_LIMIT) {
            taken += reader.length();
        }
        into.putBytes(offset, bytes, position, taken);
        position += taken;
        return taken;
    }

    /** Whether {@link #next} gave the first of them. */
    boolean isFirstPart() {
        return wasFirst;
    }

    /** Whether {@link #next} gave the last of them. */
    boolean isLastPart() {
        return position == length;
    }
}
