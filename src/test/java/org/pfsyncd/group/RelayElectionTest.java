package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@link RelayElection}: who announces, on both sides of every edge. */
class RelayElectionTest {
    private static final long START = Long.MAX_VALUE - RelayElection.SILENCE_NS / 2; // wraps

    private final RelayElection low = new RelayElection(1, "r", 10);
    private final RelayElection high = new RelayElection(-1, "r", 5); // the largest unsigned

    private long nowNs = START;

    private void workBoth(boolean isLowReady, boolean isHighReady) {
        low.work(isLowReady, nowNs);
        high.work(isHighReady, nowNs);
    }

    private void hearEachOther() {
        low.heard(high.beaconId(), -1, nowNs);
        high.heard(low.beaconId(), 1, nowNs);
    }

    private void settle(boolean isLowReady, boolean isHighReady) {
        for (int i = 0; i < 20; i++) {
            workBoth(isLowReady, isHighReady);
            hearEachOther();
            nowNs += RelayElection.BEACON_NS;
        }
        workBoth(isLowReady, isHighReady);
    }

    @Test
    void shouldListenForOneSilenceBeforeItAnnounces() {
        assertFalse(low.work(true, nowNs));
        assertFalse(low.work(true, nowNs + RelayElection.SILENCE_NS - 1));
        assertTrue(low.work(true, nowNs + RelayElection.SILENCE_NS));
    }

    @Test
    void shouldLetTheLowestCreatoridAnnounce() {
        settle(true, true);
        assertTrue(low.isActive());
        assertFalse(high.isActive());
    }

    @Test
    void shouldPreferWhoeverIsReady() {
        settle(false, true);
        assertFalse(low.isActive());
        assertTrue(high.isActive());
        settle(true, true);
        assertTrue(low.isActive());
        assertFalse(high.isActive());
        settle(false, false);
        assertTrue(low.isActive(), "somebody has to");
        assertFalse(high.isActive());
    }

    @Test
    void shouldTakeOverAfterOneSilenceAndNotBefore() {
        settle(true, true);
        nowNs += RelayElection.SILENCE_NS - RelayElection.BEACON_NS - 1;
        assertFalse(high.work(true, nowNs));
        assertTrue(high.work(true, nowNs + 1));
        high.heard(low.beaconId(), 1, nowNs + 2);
        assertFalse(high.work(true, nowNs + 2), "it is back");
    }

    @Test
    void shouldDecideByTheNonceBetweenEqualCreatorids() {
        RelayElection one = new RelayElection(7, "r", 1);
        RelayElection other = new RelayElection(7, "r", 2);
        one.heard(other.beaconId(), 7, nowNs);
        other.heard(one.beaconId(), 7, nowNs);
        one.work(true, nowNs);
        other.work(true, nowNs);
        one.heard(other.beaconId(), 7, nowNs + RelayElection.SILENCE_NS);
        other.heard(one.beaconId(), 7, nowNs + RelayElection.SILENCE_NS);
        assertTrue(one.work(true, nowNs + RelayElection.SILENCE_NS));
        assertFalse(other.work(true, nowNs + RelayElection.SILENCE_NS));
    }

    @Test
    void shouldNotCompeteWithAnotherRealmNorWithItself() {
        RelayElection other = new RelayElection(0, "s", 1);
        high.work(true, nowNs);
        nowNs += RelayElection.SILENCE_NS;
        high.heard(other.beaconId(), 0, nowNs);
        high.heard(high.beaconId(), -1, nowNs);
        assertTrue(high.work(true, nowNs));
    }

    @Test
    void shouldTellASignOfLifeFromAnAcknowledgement() {
        low.work(false, nowNs);
        assertTrue(RelayElection.isBeacon(low.beaconId()));
        low.work(true, nowNs);
        assertTrue(RelayElection.isBeacon(low.beaconId()));
        assertFalse(RelayElection.isBeacon(0));
        assertFalse(RelayElection.isBeacon(0x6b0000000000001L));
        assertFalse(RelayElection.isBeacon(low.beaconId() | 2L << 32), "no such state");
        assertFalse(RelayElection.isBeacon(low.beaconId() ^ 1L << 63));
    }

    @Test
    void shouldRememberEightRivalsAndForgetTheDead() {
        low.work(true, nowNs);
        nowNs += RelayElection.SILENCE_NS;
        for (int rival = 2; rival < 20; rival++) {
            low.heard(new RelayElection(rival, "r", rival).beaconId(), rival, nowNs);
        }
        assertTrue(low.work(true, nowNs));
        nowNs += RelayElection.SILENCE_NS;
        RelayElection lower = new RelayElection(0, "r", 3);
        lower.work(true, nowNs);
        low.heard(lower.beaconId(), 0, nowNs);
        assertFalse(low.work(true, nowNs), "there is room for it now");
    }

    @Test
    void shouldKnowARivalByItsNonceForOneSilence() {
        RelayElection elsewhere = new RelayElection(77, "r", 5);
        assertFalse(low.hasRival(nowNs));
        low.heard(high.beaconId(), -1, nowNs);
        nowNs += RelayElection.SILENCE_NS - 1;
        assertTrue(low.hasRival(nowNs));
        assertTrue(low.isHeard(elsewhere.beaconId(), nowNs), "its name is another there");
        assertFalse(low.isHeard(new RelayElection(-1, "r", 6).beaconId(), nowNs));
        assertFalse(low.isHeard(new RelayElection(-1, "s", 5).beaconId(), nowNs));
        assertFalse(low.hasRival(nowNs + 1));
        assertFalse(low.isHeard(elsewhere.beaconId(), nowNs + 1));
    }

    @Test
    void shouldGiveASignOfLifeTwiceASecond() {
        low.work(true, nowNs);
        int signs = 0;
        for (int ms = 0; ms < 10_000; ms++) {
            nowNs += 1_000_000;
            signs += low.takeBeacon(nowNs) ? 1 : 0;
        }
        assertEquals(20, signs);
    }
}
