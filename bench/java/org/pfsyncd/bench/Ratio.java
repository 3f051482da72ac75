package org.pfsyncd.bench;

import java.util.Arrays;

/**
 * What was measured over its floor, as the median of pairs taken in turns.
 *
 * @param median of all pairs.
 * @param least of all pairs.
 * @param most of all pairs.
 * @param pairs how many.
 */
record Ratio(double median, double least, double most, int pairs) {
    /** Of at least one pair. */
    static Ratio of(double... ratios) {
        double[] sorted = ratios.clone();
        Arrays.sort(sorted);
        return new Ratio(
                sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
