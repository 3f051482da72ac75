package org.pfsyncd.agent;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.RecordConsumer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Lists the states of some buckets for a peer, key and hash each, one segment of the table a cycle.
 * Owned by the sync agent.
 *
 * <p>32 bytes a state, little-endian: id 8, creatorid 4, 0 4, hash of the realm's name 8, hash of
 * the record 8.
 */
final class Listing {
    static final int ENTRY_LENGTH = 32;
    static final int REALM_OFFSET = 16;
    static final int HASH_OFFSET = 24;

    private static final int ENTRIES_LIMIT = LinkEntry.CONTENT_LIMIT / ENTRY_LENGTH;

    private final PeerLink link;
    private final MirrorTable table;
    private final NameTable names;
    private final BitSet buckets = new BitSet();
    private final UnsafeBuffer found = new UnsafeBuffer(ByteBuffer.allocateDirect(128 * 1024));
    private final RecordConsumer consumer = this::onRecord;
    private int foundLength;
    private int sentLength;
    private int segment = -1;

    Listing(PeerLink link, MirrorTable table, NameTable names) {
        this.link = link;
        this.table = table;
        this.names = names;
    }

    void begin() {
        segment = -1;
        foundLength = 0;
        sentLength = 0;
    }

    /** A peer asks; false if what it asks makes no sense. A listing under way starts over. */
    boolean onRequest(DirectBuffer content, int offset, int length) {
        if (length % Short.BYTES != 0) {
            return false;
        }
        begin();
        buckets.clear();
        for (int i = 0; i < length; i += Short.BYTES) {
            int bucket = content.getShort(offset + i, LITTLE_ENDIAN) & 0xFFFF;
            if (bucket >= MirrorTable.DIGEST_BUCKETS) {
                return false;
            }
            buckets.set(bucket);
        }
        segment = 0;
        return true;
    }

    /** One segment, or one entry of what it held. */
    int work() {
        if (segment < 0) {
            return 0;
        }
        if (sentLength < foundLength) {
            return sendFound() ? 1 : 0;
        }
        if (segment == table.segmentCount()) {
            return sendEnd() ? 1 : 0;
        }
        foundLength = 0;
        sentLength = 0;
        table.readSegment(segment++, consumer);
        return 1;
    }

    private void onRecord(StateRecord record) {
        if (!buckets.get(table.bucketOf(record)) || foundLength == found.capacity()) {
            return;
        }
        found.putLong(foundLength, record.id(), LITTLE_ENDIAN);
        found.putLong(foundLength + 8, record.creatorId() & 0xFFFF_FFFFL, LITTLE_ENDIAN);
        found.putLong(foundLength + REALM_OFFSET, names.hash(record.realm()), LITTLE_ENDIAN);
        found.putLong(foundLength + HASH_OFFSET, table.recordHash(record), LITTLE_ENDIAN);
        foundLength += ENTRY_LENGTH;
    }

    private boolean sendFound() {
        int length = Math.min(foundLength - sentLength, ENTRIES_LIMIT * ENTRY_LENGTH);
        int index = link.claim(LinkEntry.HEADER_LENGTH + length, false);
        if (index < 0) {
            return false;
        }
        MutableDirectBuffer into = link.entryBuffer();
        LinkEntry.encode(into, index, LinkEntry.LIST, 0, length);
        LinkEntry.position(into, index, 0, 0);
        into.putBytes(index + LinkEntry.HEADER_LENGTH, found, sentLength, length);
        link.commit(index);
        sentLength += length;
        return true;
    }

    private boolean sendEnd() {
        int index = link.claim(LinkEntry.HEADER_LENGTH, false);
        if (index < 0) {
            return false;
        }
        LinkEntry.encode(link.entryBuffer(), index, LinkEntry.LIST_END, 0, 0);
        LinkEntry.position(link.entryBuffer(), index, 0, 0);
        link.commit(index);
        segment = -1;
        return true;
    }
}
