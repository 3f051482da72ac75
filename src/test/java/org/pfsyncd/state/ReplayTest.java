package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.tcp;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.StateRecord;

/** Clause 8 of state.md: applying deltas. */
class ReplayTest {
    private final Fixture fixture = new Fixture();
    private MirrorTable replica;

    @BeforeEach
    void openReplica() {
        replica = fixture.emptyReplica();
    }

    @AfterEach
    void close() {
        replica.close();
        fixture.close();
    }

    @Test
    void shouldPassOverUnknownStatesOnlyWhileASnapshotIsPending() {
        fixture.insert(tcp(1));
        fixture.batch.reset();
        fixture.updateCompressed(tcp(1));
        fixture.delete(tcp(1));
        assertEquals(0, apply(true));
        assertEquals(2, apply(false));
        assertEquals(0, replica.size());
    }

    @Test
    void shouldTranslateNamesOfSeveralWriters() {
        int em0 = fixture.names.intern("em0");
        fixture.insert(tcp(1).ifname(em0));
        assertEquals(0, apply(false));
        try (Fixture second = new Fixture()) {
            second.names.intern("em9");
            second.insert(tcp(2).ifname(second.names.intern("em1")));
            second.insert(tcp(3).ifname(second.names.intern("em9")));
            assertEquals(0, replica.apply(second.batch.buffer(), 0, second.batch.length(), false));
            fixture.batch.reset();
            fixture.insert(tcp(2).ifname(fixture.names.intern("em1")));
            fixture.insert(tcp(3).ifname(fixture.names.intern("em9")));
            assertEquals(fixture.table.digest(), replica.digest());
        }
    }

    @Test
    void shouldCountNamesThatWereNeverGiven() {
        int em0 = fixture.names.intern("em0");
        fixture.insert(tcp(1).ifname(em0));
        int nameLength = 9;
        int length = fixture.batch.length() - nameLength;
        assertEquals(1, replica.apply(fixture.batch.buffer(), nameLength, length, false));
        assertEquals(0, replica.size());
    }

    @Test
    void shouldCountMalformedRest() {
        fixture.insert(tcp(1));
        fixture.insert(tcp(2));
        assertEquals(
                1, replica.apply(fixture.batch.buffer(), 0, fixture.batch.length() - 1, false));
        assertEquals(1, replica.size());
    }

    @Test
    void shouldCountWhatDoesNotFit() {
        try (Fixture small = new Fixture(TableConfig.ofCapacity(1));
                MirrorTable tiny = small.emptyReplica()) {
            fixture.insert(tcp(1));
            fixture.insert(tcp(2));
            assertEquals(1, tiny.apply(fixture.batch.buffer(), 0, fixture.batch.length(), false));
        }
    }

    @Test
    void shouldReplaceWhateverAPutFinds() {
        fixture.insert(tcp(1));
        apply(false);
        fixture.batch.reset();
        StateRecord changed = TestStates.translated(1).createdAtMs(5).expiresAtMs(7);
        fixture.batch.put(changed, Reason.SNAPSHOT);
        assertEquals(0, apply(false));
        assertEquals(1, replica.size());
        assertEquals(replica.recomputeDigest(), replica.digest());
        StateRecord into = TestStates.blank();
        assertTrue(replica.getByStackKey(changed, into));
        assertFalse(replica.getByWireKey(tcp(1), into));
        assertEquals(5, into.createdAtMs());
        assertEquals(1, replica.unconfirmed(), "marks are carried as they are");
    }

    @Test
    void shouldCountNoEvents() {
        fixture.insert(tcp(1));
        long inserted = fixture.count(NodeCounter.INSERTED);
        fixture.table.apply(fixture.batch.buffer(), 0, fixture.batch.length(), false);
        assertEquals(inserted, fixture.count(NodeCounter.INSERTED));
        assertEquals(1, fixture.count(NodeCounter.STATES));
    }

    @Test
    void shouldSurviveGarbage() {
        byte[] garbage = new byte[64];
        java.util.Arrays.fill(garbage, (byte) 0xFF);
        assertEquals(1, replica.apply(new UnsafeBuffer(garbage), 0, 64, false));
        assertEquals(0, replica.apply(new UnsafeBuffer(garbage), 0, 0, false));
    }

    private int apply(boolean isSnapshotPending) {
        return replica.apply(fixture.batch.buffer(), 0, fixture.batch.length(), isSnapshotPending);
    }
}
