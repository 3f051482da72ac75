package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.state.TableMemory;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

class HugePagesTest {
    private static final int STATES = 20_000;
    private static final long NOW_MS = 1_700_000_000_000L;

    @Test
    void shouldHoldTheSameTableAsMemoryThatComesWhenTouched() {
        assertEquals(digestOf(TableMemory.AS_TOUCHED), digestOf(new HugePages()));
    }

    @Test
    void shouldNotTouchMoreThanHalfOfWhatTheMachineHas() {
        HugePages memory = new HugePages();
        memory.onReserved(1L << 40, 1L << 60);
        memory.onRelease(1L << 40);
        assertTrue(isQuiet(), "no thread may work on it");
    }

    @Test
    void shouldBeQuietOnceTheTableIsClosed() {
        digestOf(new HugePages());
        assertTrue(isQuiet(), "the memory is freed");
    }

    private static boolean isQuiet() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("table-memory"));
    }

    /** Fills a table while its memory is being prepared. */
    private static long digestOf(TableMemory memory) {
        NameTable names = new NameTable();
        DeltaBatch batch = new DeltaBatch(names);
        TableConfig config = TableConfig.ofCapacity(200_000).withMemory(memory);
        StateRecord record =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();
        record.creatorId(1).ifname(names.intern("em0")).timeout(2).lifetimeS(86_400);
        record.wireAf(4).stackAf(4).wireProto(6).stackProto(6).direction(1).createdAtMs(NOW_MS);
        try (MirrorTable table =
                new MirrorTable(config, names, batch, Counters.inMemory().node())) {
            for (int i = 1; i <= STATES; i++) {
                record.id(i);
                record.buffer().putInt(StateRecord.WIRE_ADDR0_OFFSET, i);
                record.buffer().putInt(StateRecord.STACK_ADDR0_OFFSET, i);
                assertEquals(Outcome.INSERTED, table.insert(record, NOW_MS));
                batch.reset();
            }
            assertEquals(STATES, table.size());
            return table.digest();
        }
    }
}
