package org.pfsyncd.agent;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.Join;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Brings single states that differ from a peer's over: compares a listing, asks for what is missing
 * or different, joins what comes; and answers the same questions of the peer. Owned by the sync
 * agent.
 */
final class Repair {
    private static final int IDS_IN_LOG = 8;

    private final PeerLink link;
    private final MirrorTable table;
    private final NameTable names;
    private final DeltaBatch batch;
    private final Join join;
    private final DeltaBatch answers;
    private final DeltaReader reader = new DeltaReader();
    private final UnsafeBuffer asked =
            new UnsafeBuffer(ByteBuffer.allocateDirect(LinkEntry.CONTENT_LIMIT));
    private final StateRecord record =
            new StateRecord()
                    .wrap(new UnsafeBuffer(ByteBuffer.allocateDirect(StateRecord.LENGTH)), 0);
    private long repaired;
    private long lastMs;

    Repair(PeerLink link, MirrorTable table, NameTable names, DeltaBatch batch) {
        this.link = link;
        this.table = table;
        this.names = names;
        this.batch = batch;
        join = table.newJoin();
        answers = new DeltaBatch(names, DeltaBatch.DEFAULT_CAPACITY);
    }

    /** A listing of the peer: asks for the states that this table lacks or has otherwise. */
    boolean onList(DirectBuffer content, int offset, int length) {
        if (length % Listing.ENTRY_LENGTH != 0) {
            return false;
        }
        int wanted = 0;
        for (int at = offset; at < offset + length; at += Listing.ENTRY_LENGTH) {
            if (!isSame(content, at)) {
                asked.putBytes(wanted, content, at, Listing.HASH_OFFSET);
                wanted += Listing.HASH_OFFSET;
            }
        }
        int index = wanted == 0 ? -1 : link.claim(LinkEntry.HEADER_LENGTH + wanted, false);
        if (index >= 0) {
            MutableDirectBuffer into = link.entryBuffer();
            LinkEntry.encode(into, index, LinkEntry.STATE_REQUEST, 0, wanted);
            LinkEntry.position(into, index, 0, 0);
            into.putBytes(index + LinkEntry.HEADER_LENGTH, asked, 0, wanted);
            link.commit(index);
            link.counters().add(PeerCounter.LINK_REPAIRED, wanted / Listing.HASH_OFFSET);
        } else if (wanted > 0) {
            link.counters().increment(PeerCounter.LINK_ANSWERS_DROPPED);
        }
        return true;
    }

    private boolean isSame(DirectBuffer content, int at) {
        return find(content, at)
                && table.recordHash(record)
                        == content.getLong(at + Listing.HASH_OFFSET, LITTLE_ENDIAN);
    }

    /** Copies the state that a listing's key names. */
    private boolean find(DirectBuffer content, int at) {
        int realm = names.idOfHash(content.getLong(at + Listing.REALM_OFFSET, LITTLE_ENDIAN));
        return realm >= 0
                && table.get(
                        realm,
                        content.getLong(at, LITTLE_ENDIAN),
                        content.getInt(at + 8, LITTLE_ENDIAN),
                        record);
    }

    /** The peer asks for states: sends those that there still are. */
    boolean onRequest(DirectBuffer content, int offset, int length) {
        if (length % Listing.HASH_OFFSET != 0) {
            return false;
        }
        answers.forgetNames();
        answers.reset();
        for (int at = offset; at < offset + length; at += Listing.HASH_OFFSET) {
            if (find(content, at)) {
                int before = answers.length();
                answers.appendSnapshot(record);
                if (answers.length() > LinkEntry.CONTENT_LIMIT) {
                    send(before);
                    answers.forgetNames();
                    answers.reset();
                    answers.appendSnapshot(record);
                }
            }
        }
        send(answers.length());
        return true;
    }

    private void send(int length) {
        int index = length == 0 ? -1 : link.claim(LinkEntry.HEADER_LENGTH + length, false);
        if (index >= 0) {
            MutableDirectBuffer into = link.entryBuffer();
            LinkEntry.encode(into, index, LinkEntry.STATES, 0, length);
            LinkEntry.position(into, index, 0, 0);
            into.putBytes(index + LinkEntry.HEADER_LENGTH, answers.buffer(), 0, length);
            link.commit(index);
        } else if (length > 0) {
            link.counters().increment(PeerCounter.LINK_ANSWERS_DROPPED);
        }
    }

    /**
     * States that were asked for.
     *
     * @return how many of them changed this table.
     */
    int onStates(DirectBuffer content, int offset, int length, long nowMs) {
        int from = batch.length();
        int before = batch.count();
        join.forgetNames();
        join.peerId(link.peerId());
        join.takeAll(true);
        join.beginDocument(link.peerId(), 0, 0);
        join.apply(content, offset, length, nowMs);
        join.endDocument();
        if (batch.count() == before) {
            return 0;
        }
        int changed = count(from);
        repaired += changed;
        lastMs = nowMs;
        return changed;
    }

    private int count(int from) {
        int changed = 0;
        reader.wrap(batch.buffer(), from, batch.length() - from);
        while (reader.next()) {
            changed += reader.isAboutAState() ? 1 : 0;
        }
        return changed;
    }

    /** The ids of the states that the last {@link #onStates} changed, for the log; allocates. */
    String ids(int from) {
        StringBuilder ids = new StringBuilder();
        int shown = 0;
        reader.wrap(batch.buffer(), from, batch.length() - from);
        while (reader.next() && shown < IDS_IN_LOG) {
            if (reader.isAboutAState()) {
                ids.append(shown++ == 0 ? "" : " ")
                        .append(String.format("%016x/%08x", reader.id(), reader.creatorId()));
            }
        }
        return ids.toString();
    }

    /** States put right so far. */
    long repaired() {
        return repaired;
    }

    /** When the last was, epoch milliseconds; 0 never. */
    long lastMs() {
        return lastMs;
    }
}
