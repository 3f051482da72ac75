package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.net.Lane;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.Join;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** A message from one end into the other's table, and its acknowledgement, allocate nothing. */
class LinkAllocationTest {
    private static final int STEPS = 2_000;
    private static final int CREATOR = 0x0a0b0c0d;
    private static final int STATES = 32;
    private static final int LAST_ACTIVITY =
            DeltaType.HEADER_LENGTH
                    + StateRecord.KEY_LENGTH
                    + StateRecord.LAST_ACTIVITY_MS_OFFSET
                    - StateRecord.MUTABLE_OFFSET;

    private final NameTable names = new NameTable();
    private final DeltaBatch batch = new DeltaBatch(names);
    private final CounterSet<NodeCounter> nodeCounters = Counters.inMemory().node();
    private final MirrorTable table =
            new MirrorTable(TableConfig.ofCapacity(1_000), names, batch, nodeCounters);
    private final Join join = table.newJoin();
    private final Documents documents = new Documents();
    private final Receiver receiver = new Receiver();
    private final FakeNode sending = new FakeNode(1, "n1");
    private PeerLink sendingLink;
    private LinkSender sender;
    private PeerLink receivingLink;
    private long nowNs;
    private Object escaped = "";

    @AfterEach
    void close() {
        table.close();
    }

    private void connect() {
        Direct toReceiver = new Direct();
        Direct toSender = new Direct();
        LinkMailbox mailbox = new LinkMailbox();
        CounterSet<PeerCounter> counters = Counters.inMemory().peer("n2");
        sendingLink = link("n2", toReceiver, sending, mailbox, counters);
        sender =
                new LinkSender(
                        new LinkSender.Settings(1, 256 << 10, 0),
                        toReceiver,
                        documents,
                        mailbox,
                        counters);
        receivingLink =
                link("n1", toSender, receiver, new LinkMailbox(), Counters.inMemory().peer("n1"));
        toReceiver.to = receivingLink;
        toSender.to = sendingLink;
        for (int i = 0; i < 10; i++) {
            step();
        }
        assertTrue(sendingLink.isUp() && receivingLink.isUp());
    }

    private static PeerLink link(
            String peer,
            Lane lane,
            LinkNode node,
            LinkMailbox mailbox,
            CounterSet<PeerCounter> counters) {
        return new PeerLink(
                new PeerSettings(peer, "10.0.0.1", "sim", 256 << 10, false),
                new PeerLink.Parts(lane, node, mailbox, counters, new SplittableRandom(1)));
    }

    private void step() {
        nowNs += 1_000_000;
        documents.available++;
        sender.work(nowNs);
        receivingLink.drain(64 << 10);
        batch.reset();
        receivingLink.work(nowNs);
        sendingLink.work(nowNs);
    }

    @Test
    void shouldAllocateNothingAMessage() {
        connect();
        Allocation.assertNoneInSteadyState(STEPS, this::step);
        assertEquals(documents.available, receiver.knownSequence, "every document arrived");
        assertTrue(table.size() - STATES <= 1, table.size() + " states");
        assertEquals(table.digest(), table.recomputeDigest());
        assertTrue(nodeCounters.get(NodeCounter.INSERTED) > STEPS / 4, "states came and went");
    }

    @Test
    void shouldSeeWhatIsAllocated() {
        connect();
        long bytes =
                Allocation.quietestWindowBytes(
                        () -> {
                            step();
                            escaped = new byte[100];
                        },
                        STEPS);
        assertTrue(bytes >= STEPS * 100L, "the negative control sees " + bytes + " bytes");
        assertTrue(escaped != null);
    }

    /** Joins what it is handed into a real table. */
    private final class Receiver extends FakeNode {
        Receiver() {
            super(2, "n2");
        }

        @Override
        public boolean onEntry(
                PeerLink link, Entry entry, DirectBuffer content, int offset, int length) {
            if (entry.sequence == knownSequence + 1) {
                join.beginDocument(1, entry.incarnation, entry.sequence);
                assertEquals(0, join.apply(content, offset, length, documents.nowMs));
                join.endDocument();
                join.appendPosition();
                knownIncarnation = entry.incarnation;
                knownSequence = entry.sequence;
                return true;
            }
            return false;
        }
    }

