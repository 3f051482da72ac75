package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.pfsyncd.state.TestStates.NOW_MS;
import static org.pfsyncd.state.TestStates.TCP_CLOSING;
import static org.pfsyncd.state.TestStates.TCP_ESTABLISHED;
import static org.pfsyncd.state.TestStates.peers;
import static org.pfsyncd.state.TestStates.tcp;
import static org.pfsyncd.state.TestStates.udp;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** Clause 5 of state.md: when states end. */
class LifetimeTest {
    private static final long GRACE_MS = 10_000;

    private final Fixture fixture = new Fixture();

    @AfterEach
    void shouldLeaveTheJournalEqualToTheMirror() {
        fixture.assertJournalEqualsMirror();
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 60, 60, 0",
        "1, 1, 60, -59",
        "59, 59, 60, -1",
        "60, 60, 60, 0",
        "61, 61, 61, 0",
        "4294967295, 4294967295, 4294967295, 0",
    })
    void shouldTakeSecondsLeftFromAnInsert(long wire, long left, long life, long activity) {
        fixture.insert(udp(1).lifetimeS(wire));
        StateRecord stored = fixture.get(udp(1));
        assertEquals(NOW_MS + left * 1_000, stored.expiresAtMs());
        assertEquals(life, stored.lifetimeS());
        assertEquals(NOW_MS + activity * 1_000, stored.lastActivityMs());
    }

    @Test
    void shouldStartTheLifeAgainWithEveryFreshUpdate() {
        fixture.insert(udp(1).lifetimeS(5));
        fixture.nowMs += 3_000;
        assertEquals(Outcome.MERGED, fixture.updateCompressed(udp(1)));
        assertEquals(fixture.nowMs + 60_000, fixture.get(udp(1)).expiresAtMs());
        assertEquals(fixture.nowMs, fixture.get(udp(1)).lastActivityMs());
    }

    @Test
    void shouldRememberTheLongestLifetimeOfTheSameClassOnly() {
        fixture.insert(tcp(1).lifetimeS(200_000));
        fixture.updateCompressed(tcp(1));
        assertEquals(200_000, fixture.get(tcp(1)).lifetimeS());
        fixture.updateCompressed(peers(tcp(1), 7, 1_000, 4, 2_000).timeout(TCP_CLOSING));
        assertEquals(900, fixture.get(tcp(1)).lifetimeS());
        fixture.update(peers(tcp(1), 7, 1_000, 4, 2_000).timeout(TCP_CLOSING).lifetimeS(1_800));
        assertEquals(1_800, fixture.get(tcp(1)).lifetimeS(), "a full update can announce more");
    }

    @Test
    void shouldRefreshTimersOnAHalfStaleUpdate() {
        fixture.insert(tcp(1));
        fixture.nowMs += 1_000;
        StateRecord half = peers(tcp(1), 4, 999, 4, 2_000).timeout(TCP_CLOSING);
        assertEquals(Outcome.HALF_STALE, fixture.updateCompressed(half));
        assertEquals(fixture.nowMs, fixture.get(tcp(1)).lastActivityMs());
        assertEquals(TCP_CLOSING, fixture.get(tcp(1)).timeout());
    }

    @Test
    void shouldNotTouchTimersWhenBothSidesAreStale() {
        fixture.insert(tcp(1));
        StateRecord before = fixture.get(tcp(1));
        fixture.deltas();
        fixture.nowMs += 1_000;
        StateRecord stale = peers(tcp(1), 4, 999, 4, 1_999).timeout(TCP_CLOSING).packets0(99);
        assertEquals(Outcome.STALE, fixture.updateCompressed(stale));
        assertEquals(Outcome.STALE, fixture.update(stale));
        StateRecord after = fixture.get(tcp(1));
        assertEquals(before.expiresAtMs(), after.expiresAtMs());
        assertEquals(before.lastActivityMs(), after.lastActivityMs());
        assertEquals(TCP_ESTABLISHED, after.timeout());
        assertEquals(0, after.packets0());
        assertEquals(List.of(), fixture.deltas());
    }

    @Test
    void shouldExpireAtTheEndOfLifeAndGrace() {
        fixture.insert(udp(1).lifetimeS(5));
        fixture.nowMs += 5_000 + GRACE_MS - 1;
        fixture.workAll();
        assertNotNull(fixture.get(udp(1)), "one millisecond early");
        fixture.nowMs += Expiry.INTERVAL_MS;
        fixture.workAll();
        assertNull(fixture.get(udp(1)));
        assertEquals(List.of("PUT insert", "DELETE expired"), fixture.deltas());
        assertEquals(1, fixture.count(NodeCounter.EXPIRED));
    }

    @Test
    void shouldExpireExactlyAtTheDeadline() {
        fixture.insert(udp(1).lifetimeS(5));
        fixture.nowMs += 5_000 + GRACE_MS;
        fixture.workAll();
        assertNull(fixture.get(udp(1)));
    }

    @Test
    void shouldWalkAtMostOnceAnInterval() {
        fixture.workAll();
        fixture.insert(udp(1).lifetimeS(1));
        fixture.nowMs += Expiry.INTERVAL_MS - 1;
        assertEquals(0, fixture.table.work(fixture.nowMs, 100));
        fixture.nowMs += 1;
        assertEquals(1, Math.min(1, fixture.table.work(fixture.nowMs, 100)));
    }

    @Test
    void shouldWalkWhenTheClockWasSetBack() {
        fixture.workAll();
        fixture.nowMs -= 3_600_000;
        assertEquals(1, Math.min(1, fixture.table.work(fixture.nowMs, 100)));
    }

    @Test
    void shouldNotExpireWhatWasRefreshedSinceItWasArmed() {
        fixture.insert(udp(1).lifetimeS(5));
        fixture.nowMs += 14_000;
        fixture.updateCompressed(udp(1));
        fixture.nowMs += 60_000 + GRACE_MS - 1;
        fixture.workAll();
        assertNotNull(fixture.get(udp(1)));
        fixture.nowMs += Expiry.INTERVAL_MS;
        fixture.workAll();
        assertNull(fixture.get(udp(1)));
    }

    @Test
    void shouldOrderTwoUpdatesOfOneMillisecond() {
        fixture.insert(tcp(1));
        long insertedMs = fixture.get(tcp(1)).lastActivityMs();
        fixture.updateCompressed(tcp(1));
        fixture.updateCompressed(tcp(1));
        assertEquals(insertedMs + 2, fixture.get(tcp(1)).lastActivityMs());
    }

    @Test
    void shouldHearAtOnceOfALifeThatBecameShorter() {
        fixture.insert(tcp(1));
        fixture.nowMs++;
        fixture.updateCompressed(peers(tcp(1), 7, 1_000, 4, 2_000).timeout(TCP_CLOSING));
        fixture.nowMs += 900_000 + GRACE_MS;
        fixture.workAll();
        assertNull(fixture.get(tcp(1)));
    }

    @Test
    void shouldMissNothingInOneWalkBetweenRefreshedStates() {
        for (int i = 0; i < 4_000; i++) {
            fixture.insert(udp(i).lifetimeS(1));
            fixture.journal();
        }
        fixture.nowMs += 500;
        for (int i = 0; i < 4_000; i += 2) {
            fixture.updateCompressed(udp(i));
            fixture.journal();
        }
        fixture.nowMs += 500 + GRACE_MS;
        fixture.workAll();
        assertEquals(2_000, fixture.table.size());
        assertEquals(2_000, fixture.count(NodeCounter.EXPIRED));
    }

    @Test
    void shouldExpireThousandsInBoundedSlices() {
        for (int i = 0; i < 3_000; i++) {
            fixture.insert(i % 2 == 0 ? udp(i).lifetimeS(1) : TestStates.translated(i));
            fixture.journal();
        }
        fixture.nowMs += 1_000 + GRACE_MS;
        long before = fixture.table.size();
        int used = fixture.table.work(fixture.nowMs, 50);
        assertEquals(true, used <= 200 && before - fixture.table.size() <= 50, "used " + used);
        // Removal shifts slots, and those shifted behind the walk wait for the next one.
        for (int i = 0; i < 3; i++) {
            fixture.workAll();
            fixture.nowMs += Expiry.INTERVAL_MS;
        }
        assertEquals(1_500, fixture.table.size());
    }
}
