package org.pfsyncd.bench.compare;

import org.HdrHistogram.Histogram;
import org.pfsyncd.bench.StampFile;

/** Blocks of messages through a pair of processes that share a stamp file, and their delays. */
final class Delays {
    private static final long HIGHEST_NS = 10_000_000_000L;
    private static final long SILENCE_NS = 2_000_000_000L;

    private final StampFile stamps;
    private final int block;
    private long sent;

    Delays(StampFile stamps, int block) {
        this.stamps = stamps;
        this.block = block;
    }

    /**
     * Sends one more block, an interval apart, 0 for one after the other's answer.
     *
     * @throws IllegalStateException if one does not arrive.
     */
    Histogram next(long intervalNs) {
        long from = sent;
        sent += block;
        stamps.want(sent, intervalNs);
        long seen = -1;
        long limitNs = 0;
        while (stamps.seen() < sent) {
            if (stamps.seen() != seen) {
                seen = stamps.seen();
                limitNs = System.nanoTime() + SILENCE_NS;
            } else if (System.nanoTime() - limitNs > 0) {
                throw new IllegalStateException(
                        seen + " of " + sent + " messages arrived, then silence for 2 s");
            }
            Child.pause(10);
        }
        Histogram delays = new Histogram(HIGHEST_NS, 3);
        for (long i = from; i < sent; i++) {
            if (stamps.seenAt(i) != 0) {
                delays.recordValue(
                        Math.max(0, Math.min(stamps.seenAt(i) - stamps.sentAt(i), HIGHEST_NS)));
            }
        }
        return delays;
    }
}
