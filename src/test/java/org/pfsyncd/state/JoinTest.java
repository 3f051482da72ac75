package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.StateRecord;

/** What a peer's deltas do to a table, case by case; state.md section 9. */
class JoinTest extends JoinLab {
    @Test
    void shouldTakeAnInsertInUnderItsOrigin() {
        peer.insert(tcp(1));
        assertEquals(0, hear());
        assertNotNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION origin 7 1", "PUT insert"), texts());
        assertEquals(1, here.count(NodeCounter.INSERTED));
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
    void shouldPassOnThatARelaySaidAnUpdate() {
        both(1);
        peer.table.relayed(true);
        peer.nowMs += 10;
        peer.updateCompressed(TestStates.peers(tcp(1), 4, 1_500, 4, 2_500));
        hear();
        assertEquals(List.of("UPDATE relayed"), deltas());
        peer.update(TestStates.peers(tcp(1).packets0(99), 4, 1_600, 4, 2_600));
        hear();
        assertEquals(List.of("PUT relayed"), deltas());
        peer.table.relayed(false);
        peer.nowMs += 10;
        peer.updateCompressed(TestStates.peers(tcp(1), 4, 1_700, 4, 2_700));
        hear();
        assertEquals(List.of("UPDATE update"), deltas());
    }

    @Test
    void shouldTakeNoRelayedUpdateForAnInsert() {
        both(1);
        here.delete(tcp(1));
        here.nowMs += 61_000;
        here.workAll();
        here.batch.reset();
        peer.table.relayed(true);
        peer.update(tcp(1).packets0(99));
        hear();
        assertNull(here.get(tcp(1)), "it was deleted here");
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
        here.table.markAllUnconfirmed(false);
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
        assertEquals(1, here.count(NodeCounter.DELETED));
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
        assertEquals(1, here.count(NodeCounter.LINK_REVIVED));
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
        assertEquals(1, here.count(NodeCounter.LINK_DEAD_REFUSED));
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
}
