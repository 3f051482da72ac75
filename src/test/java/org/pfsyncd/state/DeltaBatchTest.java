package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Clause 7 of state.md: the deltas. */
class DeltaBatchTest {
    private final NameTable names = new NameTable();
    private final DeltaBatch batch = new DeltaBatch(names);
    private final DeltaReader reader = new DeltaReader();

    @Test
    void shouldLayDeltasOutAsDocumented() {
        StateRecord state = tcp(1).ifname(names.intern("em0"));
        batch.put(state, Reason.INSERT);
        batch.update(state, Reason.UPDATE);
        batch.delete(state, Reason.EXPIRED);
        assertEquals(4, batch.count());
        assertEquals(9 + 292 + 100 + 36, batch.length());
        byte[] name = new byte[9];
        batch.buffer().getBytes(0, name);
        assertEquals("010009000100656d30", java.util.HexFormat.of().formatHex(name));
        assertEquals(0x0124_0102, batch.buffer().getInt(9));
        assertEquals(0x0064_0203, batch.buffer().getInt(9 + 292));
        assertEquals(0x0024_0404, batch.buffer().getInt(9 + 292 + 100));
    }

    @Test
    void shouldReadBackWhatWasWritten() {
        StateRecord state = tcp(5);
        batch.put(state, Reason.SNAPSHOT);
        batch.update(state, Reason.UPDATE);
        reader.wrap(batch.buffer(), 0, batch.length());
        assertTrue(reader.next());
        assertEquals(Reason.SNAPSHOT, reader.reason());
        assertEquals(0, reader.record().buffer().compareTo(state.buffer()));
        assertTrue(reader.next());
        assertEquals(state.id(), reader.record().id());
        assertEquals(state.src().seqlo(), reader.record().src().seqlo());
        assertFalse(reader.next());
        assertFalse(reader.isMalformed());
    }

    @Test
    void shouldPrintDeltasForPeople() {
        StateRecord state = tcp(1).ifname(names.intern("em0")).expiresAtMs(5);
        batch.put(state, Reason.INSERT);
        batch.delete(state, Reason.PEER_DELETE);
        reader.wrap(batch.buffer(), 0, batch.length());
        reader.next();
        assertEquals("NAME id=1 name=em0", reader.toString());
        reader.next();
        assertEquals(
                "PUT reason=insert id=6500000000000001 creatorid=c0a80001 src=4 dst=4"
                        + " timeout=tcp.established expires_at_ms=5",
                reader.toString());
        reader.next();
        assertEquals(
                "DELETE reason=peer-delete id=6500000000000001 creatorid=c0a80001",
                reader.toString());
    }

    @Test
    void shouldAppendAllNamesOrNone() {
        for (int i = 0; i < NameTable.DEFAULT_CAPACITY; i++) {
            names.intern("n".repeat(58) + i);
        }
        assertTrue(batch.appendAllNames(), "4,096 names fit the default capacity");
        assertEquals(NameTable.DEFAULT_CAPACITY, batch.count());
        while (batch.appendAllNames()) {
            assertTrue(batch.remaining() >= 0);
        }
        assertEquals(0, batch.count() % NameTable.DEFAULT_CAPACITY);
    }

    @Test
    void shouldRefuseACapacityThatNoWorstFrameFits() {
        int least = DeltaBatch.WORST_FRAME_LENGTH + DeltaBatch.WORK_RESERVE_LENGTH;
        assertEquals(least, new DeltaBatch(names, least).remaining());
        assertThrows(IllegalArgumentException.class, () -> new DeltaBatch(names, least - 1));
    }

    /** 270 states of 242 bytes, each replacing one, evicting two, and bringing five new names. */
    @Test
    void shouldHoldTheWorstFrame() {
        try (MirrorTable table = table()) {
            for (int i = 0; i < 270; i++) {
                StateRecord state = TestStates.translated(i);
                TestStates.peers(state, 9, 1, 9, 1);
                table.insert(TestStates.copy(state).id(10_000 + i), TestStates.NOW_MS);
                table.insert(state.stackPort1(7).id(20_000 + i), TestStates.NOW_MS);
            }
            for (int i = 0; i < 270; i++) {
                table.insert(tcp(i).id(30_000 + i), TestStates.NOW_MS);
            }
            batch.reset();
            for (int i = 0; i < 270; i++) {
                StateRecord worst = TestStates.translated(i).id(30_000 + i);
                worst.origIfname(names.intern("a".repeat(57) + i));
                worst.rtIfname(names.intern("b".repeat(57) + i));
                worst.tag(names.intern("c".repeat(57) + i));
                worst.originNode(names.intern("d".repeat(57) + i));
                table.insert(worst, TestStates.NOW_MS);
            }
            assertTrue(batch.length() > 270 * (292 + 20 + 4 * 60), "length " + batch.length());
            assertTrue(batch.length() < DeltaBatch.WORST_FRAME_LENGTH);
        }
    }

    @Property(tries = 500)
    void shouldNeverReadBeyondItsEnd(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        if (bytes.length > 300) {
            bytes[0] = DeltaType.PUT;
            bytes[2] = (byte) DeltaType.PUT_LENGTH;
            bytes[3] = (byte) (DeltaType.PUT_LENGTH >> 8);
        }
        reader.wrap(new UnsafeBuffer(bytes), 0, bytes.length);
        int deltas = 0;
        while (reader.next()) {
            assertTrue(reader.offset() + reader.length() <= bytes.length);
            assertFalse(reader.toString().isEmpty());
            deltas++;
        }
        assertTrue(deltas <= bytes.length / 4);
        assertEquals(bytes.length > 0 && reader.isMalformed(), reader.isMalformed());
    }

    private MirrorTable table() {
        return new MirrorTable(
                TableConfig.ofCapacity(2_000), names, batch, Counters.inMemory().node());
    }
}
