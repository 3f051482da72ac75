package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** A PUT without zeros is the same PUT. */
class SparsePutTest {
    private final UnsafeBuffer sparse = new UnsafeBuffer(new byte[SparsePut.LENGTH_LIMIT]);
    private final DeltaReader reader = new DeltaReader();

    @Property(tries = 300)
    void shouldGiveBackEveryByte(@ForAll long seed) {
        Random random = new Random(seed);
        StateRecord record = TestStates.blank();
        for (int i = 0; i < StateRecord.JOURNALED_LENGTH; i++) {
            record.buffer().putByte(i, (byte) (random.nextInt(4) == 0 ? random.nextInt() : 0));
        }
        int length = encode(record);
        reader.wrap(sparse, 0, length);
        assertTrue(reader.next());
        assertEquals(Reason.INSERT, reader.reason());
        for (int i = 0; i < StateRecord.JOURNALED_LENGTH; i++) {
            assertEquals(record.buffer().getByte(i), reader.record().buffer().getByte(i));
        }
        assertFalse(reader.next());
        assertFalse(reader.isMalformed());
    }

    @Test
    void shouldBeShorterThanAPut() {
        assertTrue(encode(TestStates.tcp(1)) < DeltaType.PUT_LENGTH * 3 / 4);
    }

    @Test
    void shouldRefuseALengthThatItsWordsContradict() {
        int length = encode(TestStates.tcp(1));
        sparse.putShort(DeltaType.LENGTH_OFFSET, (short) (length - 8), ByteOrder.LITTLE_ENDIAN);
        reader.wrap(sparse, 0, length);
        assertFalse(reader.next());
        assertTrue(reader.isMalformed());
    }

    @Test
    void shouldRefuseWordsBeyondTheRecord() {
        int length = encode(TestStates.tcp(1));
        sparse.putByte(DeltaType.HEADER_LENGTH + 4, (byte) 0x10);
        reader.wrap(sparse, 0, length);
        assertFalse(reader.next());
    }

    private int encode(StateRecord record) {
        DeltaBatch batch = new DeltaBatch(new NameTable());
        int start = batch.length();
        record.realm(0).ifname(0).origIfname(0).rtIfname(0).tag(0).originNode(0);
        batch.put(record, Reason.INSERT);
        return SparsePut.encode(sparse, 0, batch.buffer(), start);
    }
}
