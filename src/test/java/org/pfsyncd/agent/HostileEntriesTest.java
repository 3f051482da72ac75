package org.pfsyncd.agent;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.LinkNode;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.Reason;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Entries that lie, given to a whole node that is in conversation: the frames around are sound. */
class HostileEntriesTest {
    private static final int MUTATIONS = 100_000;

    @TempDir Path root;

    private ClusterLab lab;
    private ClusterLab.Node node;
    private final LinkNode.Entry entry = new LinkNode.Entry();
    private long digest;
    private long sequence = 1_000_000;

    @BeforeEach
    void start() throws IOException {
        lab = new ClusterLab(root, 5).mesh(2);
        node = lab.nodes.get(0);
        lab.awaitUp(2_000);
        lab.runMs(700);
        node.insert(1, 2, 3);
        lab.await("the states", 1_000, () -> lab.nodes.get(1).table().size() == 3);
        digest = node.table().digest();
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private boolean give(int type, UnsafeBuffer content) {
        return give(type, content, 1);
    }

    private static UnsafeBuffer bytes(int length) {
        return new UnsafeBuffer(new byte[length]);
    }

    private void unchanged() {
        lab.step();
        assertEquals(digest, node.table().digest());
        assertEquals(3, node.table().size());
    }

    @Test
    void shouldMakeNoSenseOfWrongLengthsAndNumbers() {
        for (int length : new int[] {0, 8_216, 8_343, 8_345, 24}) {
            assertFalse(give(LinkEntry.DIGEST, bytes(length)), "a digest of " + length);
        }
        assertFalse(give(LinkEntry.LIST_REQUEST, bytes(3)));
        for (int bucket : new int[] {1_024, 65_535}) {
            UnsafeBuffer request = bytes(4);
            request.putShort(2, (short) bucket, LITTLE_ENDIAN);
            assertFalse(give(LinkEntry.LIST_REQUEST, request), "bucket " + bucket);
        }
        assertFalse(give(LinkEntry.LIST, bytes(31)));
        assertFalse(give(LinkEntry.LIST, bytes(33)));
        assertFalse(give(LinkEntry.STATE_REQUEST, bytes(23)));
        assertFalse(give(LinkEntry.STATE_REQUEST, bytes(25)));
        assertFalse(give(LinkEntry.SNAPSHOT_END, bytes(0)), "of none that began");
        assertFalse(give(0, bytes(0)));
        assertFalse(give(12, bytes(0)));
        unchanged();
        assertTrue(give(LinkEntry.SNAPSHOT_BEGIN, bytes(0)));
        assertFalse(give(LinkEntry.POSITION, bytes(0)), "within a snapshot");
    }

    @Test
    void shouldAskForNoListingBecauseOfSumsThatWaitedBehindACut() {
        lab.network.partition(node.address(), lab.nodes.get(1).address());
        for (int i = 0; i < 10; i++) {
            assertTrue(give(LinkEntry.DIGEST, bytes(8_344)), "sums of nothing");
        }
        assertFalse(node.peer(0).equality().isListing(), "they came at once");
        for (int i = 0; i < 2; i++) {
            lab.runMs(600);
            assertTrue(give(LinkEntry.DIGEST, bytes(8_344)));
        }
        assertTrue(node.peer(0).equality().isListing(), "the third round");
    }

    @Test
    void shouldAnswerWhatMakesSenseAndKnowsNothing() {
        assertTrue(give(LinkEntry.LIST_REQUEST, bytes(0)));
        assertTrue(give(LinkEntry.LIST_REQUEST, bytes(32 * 1_024)), "bucket 0, many times");
        assertTrue(give(LinkEntry.LIST, bytes(32 * 1_024)), "1,024 times a state of nobody");
        assertTrue(give(LinkEntry.STATE_REQUEST, bytes(24 * 1_365)));
        assertTrue(give(LinkEntry.LIST_END, bytes(0)));
        assertTrue(give(LinkEntry.STATES, bytes(0)));
        unchanged();
    }

    @Test
    void shouldCountAnswersThatFindNoRoom() {
        UnsafeBuffer list = bytes(32 * 1_024);
        for (int i = 0; i < 1_024; i++) {
            list.putLong(32 * i, 1_000 + i, LITTLE_ENDIAN);
        }
        for (int i = 0; i < 40; i++) {
            assertTrue(give(LinkEntry.LIST, list));
        }
        long dropped = node.counters(0).get(PeerCounter.LINK_ANSWERS_DROPPED);
        long asked = node.counters(0).get(PeerCounter.LINK_REPAIRED) / 1_024;
        assertTrue(asked > 10, asked + " sent");
        assertEquals(40 - asked, dropped);
        unchanged();
    }

    @Test
    void shouldCountDeltasThatCannotBeTakenIn() {
        NameTable names = new NameTable();
        List<UnsafeBuffer> puts = new ArrayList<>();
        puts.add(put(names, record -> record.direction(9)));
        puts.add(put(names, record -> record.wireAf(0)));
        puts.add(put(names, record -> record.timeout(200)));
        puts.add(put(names, record -> record.creatorId(0)));
        puts.add(bytes(1));
        puts.add(bytes(300));
        for (UnsafeBuffer each : puts) {
            long before = node.counters(0).get(PeerCounter.LINK_REFUSED_DELTAS);
            assertTrue(giveNew(LinkEntry.DOCUMENT, each));
            assertEquals(before + 1, node.counters(0).get(PeerCounter.LINK_REFUSED_DELTAS));
            assertTrue(give(LinkEntry.STATES, each));
        }
        unchanged();
        assertTrue(node.peer(0).link().isUp());
    }

    private boolean giveNew(int type, UnsafeBuffer content) {
        return give(type, content, ++sequence);
    }

    private boolean give(int type, UnsafeBuffer content, long atSequence) {
        entry.type = type;
        entry.flags = LinkEntry.FIRST | LinkEntry.LAST;
        entry.incarnation = 1;
        entry.sequence = atSequence;
        PeerLink link = node.peer(0).link();
        return node.daemon.peers().onEntry(link, entry, content, 0, content.capacity());
    }

    private UnsafeBuffer put(NameTable names, Consumer<StateRecord> change) {
        DeltaBatch batch = new DeltaBatch(names);
        StateRecord record = new StateRecords(names).tcp(77, 5).record();
        change.accept(record);
        batch.forgetNames();
        batch.appendSnapshot(record);
        UnsafeBuffer bytes = bytes(batch.length());
        bytes.putBytes(0, batch.buffer(), 0, bytes.capacity());
        return bytes;
    }

    /** Two entries of them once ran over the end of the batch. */
    @Test
    void shouldHoldAgainstAFloodOfDeletesThatAreRevived() {
        StateRecord alive = StateRecords.blank();
        for (int i = 0; i < node.table().segmentCount(); i++) {
            node.table().readSegment(i, alive::copyFrom);
        }
        assertTrue(giveNew(LinkEntry.NAMES, name(5, alive.realm())));
        UnsafeBuffer deletes = bytes(20 * 1_638);
        for (int at = 0; at < deletes.capacity(); at += 20) {
            deletes.putByte(at, (byte) DeltaType.DELETE);
            deletes.putByte(at + 1, (byte) Reason.EXPIRED);
            deletes.putShort(at + 2, (short) 20, LITTLE_ENDIAN);
            deletes.putLong(at + 4, alive.id(), LITTLE_ENDIAN);
            deletes.putInt(at + 12, alive.creatorId(), LITTLE_ENDIAN);
            deletes.putShort(at + 16, (short) 5, LITTLE_ENDIAN);
        }
        for (int i = 0; i < 6; i++) {
            assertTrue(giveNew(LinkEntry.DOCUMENT, deletes));
        }
        assertTrue(node.count(NodeCounter.LINK_REVIVED) > 1_638);
        assertTrue(node.counters(0).get(PeerCounter.LINK_REFUSED_DELTAS) > 1_638);
        unchanged();
    }

    private UnsafeBuffer name(int id, int ofNode) {
        byte[] name = node.daemon.replayed().names().bytes(ofNode);
        UnsafeBuffer delta = bytes(6 + name.length);
        delta.putByte(0, (byte) DeltaType.NAME);
        delta.putShort(2, (short) delta.capacity(), LITTLE_ENDIAN);
        delta.putShort(4, (short) id, LITTLE_ENDIAN);
        delta.putBytes(6, name);
        return delta;
    }

    @Test
    void shouldSurviveAHundredThousandMutatedEntries() {
        long seed = Long.getLong("pfsyncd.seed", 20_261_125L);
        Random random = new Random(seed);
        UnsafeBuffer sound = put(new NameTable(), record -> {});
        for (int i = 0; i < MUTATIONS; i++) {
            UnsafeBuffer content = content(random, sound);
            try {
                int type = 1 + random.nextInt(LinkEntry.STATES);
                giveNew(type == LinkEntry.SNAPSHOT_BEGIN ? LinkEntry.DOCUMENT : type, content);
                if (i % 200 == 0) {
                    lab.step();
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("mutation " + i + " of seed " + seed, e);
            }
        }
        assertEquals(node.table().digest(), node.table().recomputeDigest());
        assertEquals(0, node.count(NodeCounter.ERRORS));
    }

    private static UnsafeBuffer content(Random random, UnsafeBuffer sound) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            byte[] noise = new byte[random.nextInt(400)];
            random.nextBytes(noise);
            return new UnsafeBuffer(noise);
        }
        UnsafeBuffer content = bytes(sound.capacity() * kind);
        for (int i = 0; i < kind; i++) {
            content.putBytes(i * sound.capacity(), sound, 0, sound.capacity());
        }
        int changes = random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            content.putByte(random.nextInt(content.capacity()), (byte) random.nextInt());
        }
        return content;
    }
}
