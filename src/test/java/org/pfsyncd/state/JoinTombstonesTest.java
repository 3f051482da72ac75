package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** The dead that a peer's snapshot names; state.md 9.7, and whose change a clear is. */
class JoinTombstonesTest extends JoinLab {
    private static final int KEEP_MS = 60_000;

    /** The peer's tombstones arrive. */
    private int hearTombstones(boolean isSnapshot) {
        peer.batch.reset();
        peer.batch.forgetNames();
        peer.table.tombstones().append(0, 1_000, peer.batch);
        join.takeAll(isSnapshot);
        return hear();
    }

    private void diesAtThePeer(StateRecord state) {
        peer.insert(state);
        peer.delete(state);
    }

    @Test
    void shouldDeleteWhatASnapshotNamesAsDead() {
        both(1);
        both(2);
        peer.delete(tcp(1));
        assertEquals(0, hearTombstones(true));
        assertNull(here.get(tcp(1)));
        assertNotNull(here.get(tcp(2)));
        assertEquals(List.of("POSITION own 7 3", "DELETE peer-delete"), texts());
    }

    @Test
    void shouldKeepOutWhatASnapshotNamesAsDead() {
        diesAtThePeer(tcp(1));
        assertEquals(0, hearTombstones(true));
        assertEquals(List.of(), texts());
        assertEquals(Outcome.TOMBSTONED, here.insert(tcp(1)));
    }

    @Test
    void shouldKeepWhatWasCreatedAgainSince() {
        diesAtThePeer(tcp(1));
        StateRecord again = tcp(1);
        again.createdAtMs(again.createdAtMs() + 20_000);
        here.nowMs += 20_000;
        here.insert(again);
        assertEquals(0, hearTombstones(true));
        assertNotNull(here.get(tcp(1)));
    }

    @Test
    void shouldKeepAnotherConnectionThatHasTheIdNow() {
        diesAtThePeer(tcp(1));
        StateRecord other = tcp(2).id(tcp(1).id());
        here.insert(other);
        assertEquals(0, hearTombstones(true));
        assertNotNull(here.get(other));
    }

    @Test
    void shouldNotBelieveATombstoneWhoseTimeIsOver() {
        both(1);
        peer.delete(tcp(1));
        here.nowMs += KEEP_MS;
        assertEquals(0, hearTombstones(true));
        assertNotNull(here.get(tcp(1)));
    }

    @Test
    void shouldRememberADeathInTheFutureNoLongerThanOneOfNow() {
        peer.nowMs += 10 * KEEP_MS;
        diesAtThePeer(tcp(1));
        assertEquals(0, hearTombstones(true));
        here.nowMs += KEEP_MS - 1;
        assertEquals(Outcome.TOMBSTONED, here.insert(tcp(1)));
        here.nowMs += 1;
        assertEquals(Outcome.INSERTED, here.insert(tcp(1)));
    }

    @Test
    void shouldRefuseTombstonesOutsideOfASnapshot() {
        both(1);
        peer.delete(tcp(1));
        assertEquals(1, hearTombstones(false));
        assertNotNull(here.get(tcp(1)));
    }

    @Test
    void shouldRefuseTimesThatCannotBe() {
        both(1);
        peer.delete(tcp(1));
        for (long bad : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 1L << 46, -(1L << 46)}) {
            peer.table.shiftTimes(ClockShift.whole(bad - peer.nowMs));
            assertEquals(1, hearTombstones(true), "died at about " + bad);
            peer.table.shiftTimes(ClockShift.whole(peer.nowMs - bad));
            assertNotNull(here.get(tcp(1)));
        }
    }

    /**
     * Marked as the peer's, the delete would be believed by nobody: the peer has no such change.
     */
    @Test
    void shouldSayAsItsOwnWhatAClearTakesWhileAChangeOfThePeerIsJoined() {
        both(1);
        here.table.clear(tcp(1).realm(), tcp(1).creatorId(), 0, here.nowMs);
        peer.nowMs += 10;
        peer.updateCompressed(TestStates.peers(tcp(1), 4, 1_500, 4, 2_500));
        hear();
        assertNull(here.get(tcp(1)));
        assertEquals(List.of("POSITION own 0 0", "DELETE cleared"), texts());
    }

    /** A third node that hears of our position knows the revival then, and must have heard it. */
    @Test
    void shouldPassARevivalOnThoughItHasTheState() {
        both(1);
        peer.insert(tcp(1));
        peer.batch.reset();
        peer.batch.put(tcp(1), Reason.REVIVED);
        hear();
        assertEquals(List.of("POSITION origin 7 " + sequence, "PUT revived"), texts());
        peer.batch.put(tcp(1), Reason.REVIVED);
        join.takeAll(true);
        hear();
        assertEquals(List.of(), texts());
    }

    /** Whoever hears a part says so as its own: two nodes told each other one revival for ever. */
    @Test
    void shouldPassARevivalOnInTheNumbersOfItsCause() {
        both(1);
        hearRevivalCausedBy(ELSEWHERE, 5);
        assertEquals(List.of("POSITION own " + ELSEWHERE + " 5", "PUT revived"), texts());
    }

    @Test
    void shouldEndARevivalWhereItsCauseIsKnown() {
        both(1);
        here.table.knowledge().ownId(ELSEWHERE);
        hearRevivalCausedBy(ELSEWHERE, 5);
        assertEquals(List.of(), texts(), "it is where it began");
        here.table.knowledge().advance(PEER, 1, 9);
        sequence = 9;
        hearRevivalCausedBy(PEER, 9);
        assertEquals(List.of(), texts(), "it came by another path");
    }

    private void hearRevivalCausedBy(long nodeId, long atSequence) {
        peer.batch.reset();
        peer.batch.appendPosition(DeltaType.OWN, nodeId, 1, atSequence);
        peer.batch.put(tcp(1), Reason.REVIVED);
        hear();
    }
}
