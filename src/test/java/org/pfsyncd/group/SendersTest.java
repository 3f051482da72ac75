package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.Dialect;

/**
 * {@link SenderTable}, {@link AckPolicy} and {@link AddressPrefix}: who speaks, who is believed.
 */
class SendersTest {
    private final SenderTable senders = new SenderTable();
    private final long nowNs =
            Math.subtractExact(Long.MAX_VALUE, AckPolicy.WATCH_NS / 2); // wraps in most tests

    private static UnsafeBuffer address(int... bytes) {
        UnsafeBuffer address = new UnsafeBuffer(new byte[16]);
        for (int i = 0; i < bytes.length; i++) {
            address.putByte(i, (byte) bytes[i]);
        }
        return address;
    }

    private int heard(int host, long atNs) {
        return senders.heard(address(10, 0, 0, host), 4, atNs);
    }

    @Test
    void shouldTrackSixtyFourAndReplaceWhoWasSilentForMinute() {
        for (int i = 0; i < SenderTable.LIMIT; i++) {
            assertEquals(i, heard(i, nowNs + i));
            assertTrue(senders.hasLastAppeared());
        }
        assertEquals(5, heard(5, nowNs + 100));
        assertFalse(senders.hasLastAppeared());
        assertEquals(-1, heard(200, nowNs + SenderTable.ALIVE_NS - 1), "nobody is silent enough");
        assertFalse(senders.hasLastAppeared());
        assertEquals(0, heard(200, nowNs + SenderTable.ALIVE_NS), "in place of the first");
        assertTrue(senders.hasLastAppeared());
        assertEquals(SenderTable.LIMIT, senders.count());
        assertEquals(1, senders.describe(0, nowNs).frames(), "nothing of the former is left");
        assertEquals("10.0.0.200", senders.text(0));
    }

    @Test
    void shouldSayWhenSomebodyComesBackAfterAMinute() {
        heard(1, nowNs);
        heard(1, nowNs + SenderTable.ALIVE_NS - 1);
        assertFalse(senders.hasLastAppeared(), "one nanosecond early");
        heard(1, nowNs + 2 * SenderTable.ALIVE_NS - 1);
        assertTrue(senders.hasLastAppeared());
        heard(1, nowNs + 2 * SenderTable.ALIVE_NS);
        assertFalse(senders.hasLastAppeared());
    }

    @Test
    void shouldTellFamiliesApart() {
        assertEquals(0, senders.heard(address(10, 0, 0, 1), 4, nowNs));
        assertEquals(1, senders.heard(address(10, 0, 0, 1), 6, nowNs));
    }

    @Test
    void shouldKnowNewestDialectOfWhoSpokeLast() {
        assertNull(senders.newestDialect());
        int first = heard(1, nowNs);
        senders.noteDialect(first, Dialect.V1400);
        senders.noteDialect(first, Dialect.V5);
        assertEquals(Dialect.V1400, senders.newestDialect(), "a frame without a state says less");
        senders.noteDialect(heard(2, nowNs + 1), Dialect.V6);
        assertEquals(Dialect.V6, senders.newestDialect());
        heard(1, nowNs + 2);
        assertEquals(Dialect.V1400, senders.newestDialect());
        senders.noteDialect(first, Dialect.V6);
        assertEquals(Dialect.V6, senders.newestDialect(), "another system at that address");
    }

    /** FreeBSD 15 does not come up, and 14 is booted again at the same address. */
    @Test
    void shouldFollowAHostWhoseUpgradeIsTakenBack() {
        int host = heard(1, nowNs);
        senders.noteDialect(host, Dialect.V1400);
        senders.noteDialect(host, Dialect.V1500);
        assertEquals(Dialect.V1500, senders.commonDialect(nowNs));
        senders.noteDialect(host, Dialect.V5);
        assertEquals(Dialect.V1500, senders.commonDialect(nowNs), "without states: still");
        senders.noteDialect(host, Dialect.V1400);
        assertEquals(Dialect.V1400, senders.commonDialect(nowNs), "it would not read 1500");
        assertEquals(Dialect.V1400, senders.newestDialect());
        senders.noteDialect(host, Dialect.V1500);
        assertEquals(Dialect.V1500, senders.commonDialect(nowNs), "and the next attempt");
    }

    @Test
    void shouldAcknowledgeAfterWatchOfOneSecond() {
        AckPolicy policy = new AckPolicy(AckMode.AUTO, senders);
        int only = heard(1, nowNs);
        assertFalse(policy.isAllowed(only, nowNs));
        assertFalse(policy.isAllowed(only, nowNs + AckPolicy.WATCH_NS - 1));
        assertTrue(policy.isAllowed(only, nowNs + AckPolicy.WATCH_NS));
        policy.restart();
        assertFalse(policy.isAllowed(only, nowNs + AckPolicy.WATCH_NS), "deaf for a while");
    }

