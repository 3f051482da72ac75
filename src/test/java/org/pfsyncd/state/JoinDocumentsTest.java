package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TimeoutClass;

/** Documents, snapshots, and whose change is known; what is refused. */
class JoinDocumentsTest extends JoinLab {
    @Test
    void shouldTakeEverythingOfASnapshot() {
        peer.insert(tcp(1));
        peer.batch.reset();
        peer.batch.forgetNames();
        peer.update(tcp(1).packets0(100));
        join.takeAll(true);
        hear();
        assertNotNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION own 7 1", "PUT fetched"), texts());
        assertFalse(here.table.knowledge().covers(PEER, 1, 1), "not before its end");
        join.endSnapshot(1, 5);
        assertTrue(here.table.knowledge().covers(PEER, 1, 5));
    }

    @Test
    void shouldSkipADocumentThatIsKnown() {
        both(1);
        peer.insert(tcp(2));
        join.beginDocument(PEER, 1, sequence);
        join.apply(peer.batch.buffer(), 0, peer.batch.length(), here.nowMs);
        assertTrue(join.endDocument(), "nothing new");
        assertNull(here.get(tcp(2)));
    }

    /** Node 9's snapshot came from before the delete, its end stands behind it. */
    @Test
    void shouldDeleteWhatASnapshotsEndOnlyClaimsToHaveDeleted() {
        both(1);
        here.table.knowledge().advance(ELSEWHERE, 2, 5);
        peer.batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5);
        peer.delete(tcp(1));
        hear();
        assertNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION origin 9 5", "DELETE peer-delete"), texts());
        peer.insert(tcp(1));
        peer.batch.reset();
        peer.batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5);
        hear();
        assertEquals(List.of(), deltas(), "once is enough");
    }

    @Test
    void shouldKeepWhatSaysMoreThanTheDeadCopyOfAKnownDelete() {
        both(1);
        here.nowMs += 1_000;
        here.updateCompressed(TestStates.peers(tcp(1), 4, 9_000, 4, 9_000));
        here.batch.reset();
        here.table.knowledge().advance(ELSEWHERE, 2, 5);
        peer.batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5);
        peer.delete(tcp(1));
        hear();
        assertNotNull(here.get(tcp(1)));
        assertEquals(List.of(), deltas());
    }

    private void document(Consumer<DeltaBatch> origin, int state) {
        origin.accept(peer.batch);
        peer.insert(tcp(state));
        hear();
    }

    @Test
    void shouldSkipAChangeThatCameByAnotherPath() {
        document(batch -> batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5), 1);
        assertEquals(List.of("POSITION origin 9 5", "PUT insert"), texts());
        document(batch -> batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5), 2);
        assertNull(here.get(tcp(2)), "known");
        document(batch -> batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 6), 3);
        assertNotNull(here.get(tcp(3)));
        document(batch -> batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 1, 900), 4);
        assertNull(here.get(tcp(4)), "an incarnation before");
    }

    @Test
    void shouldNotSkipWhatAWriterSaysOfItsOwn() {
        here.table.knowledge().advance(ELSEWHERE, 2, 5);
        peer.batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5);
        peer.insert(tcp(1));
        peer.batch.appendPosition(DeltaType.OWN, 0, 0, 0);
        peer.insert(tcp(2));
        hear();
        assertNull(here.get(tcp(1)));
        assertNotNull(here.get(tcp(2)));
    }

    @Test
    void shouldKnowAForeignChangeOnlyWhenTheWholeDocumentIsHere() {
        peer.batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5);
        peer.insert(tcp(1));
        peer.batch.appendPosition(DeltaType.OWN, 0, 0, 0);
        peer.insert(tcp(2));
        peer.batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 2, 5);
        peer.insert(tcp(3));
        hear();
        assertNotNull(here.get(tcp(3)), "the same change in two places");
        assertTrue(here.table.knowledge().covers(ELSEWHERE, 2, 5));
    }

    @Test
    void shouldGiveAPartNoPositionThatStandsForTheWhole() {
        peer.insert(tcp(1));
        join.beginDocument(PEER, 1, 1);
        join.partial(true);
        join.apply(peer.batch.buffer(), 0, peer.batch.length(), here.nowMs);
        assertEquals(List.of("POSITION own 7 1", "PUT insert"), texts());
        assertFalse(here.table.knowledge().covers(PEER, 1, 1));
        assertFalse(join.isPositionDue());
        join.partial(false);
        join.endDocument();
        assertTrue(join.isPositionDue());
        join.appendPosition();
        assertEquals(List.of("POSITION source 7 1"), texts());
    }

    @Test
    void shouldKnowItsOwnChangesWhereverTheyComeFrom() {
        here.table.knowledge().ownId(ELSEWHERE);
        document(batch -> batch.appendPosition(DeltaType.ORIGIN, ELSEWHERE, 99, 99), 1);
        assertNull(here.get(tcp(1)));
    }

    @Test
    void shouldCountWhatDoesNotFit() {
        try (Fixture small = new Fixture(TableConfig.ofCapacity(3))) {
            for (int i = 1; i <= 5; i++) {
                peer.insert(tcp(i));
            }
            Join tight = small.table.newJoin();
            tight.beginDocument(PEER, 1, 1);
            int length = peer.batch.length();
            assertEquals(2, tight.apply(peer.batch.buffer(), 0, length, small.nowMs));
            assertEquals(3, small.table.size());
            assertEquals(small.table.digest(), small.table.recomputeDigest());
        }
    }

    /** Each of them costs 20 bytes in the stream and a whole record in the batch. */
    @Test
    void shouldRefuseWhatTheBatchHasNoRoomFor() {
        both(1);
        UnsafeBuffer old = new UnsafeBuffer(new byte[20 * 6_000]);
        peer.batch.delete(tcp(1), Reason.EXPIRED);
        for (int i = 0; i < old.capacity(); i += 20) {
            old.putBytes(i, peer.batch.buffer(), 0, 20);
            old.putShort(i + DeltaType.LENGTH_OFFSET, (short) 20);
            old.putByte(i + DeltaType.LENGTH_OFFSET, (byte) 20);
            old.putByte(i + DeltaType.LENGTH_OFFSET + 1, (byte) 0);
        }
        join.beginDocument(PEER, 1, 50);
        int refused = join.apply(old, 0, old.capacity(), here.nowMs);
        assertTrue(refused > 1_000 && refused < 6_000, refused + " refused");
        assertEquals(6_000 - refused, here.count(NodeCounter.LINK_REVIVED));
        join.endDocument();
        join.appendPosition();
        assertNotNull(here.get(tcp(1)));
    }

    private void refuses(Consumer<StateRecord> change) {
        long digest = here.table.digest();
        StateRecord bad = tcp(50);
        change.accept(bad);
        peer.batch.put(bad, Reason.INSERT);
        assertEquals(1, hear());
        assertEquals(List.of(), deltas());
        assertEquals(0, here.table.size());
        assertEquals(digest, here.table.digest());
    }

    @Test
    void shouldRefuseTimesThatNobodyReaches() {
        refuses(state -> state.lastActivityMs(Long.MAX_VALUE));
        refuses(state -> state.lastActivityMs(Long.MIN_VALUE));
        refuses(state -> state.expiresAtMs(1L << 45));
        refuses(state -> state.createdAtMs(-(1L << 45)));
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        refuses(record -> record.direction(9));
        refuses(record -> record.direction(3));
        refuses(record -> record.wireAf(0));
        refuses(record -> record.stackAf(0));
        refuses(record -> record.wireAf(28));
        refuses(record -> record.timeout(200));
        refuses(record -> record.timeout(TimeoutClass.COUNT));
        refuses(record -> record.creatorId(0));
        refuses(record -> record.src().state(13));
        refuses(record -> record.dst().state(255));
    }

    @Test
    void shouldRefuseNamesThatWereNeverGiven() {
        StateRecord named = tcp(1).realm(peer.names.intern("somewhere"));
        peer.insert(named);
        peer.batch.reset();
        peer.batch.put(named, Reason.INSERT);
        assertEquals(1, hear(), "its NAME was in a document that never came");
        assertEquals(0, here.table.size());
    }

    @Test
    void shouldForgetNamesWithTheConversation() {
        StateRecord named = tcp(1).realm(peer.names.intern("somewhere"));
        peer.insert(named);
        assertEquals(0, hear());
        join.forgetNames();
        peer.batch.put(tcp(2).realm(named.realm()), Reason.INSERT);
        assertEquals(1, hear());
    }

    @Test
    void shouldCountTheRestOfAMalformedDocumentAsOne() {
        peer.insert(tcp(1));
        peer.insert(tcp(2));
        peer.insert(tcp(3));
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[peer.batch.length()]);
        bytes.putBytes(0, peer.batch.buffer(), 0, bytes.capacity());
        bytes.putByte(DeltaType.PUT_LENGTH + DeltaType.LENGTH_OFFSET, (byte) 1);
        join.beginDocument(PEER, 1, 1);
        assertEquals(1, join.apply(bytes, 0, bytes.capacity(), here.nowMs));
        assertEquals(1, here.table.size());
    }

    @Test
    void shouldRefuseAPositionOfAnUnknownKind() {
        peer.batch.appendPosition(4, ELSEWHERE, 2, 5);
        assertEquals(1, hear());
        assertFalse(here.table.knowledge().covers(ELSEWHERE, 2, 5));
    }
}
