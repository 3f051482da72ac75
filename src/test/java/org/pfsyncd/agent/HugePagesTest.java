package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.state.TableMemory;
import org.pfsyncd.support.Await;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

class HugePagesTest {
    private static final int STATES = 20_000;
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final int PAGES = 100;
    private static final long PAGE = 2L << 20;
    private static final long LIMIT_MS = 30_000;

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

    /**
     * One page that another thread is just at must not leave the rest of the table on small ones.
     */
    @Test
    void shouldGoOnBehindAPageThatIsRefusedForAMoment() {
        Refusing kernel = new Refusing(at -> at == 5 ? 2 : 0);
        back(kernel);
        assertEquals(PAGES, kernel.huge.size());
    }

    @Test
    void shouldGoOnBehindPagesThatAreRefusedForGood() {
        Refusing kernel = new Refusing(at -> at % 10 == 5 ? Integer.MAX_VALUE : 0);
        back(kernel);
        assertEquals(PAGES - 10, kernel.huge.size());
        assertEquals(10, kernel.populated.size());
    }

    @Test
    void shouldNotAddRefusalsUpWherePagesWereGivenInBetween() {
        Refusing kernel = new Refusing(at -> at % 16 == 0 ? 0 : Integer.MAX_VALUE);
        back(kernel);
        assertEquals(PAGES / 16 + 1, kernel.huge.size());
    }

    @Test
    void shouldPopulateWhatNobodyHasTouchedAndCollapseItThen() {
        Refusing kernel = new Refusing(at -> 1);
        back(kernel);
        assertEquals(PAGES, kernel.huge.size());
        assertEquals(PAGES, kernel.populated.size());
    }

    @Test
    void shouldPopulateEverythingWhereNoHugePageIsToBeHad() {
        Refusing kernel = new Refusing(at -> Integer.MAX_VALUE);
        back(kernel);
        assertEquals(0, kernel.huge.size());
        assertEquals(PAGES, kernel.populated.size());
        assertTrue(kernel.calls < PAGES, "it stops to ask: " + kernel.calls);
    }

    private static void back(HugePages.Kernel kernel) {
        HugePages memory = new HugePages(kernel);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(PAGES * PAGE, PAGE);
            memory.onReserved(range.address(), range.byteSize());
            assertTrue(Await.until(LIMIT_MS, HugePagesTest::isQuiet));
            memory.onRelease(range.address());
        }
    }

    /** A kernel that refuses each page so many times; pages are numbered from the first seen. */
    private static final class Refusing implements HugePages.Kernel {
        private final IntUnaryOperator refusals;
        private final Set<Long> huge = new HashSet<>();
        private final Set<Long> populated = new HashSet<>();
        private final Map<Long, Integer> refused = new HashMap<>();
        private int calls;

        Refusing(IntUnaryOperator refusals) {
            this.refusals = refusals;
        }

        @Override
        public int collapse(long address) {
            calls++;
            int before = refused.merge(address, 1, Integer::sum) - 1;
            if (before < refusals.applyAsInt(refused.size() - 1)) {
                return -11;
            }
            huge.add(address);
            return 0;
        }

        @Override
        public int populate(long address) {
            populated.add(address);
            return 0;
        }
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