    @Test
    void shouldLeaveAcknowledgementToAnotherLivingMember() {
        AckPolicy policy = new AckPolicy(AckMode.AUTO, senders);
        int asking = heard(1, nowNs);
        assertFalse(policy.isAllowed(asking, nowNs));
        heard(2, nowNs);
        long lastNs = nowNs + SenderTable.ALIVE_NS;
        assertFalse(policy.isAllowed(asking, lastNs - 1));
        assertFalse(policy.isAllowed(asking, lastNs), "a new watch begins");
        assertTrue(policy.isAllowed(asking, lastNs + AckPolicy.WATCH_NS));
        assertFalse(policy.isAllowed(-1, lastNs + AckPolicy.WATCH_NS), "whoever that is");
    }

    @Test
    void shouldNotTakeARelayForAStandby() {
        AckPolicy policy = new AckPolicy(AckMode.AUTO, senders);
        int asking = heard(1, nowNs);
        senders.noteRelay(heard(2, nowNs));
        assertFalse(policy.isAllowed(asking, nowNs));
        assertTrue(policy.isAllowed(asking, nowNs + AckPolicy.WATCH_NS));
        heard(3, nowNs + AckPolicy.WATCH_NS);
        assertFalse(policy.isAllowed(asking, nowNs + AckPolicy.WATCH_NS), "a firewall");
    }

    @Test
    void shouldKnowFirewallsByWhatTheySay() {
        int firewall = heard(1, nowNs);
        int relay = heard(2, nowNs);
        senders.noteOrigin(firewall);
        senders.noteOrigin(relay);
        senders.noteOrigin(-1);
        assertEquals(0b11, senders.origins());
        senders.noteRelay(relay);
        senders.noteOrigin(relay);
        assertEquals(0b01, senders.origins());
        for (int i = 3; i <= SenderTable.LIMIT; i++) {
            heard(i, nowNs + 1);
        }
        assertEquals(firewall, heard(200, nowNs + SenderTable.ALIVE_NS), "in its place");
        assertEquals(0, senders.origins());
    }

    @Test
    void shouldObeyAlwaysAndNever() {
        int asking = heard(1, nowNs);
        heard(2, nowNs);
        assertTrue(new AckPolicy(AckMode.ALWAYS, senders).isAllowed(asking, nowNs));
        assertTrue(new AckPolicy(AckMode.ALWAYS, senders).isAllowed(-1, nowNs));
        SenderTable alone = new SenderTable();
        alone.heard(address(10, 0, 0, 1), 4, nowNs);
        AckPolicy never = new AckPolicy(AckMode.NEVER, alone);
        assertFalse(never.isAllowed(0, nowNs) || never.isAllowed(0, nowNs + AckPolicy.WATCH_NS));
    }

    @Test
    void shouldMatchPrefixesToTheBit() {
        AddressPrefix prefix = AddressPrefix.of(new byte[] {10, 0, 0, 64}, 26);
        assertTrue(prefix.contains(address(10, 0, 0, 64), 4));
        assertTrue(prefix.contains(address(10, 0, 0, 127), 4));
        assertFalse(prefix.contains(address(10, 0, 0, 63), 4));
        assertFalse(prefix.contains(address(10, 0, 0, 128), 4));
        assertFalse(prefix.contains(address(10, 0, 0, 64), 6), "another family");
        AddressPrefix host = AddressPrefix.of(new byte[] {10, 0, 0, 1}, 32);
        assertTrue(host.contains(address(10, 0, 0, 1), 4));
        assertFalse(host.contains(address(10, 0, 0, 0), 4));
        assertTrue(AddressPrefix.of(new byte[4], 0).contains(address(255, 1, 2, 3), 4));
    }

    @Test
    void shouldMatchLongPrefixesAcrossTheMiddle() {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) 0xfe;
        bytes[8] = (byte) 0x80;
        int[] same = {0xfe, 0, 0, 0, 0, 0, 0, 0, 0xff};
        int[] other = {0xfe, 0, 0, 0, 0, 0, 0, 0, 0x7f};
        assertTrue(AddressPrefix.of(bytes, 65).contains(address(same), 6));
        assertFalse(AddressPrefix.of(bytes, 65).contains(address(other), 6));
        assertTrue(AddressPrefix.of(bytes, 64).contains(address(other), 6));
        assertFalse(AddressPrefix.of(bytes, 128).contains(address(same), 6));
        assertTrue(
                AddressPrefix.of(bytes, 128).contains(address(0xfe, 0, 0, 0, 0, 0, 0, 0, 0x80), 6));
    }

    @Test
    void shouldRefusePrefixLengthsThatDoNotFit() {
        assertThrows(IllegalArgumentException.class, () -> AddressPrefix.of(new byte[4], 33));
        assertThrows(IllegalArgumentException.class, () -> AddressPrefix.of(new byte[16], 129));
        assertThrows(IllegalArgumentException.class, () -> AddressPrefix.of(new byte[4], -1));
    }
}
