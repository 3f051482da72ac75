package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.wire.StateRecord;

/** What a peer's deltas do to a table, case by case; state.md section 9. */
class JoinTest {
    private static final long PEER = 7;
    private static final long ELSEWHERE = 9;

    private final Fixture here = new Fixture();
    private final Fixture peer = new Fixture();
    private final Join join = here.table.newJoin();
    private final DeltaReader reader = new DeltaReader();
    private long sequence;

    @AfterEach
    void close() {
        here.close();
        peer.close();
    }

    /** What the peer's table changed since the last time arrives as its next document. */
    private int hear() {
        return hear(++sequence);
    }

    private int hear(long asSequence) {
        join.beginDocument(PEER, 1, asSequence);
        int refused = join.apply(peer.batch.buffer(), 0, peer.batch.length(), here.nowMs);
        join.endDocument();
        peer.batch.reset();
        return refused;
    }

    /** The deltas that arose here, positions left out; the batch is empty afterwards. */
    private List<String> deltas() {
        List<String> texts = texts();
        texts.removeIf(text -> text.startsWith("POSITION"));
        return texts;
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        reader.wrap(here.batch.buffer(), 0, here.batch.length());
        while (reader.next()) {
            boolean isState = reader.isAboutAState();
            if (isState) {
                texts.add(DeltaType.name(reader.type()) + " " + Reason.name(reader.reason()));
            } else if (reader.type() == DeltaType.POSITION) {
                texts.add(
                        "POSITION "
                                + DeltaType.positionKind(reader.reason())
                                + " "
                                + reader.nodeId()
                                + " "
                                + reader.sequence());
            }
        }
        assertFalse(reader.isMalformed());
        here.batch.reset();
        return texts;
    }

    /** Both have the state, and it is the same. */
    private void both(int number) {
        peer.insert(tcp(number));
        hear();
        here.batch.reset();
        assertNotNull(here.get(tcp(number)));
    }

    @Test
    void shouldTakeAnInsertInUnderItsOrigin() {
        peer.insert(tcp(1));
        assertEquals(0, hear());
        assertNotNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION origin 7 1", "PUT insert"), texts());
        assertEquals(1, here.count(CounterId.INSERTED));
        assertEquals(peer.table.digest(), here.table.digest());
    }

    @Test
    void shouldTakeAnUpdateInThatIsNewer() {
        both(1);
        peer.nowMs += 10;
        peer.updateCompressed(TestStates.peers(tcp(1), 4, 1_500, 4, 2_500));
        hear();
        assertEquals(1_500, here.get(tcp(1)).src().seqlo());
        assertEquals(List.of("UPDATE update"), deltas());
    }

    @Test
    void shouldAppendNothingForWhatItHasAlready() {
        peer.insert(tcp(1));
        here.insert(tcp(1));
        here.batch.reset();
        hear();
        assertEquals(List.of(), texts());
    }

    @Test
    void shouldNotGoBackForAnOlderUpdate() {
        both(1);
        here.nowMs += 20;
        here.updateCompressed(TestStates.peers(tcp(1), 9, 5_000, 9, 5_000));
        here.batch.reset();
        peer.nowMs += 10;
        peer.updateCompressed(TestStates.peers(tcp(1), 4, 1_500, 4, 2_500));
        hear();
        assertEquals(5_000, here.get(tcp(1)).src().seqlo());
        assertEquals(9, here.get(tcp(1)).dst().state());
        assertEquals(List.of(), deltas());
    }

    @Test
    void shouldJoinSidesOneByOne() {
        both(1);
        here.updateCompressed(TestStates.peers(tcp(1), 9, 5_000, 4, 2_000));
        here.batch.reset();
        peer.updateCompressed(TestStates.peers(tcp(1), 4, 1_000, 9, 6_000));
        hear();
        assertEquals(9, here.get(tcp(1)).src().state());
        assertEquals(5_000, here.get(tcp(1)).src().seqlo());
        assertEquals(6_000, here.get(tcp(1)).dst().seqlo());
    }

    @Test
    void shouldTakeTheEarlierCreationAndTheLargerCounts() {
        StateRecord ours = tcp(1).packets0(10).packets1(90);
        ours.createdAtMs(ours.createdAtMs() + 400);
        here.insert(ours);
        here.batch.reset();
        peer.insert(tcp(1).packets0(50).packets1(20));
        hear();
        StateRecord joined = here.get(tcp(1));
        assertEquals(tcp(1).createdAtMs(), joined.createdAtMs());
        assertEquals(50, joined.packets0());
        assertEquals(90, joined.packets1());
        assertEquals(List.of("PUT update"), deltas());
    }

    @Test
    void shouldTakeAConfirmationOverAndNeverBack() {
        both(1);
        here.table.markAllUnconfirmed();
        assertEquals(1, here.table.unconfirmed());
        peer.updateCompressed(tcp(1));
        hear();
        assertEquals(0, here.table.unconfirmed());
        peer.updateCompressed(tcp(1));
        unconfirm(peer);
        hear();
        assertEquals(0, here.table.unconfirmed());
    }

    private static void unconfirm(Fixture fixture) {
        StateRecord into = fixture.get(tcp(1));
        fixture.batch.reset();
        into.marks(0);
        fixture.batch.put(into, Reason.UPDATE);
    }

    @Test
    void shouldLetAnObservedDeleteBeatALaterUpdate() {
        both(1);
        peer.delete(tcp(1));
        here.nowMs += 1_000;
        here.updateCompressed(TestStates.peers(tcp(1), 4, 9_000, 4, 9_000));
        here.batch.reset();
        hear();
        assertNull(here.get(tcp(1)));
        assertEquals(List.of("DELETE peer-delete"), deltas());
        assertEquals(1, here.count(CounterId.DELETED));
    }

