package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final long BURST_NS = 2_000_000L;
    private static final int LEAST = 8;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1_000, 5_000, 999_999, 10_000_000})
    void shouldGiveTheRateInTheLongRunAndNoMoreThanABurstAtOnce(int rate) {
        Pace pace = new Pace(rate, BURST_NS, LEAST);
        long burst = Math.max(LEAST, rate * BURST_NS / 1_000_000_000L);
        long nowNs = Long.MAX_VALUE - 500_000_000L; // the clock wraps on the way
        long given = 0;
        for (int i = 0; i < 100_000; i++) {
            int available = pace.available(nowNs);
            assertTrue(available <= burst, available + " at once");
            pace.take(available);
            given += available;
            nowNs += 100_000;
        }
        assertEquals(10L * rate + burst, given, 2 + rate / 1_000.0);
        assertEquals(burst, pace.available(nowNs + 86_400_000_000_000L), "nothing gathers");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5_000})
    void shouldTakeAnotherRateAtOnce(int rate) {
        Pace pace = new Pace(10_000_000, BURST_NS, LEAST);
        assertEquals(20_000, pace.available(0));
        pace.rate(rate);
        assertTrue(pace.available(0) <= 10, "the old burst is gone");
    }
}
