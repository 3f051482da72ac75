package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.CREATOR;
import static org.pfsyncd.state.TestStates.NOW_MS;
import static org.pfsyncd.state.TestStates.REALM;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/** Clause 5 of state.md: clears and sweeps (spec pfsync.md section 8.1). */
class PurgeTest {
    private final Fixture fixture = new Fixture(TableConfig.ofCapacity(50_000));
    private final int em0 = fixture.names.intern("em0");
    private final int em1 = fixture.names.intern("em1");

    @AfterEach
    void shouldLeaveTheJournalEqualToTheMirror() {
        fixture.assertJournalEqualsMirror();
        fixture.close();
    }

    @Test
    void shouldClearAtOnceForMessagesAndInSlicesForMemory() {
        fixture.insert(tcp(1));
        fixture.insert(tcp(2));
        fixture.deltas();
        assertEquals(Outcome.CLEARED, clear(CREATOR, 0));
        assertNull(fixture.get(tcp(1)));
        assertEquals(2, fixture.table.size());
        assertEquals(Outcome.TOMBSTONED, fixture.delete(tcp(1)));
        assertEquals(List.of("DELETE cleared"), fixture.deltas());
        fixture.workAll();
        assertEquals(List.of("DELETE cleared"), fixture.deltas());
        assertEquals(0, fixture.table.size());
        assertFalse(fixture.table.isPurging());
        assertEquals(2, fixture.count(NodeCounter.CLEARED));
    }

    @Test
    void shouldClearOneCreatorOneInterfaceOneRealm() {
        int dmz = fixture.names.intern("dmz");
        StateRecord hit = tcp(1).ifname(em0);
        StateRecord otherInterface = tcp(2).ifname(em1);
        StateRecord otherCreator = tcp(3).ifname(em0).creatorId(7);
        StateRecord otherRealm = tcp(4).ifname(em0).realm(dmz);
        for (StateRecord state : List.of(hit, otherInterface, otherCreator, otherRealm)) {
            fixture.insert(state);
        }
        clear(CREATOR, em0);
        fixture.workAll();
        assertNull(fixture.get(hit));
        assertNotNull(fixture.get(otherInterface));
        assertNotNull(fixture.get(otherCreator));
        assertNotNull(fixture.get(otherRealm));
        clear(CREATOR, 0);
        fixture.workAll();
        assertNull(fixture.get(otherInterface));
        assertNotNull(fixture.get(otherRealm));
    }

    @Test
    void shouldSpareWhatComesAfterTheClear() {
        fixture.insert(tcp(1));
        clear(CREATOR, 0);
        StateRecord reborn = tcp(1).createdAtMs(NOW_MS);
        assertEquals(Outcome.INSERTED, fixture.insert(reborn));
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(2)));
        fixture.workAll();
        assertEquals(2, fixture.table.size());
    }

    @Test
    void shouldNotBringTheClearedBack() {
        fixture.insert(tcp(1));
        clear(CREATOR, 0);
        assertEquals(Outcome.TOMBSTONED, fixture.updateCompressed(tcp(1)));
        assertEquals(Outcome.TOMBSTONED, fixture.update(tcp(1)));
    }

    @Test
    void shouldGiveTheKeysOfTheClearedFree() {
        fixture.insert(tcp(1));
        clear(CREATOR, 0);
        assertEquals(Outcome.INSERTED, fixture.insert(tcp(1).id(99).creatorId(7)));
        assertEquals(1, fixture.table.size());
    }

    @Test
    void shouldRefuseMoreClearsThanItCanRemember() {
        fixture.insert(tcp(1));
        for (int creator = 1; creator <= Purge.JOBS_LIMIT; creator++) {
            assertEquals(Outcome.CLEARED, clear(creator, 0));
        }
        assertEquals(Outcome.FULL, clear(99, 0));
        assertEquals(Outcome.CLEARED, clear(1, 0), "a repeated one takes no room");
        fixture.workAll();
        assertEquals(Outcome.CLEARED, clear(99, 0));
    }

    @Test
    void shouldClearManyInSlicesThatAreBounded() {
        for (int i = 0; i < 5_000; i++) {
            fixture.insert(tcp(i));
            fixture.journal();
        }
        clear(CREATOR, 0);
        int slices = 0;
        while (fixture.table.isPurging()) {
            long before = fixture.table.size();
            fixture.table.work(fixture.nowMs, 1);
            assertTrue(before - fixture.table.size() <= 513);
            fixture.journal();
            slices++;
        }
        assertEquals(0, fixture.table.size());
        assertTrue(slices >= fixture.table.segmentCount(), "slices " + slices);
    }

    @Test
    void shouldStopWhileTheBatchIsShortOfRoom() {
        fixture.insert(tcp(1));
        StateRecord filler = tcp(2);
        fixture.insert(filler);
        while (fixture.batch.remaining() >= DeltaBatch.WORK_RESERVE_LENGTH) {
            fixture.updateCompressed(filler);
        }
        clear(CREATOR, 0);
        assertEquals(0, fixture.table.work(fixture.nowMs, 100));
        fixture.journal();
        fixture.workAll();
        assertEquals(0, fixture.table.size());
    }

    @Test
    void shouldSweepWhatNobodyConfirmed() {
        int dmz = fixture.names.intern("dmz");
        for (int i = 0; i < 1_000; i++) {
            fixture.insert(tcp(i));
            fixture.journal();
        }
        fixture.insert(tcp(1_000).realm(dmz));
        fixture.journal();
        fixture.table.markAllUnconfirmed(false);
        for (int i = 0; i < 1_000; i += 2) {
            fixture.updateCompressed(tcp(i));
            fixture.journal();
        }
        fixture.table.sweepUnconfirmed(REALM, fixture.nowMs);
        fixture.updateCompressed(tcp(1));
        fixture.workAll();
        assertEquals(502, fixture.table.size(), "500 confirmed, one in time, one elsewhere");
        assertNotNull(fixture.get(tcp(1)));
        assertNotNull(fixture.get(tcp(1_000).realm(dmz)));
        assertEquals(499, fixture.count(NodeCounter.SWEPT));
        assertEquals(Outcome.INSERTED, fixture.update(tcp(3)), "no tombstone after a sweep");
        fixture.updateCompressed(tcp(1_000).realm(dmz));
    }

    private int clear(int creator, int ifname) {
        return fixture.table.clear(REALM, creator, ifname, fixture.nowMs);
    }
}
