package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.StateRecord;

/** The digest counted again from the records: right beside any change, and seeing any fault. */
class RecountTest {
    private static final int STATES = 8_000;
    private static final TableConfig CONFIG = TableConfig.ofCapacity(20_000);

    @Property(tries = 60)
    void shouldFindNothingWrongWhileTheTableChanges(@ForAll long seed) {
        Random random = new Random(seed);
        try (Fixture fixture = new Fixture(CONFIG)) {
            for (int i = 0; i < STATES; i += 2) {
                fixture.insert(TestStates.tcp(i));
                fixture.journal();
            }
            Recount recount = fixture.table.recount();
            long wanted = recount.start();
            wanted = random.nextBoolean() ? recount.start() : wanted;
            int slices = recount.slice(fixture.nowMs);
            assertEquals(0, recount.ended(), "changes come between slices");
            while (recount.ended() < wanted && slices < 10_000) {
                for (int i = random.nextInt(40); i > 0; i--) {
                    change(fixture, random);
                }
                fixture.nowMs += random.nextInt(3);
                slices += recount.slice(fixture.nowMs);
            }
            assertEquals(wanted, recount.ended());
            assertEquals(0, recount.wrong());
            assertEquals(fixture.table.recomputeDigest(), fixture.table.digest());
        }
    }

    private static void change(Fixture fixture, Random random) {
        StateRecord record = TestStates.tcp(random.nextInt(STATES));
        switch (random.nextInt(2_000)) {
            case 0 -> fixture.table.shiftTimes(ClockShift.whole(random.nextInt(2_000) - 1_000));
            case 1 -> fixture.table.clear(record.realm(), record.creatorId(), 0, fixture.nowMs);
            case 2, 3 -> fixture.nowMs += random.nextInt(60_000);
            default -> changeOne(fixture, random, record);
        }
        fixture.table.work(fixture.nowMs, 1 + random.nextInt(500));
        fixture.journal();
    }

    private static void changeOne(Fixture fixture, Random random, StateRecord record) {
        switch (random.nextInt(3)) {
            case 0 -> fixture.insert(record);
            case 1 -> {
                record.src().seqlo(record.src().seqlo() + random.nextInt(1_000));
                if (random.nextBoolean()) {
                    fixture.updateCompressed(record);
                } else {
                    fixture.update(record);
                }
            }
            default -> fixture.delete(record);
        }
    }

    @Test
    void shouldPutRightWhatIsNotThatOfTheRecords() {
        try (Fixture fixture = new Fixture(CONFIG)) {
            for (int i = 0; i < 600; i++) {
                fixture.insert(TestStates.tcp(i));
            }
            long before = fixture.table.digest();
            spoilOne(fixture.table);
            assertEquals(before, fixture.table.digest(), "nobody noticed");
            count(fixture);
            assertEquals(1, fixture.table.recount().wrong(), "that one");
            assertNotEquals(before, fixture.table.digest());
            assertEquals(fixture.table.recomputeDigest(), fixture.table.digest());
            count(fixture);
            assertEquals(1, fixture.table.recount().wrong(), "no further");
        }
    }

    @Test
    void shouldFindWhatIsWrongBeforeAllTimesMove() {
        try (Fixture fixture = new Fixture(CONFIG)) {
            for (int i = 0; i < 600; i++) {
                fixture.insert(TestStates.tcp(i));
            }
            spoilOne(fixture.table);
            long wanted = fixture.table.recount().start();
            fixture.table.shiftTimes(ClockShift.whole(5));
            assertEquals(wanted, fixture.table.recount().ended());
            assertEquals(1, fixture.table.recount().wrong());
            assertEquals(fixture.table.recomputeDigest(), fixture.table.digest());
        }
    }

    @Test
    void shouldEndForEachOfManyThatAskMeanwhile() {
        try (Fixture fixture = new Fixture(CONFIG)) {
            for (int i = 0; i < 6_000; i++) {
                fixture.insert(TestStates.tcp(i));
                fixture.journal();
            }
            Recount recount = fixture.table.recount();
            long first = recount.start();
            for (int i = 0; i < 100 && recount.ended() < first; i++) {
                fixture.nowMs++;
                assertEquals(1, recount.slice(fixture.nowMs));
                assertEquals(0, recount.slice(fixture.nowMs), "once a millisecond");
                assertTrue(recount.start() <= recount.ended() + 2);
            }
            assertEquals(first, recount.ended());
        }
    }

    /** Another bit in one record, as bad memory makes it. */
    private static void spoilOne(MirrorTable table) {
        boolean[] isSpoilt = new boolean[1];
        for (int segment = 0; segment < table.segmentCount(); segment++) {
            table.readSegment(
                    segment,
                    record -> {
                        int at = record.offset() + StateRecord.MUTABLE_OFFSET;
                        if (!isSpoilt[0]) {
                            record.buffer().putByte(at, (byte) (record.buffer().getByte(at) ^ 16));
                        }
                        isSpoilt[0] = true;
                    });
        }
    }

    private static void count(Fixture fixture) {
        Recount recount = fixture.table.recount();
        long wanted = recount.start();
        for (int i = 0; i < 100 && recount.ended() < wanted; i++) {
            fixture.nowMs++;
            assertEquals(1, recount.slice(fixture.nowMs));
        }
        assertEquals(wanted, recount.ended());
        fixture.nowMs++;
        assertEquals(0, recount.slice(fixture.nowMs), "nothing more to do");
    }
}
