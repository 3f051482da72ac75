package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.tcp;

import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.StateRecord;

/** What a peer that has the same vouches for; state.md 9.14. */
class UnconfirmedTest extends JoinLab {
    private int bucket(int number) {
        return here.table.bucketOf(tcp(number));
    }

    /** A state of the same bucket as the first, with another number. */
    private int neighbourOf(int number) {
        int other = number + 1;
        while (bucket(other) != bucket(number)) {
            other++;
        }
        return other;
    }

    private void unconfirmed(int... numbers) {
        for (int number : numbers) {
            here.insert(tcp(number));
        }
        here.table.markAllUnconfirmed(false);
    }

    @Test
    void shouldConfirmWhatTheBucketHoldsAndNothingElse() {
        unconfirmed(1, 2);
        assertFalse(here.table.isBucketConfirmed(bucket(1)));
        here.table.vouchForBucket(bucket(1));
        here.workAll();
        assertTrue(here.table.isBucketConfirmed(bucket(1)));
        assertFalse(here.table.isBucketConfirmed(bucket(2)));
        assertEquals(1, here.table.unconfirmed());
        assertTrue(here.get(tcp(1)).isConfirmed());
    }

    @Test
    void shouldNotConfirmWhatCameIntoTheBucketSince() {
        int neighbour = neighbourOf(1);
        unconfirmed(1);
        here.table.vouchForBucket(bucket(1));
        peer.insert(tcp(neighbour));
        StateRecord into = peer.get(tcp(neighbour));
        peer.batch.reset();
        into.marks(0);
        peer.batch.put(into, Reason.INSERT);
        hear();
        here.workAll();
        assertEquals(2, here.table.unconfirmed());
        here.table.vouchForBucket(bucket(1));
        here.workAll();
        assertEquals(0, here.table.unconfirmed());
    }

    @Test
    void shouldCountWhateverBecomesOfTheStates() {
        unconfirmed(1, 2, 3, 4);
        here.updateCompressed(tcp(1));
        here.delete(tcp(2));
        here.update(tcp(3).packets0(77));
        assertEquals(1, here.table.unconfirmed());
        for (int number : new int[] {1, 2, 3}) {
            assertTrue(here.table.isBucketConfirmed(bucket(number)), "bucket of " + number);
        }
        assertFalse(here.table.isBucketConfirmed(bucket(4)));
        here.delete(tcp(4));
        assertTrue(here.table.isBucketConfirmed(bucket(4)));
    }
}
