package org.pfsyncd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FreshMemoryTest {
    @Test
    void shouldSayWhenTheMachineWaitsForItsHost() {
        assertEquals(
                "0.47 GB/s, 10 GB/s when just given back: the host behind this machine hands it out"
                        + " as it is touched",
                FreshMemory.fact(4_700, 10_000, 470));
        assertEquals(
                "5 GB/s, 10 GB/s when just given back", FreshMemory.fact(10_000, 2_000, 1_000));
    }

    @Test
    void shouldMeasureThisMachine() {
        String fact = FreshMemory.fact(16 << 20);
        assertTrue(fact.matches("[0-9.]+ GB/s, [0-9.]+ GB/s when just given back.*"), fact);
        // More than a thousand would be memory that nobody touched; numbers of that size have
        // commas.
    }
}