    /**
     * Documents of one change each: first the names and {@link #STATES} inserts, then in turn an
     * update that is newer than any before, an insert of one more state, its expiry.
     */
    private static final class Documents implements Feed {
        final long nowMs = StateRecords.NOW_MS + 86_400_000;
        long available = 1;
        private final UnsafeBuffer insert;
        private final UnsafeBuffer first;
        private final UnsafeBuffer update;
        private final UnsafeBuffer delete;
        private long sequence;

        Documents() {
            NameTable theirNames = new NameTable();
            theirNames.intern("shifts-every-id");
            DeltaBatch theirs = new DeltaBatch(theirNames);
            StateRecords states = new StateRecords(theirNames);
            try (MirrorTable source =
                    new MirrorTable(
                            TableConfig.ofCapacity(1_000),
                            theirNames,
                            theirs,
                            Counters.inMemory().node())) {
                for (int i = 1; i <= STATES; i++) {
                    source.insert(state(states, i), nowMs);
                }
                first = take(theirs);
                StateRecord one = state(states, 1);
                source.updateCompressed(
                        one.realm(), 1, CREATOR, one.src(), one.dst(), one.timeout(), nowMs);
                update = take(theirs);
                source.insert(state(states, STATES + 1).lifetimeS(1), nowMs - 5_000);
                insert = take(theirs);
                source.work(nowMs + 86_400_000, 10_000);
                delete = lastDelete(theirs);
            }
        }

        private static StateRecord state(StateRecords states, int id) {
            return states.tcp(id, CREATOR).wire("10.1.0." + id + ":1000", "10.2.0.10:80").record();
        }

        private static UnsafeBuffer take(DeltaBatch from) {
            UnsafeBuffer bytes = new UnsafeBuffer(new byte[from.length()]);
            bytes.putBytes(0, from.buffer(), 0, bytes.capacity());
            from.reset();
            return bytes;
        }

        private static UnsafeBuffer lastDelete(DeltaBatch from) {
            DeltaReader reader = new DeltaReader().wrap(from.buffer(), 0, from.length());
            while (reader.next()) {
                if (reader.type() == DeltaType.DELETE && reader.id() == STATES + 1) {
                    UnsafeBuffer bytes = new UnsafeBuffer(new byte[reader.length()]);
                    bytes.putBytes(0, from.buffer(), reader.offset(), reader.length());
                    return bytes;
                }
            }
            throw new AssertionError("the last state did not expire");
        }

        @Override
        public int next(MutableDirectBuffer into, int offset, int limit) {
            if (sequence == available) {
                return 0;
            }
            sequence++;
            UnsafeBuffer document = document();
            LinkEntry.encode(into, offset, LinkEntry.DOCUMENT, 3, document.capacity());
            LinkEntry.position(into, offset, 1, sequence);
            into.putBytes(offset + LinkEntry.HEADER_LENGTH, document, 0, document.capacity());
            return LinkEntry.HEADER_LENGTH + document.capacity();
        }

        private UnsafeBuffer document() {
            if (sequence == 1) {
                return first;
            }
            if (sequence % 3 == 0) {
                long activity = update.getLong(LAST_ACTIVITY, LITTLE_ENDIAN);
                update.putLong(LAST_ACTIVITY, activity + 1, LITTLE_ENDIAN);
                return update;
            }
            return sequence % 3 == 1 ? insert : delete;
        }

        @Override
        public void start(long peerId, int version, long incarnation, long from) {}

        @Override
        public boolean hasPassed(long incarnation, long to) {
            return true;
        }

        @Override
        public long incarnation() {
            return 1;
        }

        @Override
        public long sequence() {
            return sequence;
        }

        @Override
        public boolean isSnapshotAwaited() {
            return false;
        }

        @Override
        public boolean isSnapshotRunning() {
            return false;
        }

        @Override
        public void close() {}
    }

    /** Hands each frame over at once. */
    private final class Direct extends PlainLane {
        private PeerLink to;

        @Override
        public int send(DirectBuffer buffer, int offset, int length) {
            if (PeerLink.isFrame(buffer, offset, length)) {
                to.onFrame(buffer, offset, length, nowNs);
            }
            return length;
        }
    }
}
