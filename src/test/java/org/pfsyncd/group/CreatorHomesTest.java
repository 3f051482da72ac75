package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Which creators live on a segment, and for how long that is believed. */
class CreatorHomesTest {
    private static final int CREATOR = 7;

    private final SenderTable senders = new SenderTable();
    private final CreatorHomes homes = new CreatorHomes(senders);
    private final long nowNs = shortlyBeforeTheClockWraps();
    private final int firewall = sender(1);
    private final int relay = sender(2);

    private static long shortlyBeforeTheClockWraps() {
        return Long.MAX_VALUE - CreatorHomes.SEEN_NS / 2;
    }

    private int sender(int host) {
        UnsafeBuffer address = new UnsafeBuffer(new byte[16]);
        address.putByte(3, (byte) host);
        return senders.heard(address, 4, nowNs);
    }

    @Test
    void shouldForgetAfterADayWhatNobodySpokeOf() {
        homes.onSeen(CREATOR, firewall, nowNs);
        assertTrue(homes.isSeen(CREATOR, nowNs + CreatorHomes.SEEN_NS - 1));
        assertFalse(homes.isSeen(CREATOR, nowNs + CreatorHomes.SEEN_NS), "no state is that old");
        assertTrue(CreatorHomes.SEEN_NS > 86_400_000_000_000L, "as long as pf keeps one");
        homes.onSeen(CREATOR, firewall, nowNs + CreatorHomes.SEEN_NS);
        assertTrue(homes.isSeen(CREATOR, nowNs + CreatorHomes.SEEN_NS));
    }

    @Test
    void shouldTakeNoAnswerForNews() {
        homes.onSeen(CREATOR, firewall, nowNs);
        assertFalse(homes.isSpokenOf(CREATOR, nowNs), "somebody asked for it");
        homes.onNews(CREATOR, firewall, nowNs);
        assertTrue(homes.isSpokenOf(CREATOR, nowNs + CreatorHomes.HOLD_NS - 1));
        assertFalse(homes.isSpokenOf(CREATOR, nowNs + CreatorHomes.HOLD_NS));
        assertTrue(homes.isSeen(CREATOR, nowNs + CreatorHomes.HOLD_NS));
        homes.onHeard(CREATOR, firewall, nowNs + CreatorHomes.HOLD_NS);
        assertTrue(homes.isSpokenOf(CREATOR, nowNs + CreatorHomes.HOLD_NS), "of itself");
        assertTrue(homes.isHeard(CREATOR, nowNs + CreatorHomes.HOLD_NS));
    }

    @Test
    void shouldLearnNothingFromARelay() {
        senders.noteRelay(relay);
        homes.onHeard(CREATOR, relay, nowNs);
        homes.onNews(CREATOR, relay, nowNs);
        assertFalse(homes.isSeen(CREATOR, nowNs) || homes.isSpokenOf(CREATOR, nowNs));
    }

    @Test
    void shouldForgetTheNewsWithTheCreatorItReplaces() {
        homes.onNews(CREATOR, firewall, nowNs);
        for (int i = 1; i <= CreatorHomes.LIMIT; i++) {
            homes.onSeen(1_000 + i, firewall, nowNs + i);
        }
        assertFalse(homes.isSeen(CREATOR, nowNs));
        assertFalse(homes.isSpokenOf(1_000 + CreatorHomes.LIMIT, nowNs + CreatorHomes.LIMIT));
        assertEquals(2, senders.count());
    }
}
