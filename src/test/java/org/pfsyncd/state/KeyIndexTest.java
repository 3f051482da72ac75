package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.StateRecord;

class KeyIndexTest {
    /** Few homes, so that clusters form, grow into each other and wrap around the end. */
    @Property(tries = 200)
    void shouldFindExactlyWhatWasInsertedAndNotRemoved(@ForAll long seed) {
        Random random = new Random(seed);
        Map<Integer, Long> model = new HashMap<>();
        try (KeyIndex index = new KeyIndex(20, TableMemory.AS_TOUCHED)) {
            for (int step = 0; step < 400; step++) {
                int number = random.nextInt(60);
                StateRecord state = TestStates.tcp(number);
                if (model.containsKey(number)) {
                    index.removeAt(index.find(model.remove(number), 3, state));
                } else if (model.size() < 50) {
                    long hash = clustered(random);
                    index.insert(hash, 3, state, number);
                    model.put(number, hash);
                }
                assertHoldsExactly(index, model);
            }
        }
    }

    @Test
    void shouldTellMasksApart() {
        try (KeyIndex index = new KeyIndex(10, TableMemory.AS_TOUCHED)) {
            StateRecord state = TestStates.tcp(1);
            index.insert(7L << 40, ConnectionKey.WIRE, state, 1);
            index.insert(7L << 40, ConnectionKey.STACK, state, 2);
            long wire = index.first(7L << 40, ConnectionKey.WIRE);
            long stack = index.first(7L << 40, ConnectionKey.STACK);
            assertNotEquals(wire, stack);
            assertEquals(KeyIndex.NONE, index.next(7L << 40, ConnectionKey.WIRE, wire));
            assertEquals(stack, index.next(7L << 40, 3, wire));
            assertEquals(KeyIndex.NONE, index.find(7L << 40, 3, state), "exactly this mask");
        }
    }

    @Test
    void shouldCompareFortyBitsOfTheHash() {
        try (KeyIndex index = new KeyIndex(10, TableMemory.AS_TOUCHED)) {
            index.insert(0x1234_5678_9a00_0000L, 3, TestStates.tcp(1), 0);
            assertEquals(KeyIndex.NONE, index.first(0x1234_5678_9b00_0000L, 3));
            assertNotEquals(KeyIndex.NONE, index.first(0x1234_5678_9aff_ffffL, 3));
        }
    }

    @Test
    void shouldShowWhatIsDueAndNothingElse() {
        try (KeyIndex index = new KeyIndex(10, TableMemory.AS_TOUCHED)) {
            index.insert(0, ConnectionKey.STACK, TestStates.tcp(1), 0);
            index.insert(1L << 63, 3, TestStates.tcp(2), KeyIndex.DEADLINE_LIMIT_S);
            index.insert(-1L, 3, TestStates.tcp(3), 100);
            assertEquals(index.slotCount(), index.firstDue(0, index.slotCount(), 99));
            long due = index.firstDue(0, index.slotCount(), 100);
            assertEquals(TestStates.tcp(3).id(), index.id(due));
        }
    }

    private static long clustered(Random random) {
        long home = random.nextBoolean() ? 0xFFFF_FF00L : 0x4000_0000L;
        return (home + random.nextInt(3)) << 32 | random.nextInt(2) << 24;
    }

    private static void assertHoldsExactly(KeyIndex index, Map<Integer, Long> model) {
        int held = 0;
        for (long slot = 0; slot < index.slotCount(); slot++) {
            held += index.mask(slot) == 0 ? 0 : 1;
        }
        assertEquals(model.size(), held);
        model.forEach(
                (number, hash) -> {
                    long slot = index.find(hash, 3, TestStates.tcp(number));
                    assertNotEquals(KeyIndex.NONE, slot);
                    assertEquals((long) number, index.deadlineS(slot));
                });
    }
}
