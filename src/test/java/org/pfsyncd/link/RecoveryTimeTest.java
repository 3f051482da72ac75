package org.pfsyncd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.metrics.PeerCounter;

/**
 * How long an entry takes from the journal to the peer where frames are lost, in virtual time: what
 * the protocol costs, without what the machine does to its threads.
 */
class RecoveryTimeTest {
    private static final long SEED = 17;
    private static final long US = 1_000;
    private static final long HIGHEST_NS = 10_000_000_000L;
    private static final int ENTRIES = 50_000;

    /** Length of a cycle. */
    private static final long STEP_NS = 10 * US;

    /**
     * 10,000 entries a second, each in a frame of its own, loss in both directions. The issue
     * allows 5 ms with 1 %.
     */
    @ParameterizedTest
    @CsvSource({"1, 1000, 2500", "5, 2500, 5000"})
    void shouldBringLostFramesWithinMilliseconds(int percent, long limitUs, long mostUs) {
        Path path = new Path(percent, 10 * US);
        Histogram latencies = path.run(ENTRIES, 100 * US);
        String text = path.text(latencies);
        assertTrue(path.ends.a.count(PeerCounter.LINK_RESENT_BYTES) > 0, "nothing was lost");
        assertTrue(latencies.getValueAtPercentile(99.9) <= limitUs * US, text);
        assertTrue(latencies.getMaxValue() <= mostUs * US, text);
    }

    /** Nothing follows that would show a loss: a BEAT has to. */
    @Test
    void shouldBringTheLastFrameOfABurstSoon() {
        Path path = new Path(1, 10 * US);
        Histogram latencies = path.run(ENTRIES / 5, 2_000 * US);
        String text = path.text(latencies);
        assertTrue(latencies.getValueAtPercentile(99.9) <= 1_000 * US, text);
        assertEquals(0, path.ends.b.count(PeerCounter.LINK_BAD_WINDOW));
    }

    private static final class Path {
        final TwoEnds ends = new TwoEnds(SEED);
        private final long[] madeNs = new long[ENTRIES + 1];

        Path(int percent, long delayNs) {
            ends.stepNs = STEP_NS;
            ends.contentLength = 150;
            ends.start();
            ends.awaitUp(500);
            for (Wire wire : new Wire[] {ends.aToB, ends.bToA}) {
                wire.loss = percent / 100.0;
                wire.delayNs = delayNs;
            }
        }

        /** Lets an entry come into A's journal each pause, and notes when B has it. */
        Histogram run(int count, long pauseNs) {
            Histogram latencies = new Histogram(HIGHEST_NS, 3);
            ends.taken = number -> latencies.recordValue(ends.nowNs - madeNs[(int) number]);
            long nextNs = ends.nowNs;
            while (ends.b.knownSequence < count) {
                if (ends.nowNs - nextNs >= 0 && ends.a.feed.available < count) {
                    madeNs[(int) ++ends.a.feed.available] = ends.nowNs;
                    nextNs += pauseNs;
                }
                ends.step();
            }
            return latencies;
        }

        String text(Histogram latencies) {
            return "seed "
                    + SEED
                    + ", us: p50 "
                    + latencies.getValueAtPercentile(50) / US
                    + ", p99 "
                    + latencies.getValueAtPercentile(99) / US
                    + ", p99.9 "
                    + latencies.getValueAtPercentile(99.9) / US
                    + ", p99.99 "
                    + latencies.getValueAtPercentile(99.99) / US
                    + ", most "
                    + latencies.getMaxValue() / US
                    + "; sent again "
                    + ends.a.count(PeerCounter.LINK_RESENT_BYTES)
                    + " bytes, of no use at B "
                    + ends.b.count(PeerCounter.LINK_REPEATED)
                    + " frames";
        }
    }
}