    @Test
    void shouldIgnoreADeleteOfAnUnknownState() {
        both(1);
        here.delete(tcp(1));
        here.batch.reset();
        peer.delete(tcp(1));
        assertEquals(0, hear());
        assertEquals(List.of(), deltas());
    }

    @Test
    void shouldKeepAStateThatWasCreatedAgainSince() {
        both(1);
        StateRecord again = tcp(1);
        again.createdAtMs(again.createdAtMs() + 59_000);
        here.delete(tcp(1));
        here.nowMs += 61_000;
        here.insert(again);
        here.batch.reset();
        peer.delete(tcp(1));
        hear();
        assertNotNull(here.get(tcp(1)));
        assertEquals(List.of(), deltas());
    }

    @Test
    void shouldReviveWhatAPeerBelievesToBeOver() {
        both(1);
        here.nowMs += 80_000_000;
        here.updateCompressed(tcp(1));
        here.batch.reset();
        expireAtPeer();
        hear();
        assertNotNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION own 0 0", "PUT revived"), texts());
        assertEquals(1, here.count(CounterId.LINK_REVIVED));
    }

    @Test
    void shouldBelieveThatAStateIsOverWhoseTimeIsOverHereToo() {
        both(1);
        here.nowMs = here.get(tcp(1)).expiresAtMs();
        expireAtPeer();
        hear();
        assertNull(here.get(tcp(1)));
        assertEquals(List.of("DELETE expired"), deltas());
    }

    @Test
    void shouldReviveAMillisecondBeforeTheEnd() {
        both(1);
        here.nowMs = here.get(tcp(1)).expiresAtMs() - 1;
        expireAtPeer();
        hear();
        assertEquals(List.of("PUT revived"), deltas());
    }

    private void expireAtPeer() {
        peer.nowMs += 86_400_000 + 20_000;
        peer.workAll();
        assertNull(peer.get(tcp(1)));
    }

    @Test
    void shouldSayADeleteAgainToWhoeverStillHasTheState() {
        here.insert(tcp(1));
        here.delete(tcp(1));
        here.batch.reset();
        peer.insert(tcp(1));
        hear();
        assertNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION own 0 0", "DELETE still-dead"), texts());
        assertEquals(1, here.count(CounterId.LINK_DEAD_REFUSED));
    }

    @Test
    void shouldForgetTheDeadAfterAMinute() {
        here.insert(tcp(1));
        here.delete(tcp(1));
        here.batch.reset();
        here.nowMs += 60_000;
        peer.insert(tcp(1));
        hear();
        assertNotNull(here.get(tcp(1)));
    }

    @Test
    void shouldHoldTombstonesAgainstSnapshotsToo() {
        here.insert(tcp(1));
        here.delete(tcp(1));
        here.batch.reset();
        peer.insert(tcp(1));
        join.takeAll(true);
        hear();
        assertNull(here.get(tcp(1)));
        assertEquals(List.of("DELETE still-dead"), deltas());
    }

    @Test
    void shouldReplaceAStateByALaterOneOfItsId() {
        both(1);
        StateRecord later = tcp(2).id(tcp(1).id());
        later.createdAtMs(later.createdAtMs() + 1);
        peer.insert(later);
        assertEquals(0, hear());
        assertEquals(later.createdAtMs(), here.get(tcp(1)).createdAtMs());
        assertEquals(peer.table.digest(), here.table.digest());
    }

    @Test
    void shouldKeepAStateAgainstAnEarlierOneOfItsId() {
        here.insert(tcp(1));
        here.batch.reset();
        StateRecord earlier = tcp(2).id(tcp(1).id());
        earlier.createdAtMs(earlier.createdAtMs() - 1);
        peer.insert(earlier);
        hear();
        assertEquals(tcp(1).createdAtMs(), here.get(tcp(1)).createdAtMs());
        assertEquals(List.of(), deltas());
    }

    @Test
    void shouldChooseTheSameOfTwoThatWereCreatedAtOnce() {
        here.insert(tcp(1));
        peer.insert(tcp(2).id(tcp(1).id()));
        UnsafeBuffer ours = new UnsafeBuffer(new byte[here.batch.length()]);
        ours.putBytes(0, here.batch.buffer(), 0, ours.capacity());
        here.batch.reset();
        hear();
        Join back = peer.table.newJoin();
        back.beginDocument(8, 1, 1);
        back.apply(ours, 0, ours.capacity(), peer.nowMs);
        back.endDocument();
        assertEquals(peer.table.digest(), here.table.digest());
    }

    @Test
    void shouldIgnoreAnUpdateOfAStateThatIsNotHere() {
        peer.insert(tcp(1));
        peer.batch.reset();
        peer.batch.forgetNames();
        peer.updateCompressed(TestStates.peers(tcp(1), 9, 5_000, 9, 5_000));
        assertEquals(0, hear());
        assertNull(here.get(tcp(1)));
        peer.update(tcp(1).packets0(100));
        assertEquals(0, hear());
        assertNull(here.get(tcp(1)), "a PUT of an update neither");
        assertEquals(List.of(), deltas());
    }

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
        assertEquals(6_000 - refused, here.count(CounterId.LINK_REVIVED));
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
    void shouldRefuseValuesOutOfRange() {
        refuses(record -> record.direction(9));
        refuses(record -> record.direction(3));
        refuses(record -> record.wireAf(0));
        refuses(record -> record.stackAf(0));
        refuses(record -> record.wireAf(28));
        refuses(record -> record.timeout(200));
        refuses(record -> record.timeout(Timeouts.CLASSES));
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
