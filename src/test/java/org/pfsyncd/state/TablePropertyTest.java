package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/** The invariants of state.md over random traffic; a failing seed is printed. */
class TablePropertyTest {
    private static final int PROXY_SRC = 11;

    @Property(tries = 200)
    void shouldNeverRegressWhateverTheOrderAndDuplication(@ForAll long seed) {
        Random random = new Random(seed);
        List<StateRecord> updates = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            StateRecord update = randomPeers(TestStates.tcp(1), random);
            updates.add(update);
            if (random.nextInt(3) == 0) {
                updates.add(update);
            }
        }
        Collections.shuffle(updates, random);
        try (Fixture fixture = new Fixture(TableConfig.ofCapacity(10))) {
            fixture.insert(TestStates.peers(TestStates.tcp(1), 1, 0, 1, 0));
            for (StateRecord update : updates) {
                StateRecord before = fixture.get(update);
                int outcome =
                        random.nextBoolean()
                                ? fixture.update(update)
                                : fixture.updateCompressed(update);
                StateRecord after = fixture.get(update);
                assertNotBackward(before.src(), after.src(), true);
                assertNotBackward(before.dst(), after.dst(), false);
                assertTrue(outcome == Outcome.STALE || fixture.get(update).isConfirmed());
            }
            fixture.assertJournalEqualsMirror();
        }
    }

    @Property(tries = 100)
    void shouldReplayToTheSameTable(@ForAll long seed) {
        Random random = new Random(seed);
        try (Fixture fixture = new Fixture(TableConfig.ofCapacity(60))) {
            Traffic traffic = new Traffic(fixture, random);
            for (int round = 0; round < 30; round++) {
                traffic.run(random.nextInt(40));
                fixture.assertJournalEqualsMirror();
            }
        }
    }

    /** An INS has a short way in; a full UPD of a state that is not known has only the long one. */
    @Property(tries = 200)
    void shouldInsertByTheShortWayWhatTheLongOneInserts(@ForAll long seed) {
        TableConfig config = TableConfig.ofCapacity(30);
        try (Fixture fixture = new Fixture(config);
                Fixture careful = new Fixture(config)) {
            Traffic traffic = new Traffic(fixture, new Random(seed));
            Traffic carefulTraffic = new Traffic(careful, new Random(seed));
            carefulTraffic.isCareful = true;
            for (int i = 0; i < 1_000; i++) {
                traffic.run(1);
                carefulTraffic.run(1);
                assertEquals(carefulTraffic.outcome, traffic.outcome, "step " + i);
                assertEquals(careful.table.digest(), fixture.table.digest(), "step " + i);
                assertEquals(journaled(careful), journaled(fixture), "step " + i);
                careful.batch.reset();
                fixture.batch.reset();
            }
        }
    }

    private static ByteBuffer journaled(Fixture fixture) {
        byte[] bytes = new byte[fixture.batch.length()];
        fixture.batch.buffer().getBytes(0, bytes);
        return ByteBuffer.wrap(bytes);
    }

    @Property(tries = 100)
    void shouldEndEqualFromASnapshotTakenWhileTheTableChanges(@ForAll long seed) {
        Random random = new Random(seed);
        try (Fixture fixture = new Fixture(TableConfig.ofCapacity(20_000));
                MirrorTable late = fixture.emptyReplica()) {
            Traffic traffic = new Traffic(fixture, random);
            traffic.run(300);
            fixture.journal();
            assertTrue(fixture.batch.appendAllNames());
            int segments = fixture.table.segmentCount();
            for (int segment = 0; segment < segments; segment++) {
                traffic.run(random.nextInt(20));
                fixture.table.readSegment(segment, fixture.batch::appendSnapshot);
                traffic.run(random.nextInt(20));
                assertEquals(
                        0, late.apply(fixture.batch.buffer(), 0, fixture.batch.length(), true));
                fixture.journal();
            }
            assertEquals(fixture.table.digest(), late.digest());
            traffic.run(300);
            assertEquals(0, late.apply(fixture.batch.buffer(), 0, fixture.batch.length(), false));
            assertEquals(fixture.table.digest(), late.digest());
            assertEquals(fixture.table.size(), late.size());
        }
    }

    @Property(tries = 50)
    void shouldGiveOneDigestForAnyOrderOfTheSameInserts(@ForAll long seed) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            numbers.add(i);
        }
        try (Fixture one = new Fixture();
                Fixture other = new Fixture()) {
            numbers.forEach(number -> one.insert(TestStates.translated(number)));
            Collections.shuffle(numbers, new Random(seed));
            numbers.forEach(number -> other.insert(TestStates.translated(number)));
            assertEquals(one.table.digest(), other.table.digest());
            other.update(TestStates.peers(TestStates.translated(0), 4, 1_001, 4, 2_000));
            assertTrue(one.table.digest() != other.table.digest());
        }
    }

    /** Every journaled byte counts in the digest, but for the marks, dialect, origin and pads. */
    @Property(tries = 300)
    void shouldSeeEveryByteThatMatters(@ForAll long seed) {
        Random random = new Random(seed);
        StateRecord record = TestStates.translated(random.nextInt(1_000));
        StateRecord changed = TestStates.copy(record);
        int position = random.nextInt(StateRecord.LENGTH);
        if (isName(position)) {
            return;
        }
        changed.buffer().putByte(position, (byte) (record.buffer().getByte(position) + 1));
        assertEquals(!isLocal(position), digest(record) != digest(changed), "byte " + position);
    }

    private static boolean isName(int position) {
        return position == StateRecord.REALM_OFFSET
                || position == StateRecord.REALM_OFFSET + 1
                || (position >= StateRecord.RT_IFNAME_OFFSET && position < StateRecord.RULE_OFFSET);
    }

    private static boolean isLocal(int position) {
        return position == StateRecord.DIALECT_OFFSET
                || position == StateRecord.DIALECT_OFFSET + 1
                || position >= StateRecord.MARKS_OFFSET;
    }

    private static long digest(StateRecord record) {
        TableDigest digest = new TableDigest(new org.pfsyncd.wire.NameTable());
        digest.add(record);
        return digest.value();
    }

    private static void assertNotBackward(PeerRecord before, PeerRecord after, boolean isSrc) {
        boolean leavesProxy = isSrc && before.state() >= PROXY_SRC && after.state() < PROXY_SRC;
        if (leavesProxy) {
            return;
        }
        assertTrue(after.state() >= before.state(), "state " + before.state());
        if (after.state() == before.state()) {
            assertTrue((int) (after.seqlo() - before.seqlo()) >= 0, "seqlo " + before.seqlo());
        }
    }

    private static StateRecord randomPeers(StateRecord record, Random random) {
        return TestStates.peers(
                record,
                random.nextInt(13),
                random.nextInt() & 0xFFFF_FFFFL,
                random.nextInt(13),
                random.nextInt() & 0xFFFF_FFFFL);
    }

    /** Random messages about few states, so that they meet: clashes, replacements, tombstones. */
    private static final class Traffic {
        private final Fixture fixture;
        private final Random random;
        private final int[] interfaces;
        private boolean isCareful;
        private int outcome;
        private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[StateRecord.LENGTH]);

        Traffic(Fixture fixture, Random random) {
            this.fixture = fixture;
            this.random = random;
            interfaces =
                    new int[] {
                        fixture.names.intern("all"),
                        fixture.names.intern("em0"),
                        fixture.names.intern("em1")
                    };
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                step(state());
                if (fixture.batch.remaining() < DeltaBatch.WORST_FRAME_LENGTH) {
                    throw new AssertionError("the batch is too small for this test");
                }
            }
        }

        private void step(StateRecord state) {
            switch (random.nextInt(20)) {
                case 0 -> fixture.delete(state);
                case 1 -> clear(state);
                case 2 -> fixture.nowMs += random.nextInt(40_000);
                case 3, 4, 5 -> fixture.table.work(fixture.nowMs, 1 + random.nextInt(50));
                case 6, 7, 8, 9 -> fixture.updateCompressed(state);
                case 10, 11, 12 -> fixture.update(state);
                case 13 -> fixture.table.sweepUnconfirmed(0, fixture.nowMs);
                default -> outcome = isCareful ? fixture.update(state) : fixture.insert(state);
            }
        }

        private void clear(StateRecord state) {
            int ifname = random.nextBoolean() ? 0 : state.ifname();
            fixture.table.clear(state.realm(), state.creatorId(), ifname, fixture.nowMs);
        }

        private StateRecord state() {
            int number = random.nextInt(80);
            StateRecord state =
                    random.nextInt(3) == 0
                            ? TestStates.translated(number % 40)
                            : TestStates.tcp(number % 50);
            scratch.putBytes(0, state.buffer(), 0, StateRecord.LENGTH);
            StateRecord copy = new StateRecord().wrap(scratch, 0);
            copy.id(number).creatorId(1 + number % 3).ifname(interfaces[number % 3]);
            copy.createdAtMs(TestStates.NOW_MS - 1_000L * random.nextInt(15));
            copy.timeout(random.nextInt(14)).lifetimeS(random.nextInt(60));
            copy.packets0(random.nextInt(10));
            return randomPeers(copy, random);
        }
    }
}
