package org.pfsyncd.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of floor and run, block by block in turns, and what they make together. */
final class Pairs {
    private static final long HIGHEST_NS = 10_000_000_000L;
    private static final int DIGITS = 3;
    private static final Map<String, Double> COMPARED = compared();

    private final Histogram floor = new Histogram(HIGHEST_NS, DIGITS);
    private final Histogram run = new Histogram(HIGHEST_NS, DIGITS);
    private final List<Histogram> floors = new ArrayList<>();
    private final List<Histogram> runs = new ArrayList<>();

    private static Map<String, Double> compared() {
        Map<String, Double> keys = new LinkedHashMap<>();
        keys.put("p50", 50.0);
        keys.put("p99", 99.0);
        keys.put("p99.9", 99.9);
        return keys;
    }

    /** An empty histogram as this class wants them, nanoseconds. */
    static Histogram histogram() {
        return new Histogram(HIGHEST_NS, DIGITS);
    }

    void add(Histogram floorBlock, Histogram runBlock) {
        floor.add(floorBlock);
        run.add(runBlock);
        floors.add(floorBlock);
        runs.add(runBlock);
    }

    Histogram floor() {
        return floor;
    }

    Histogram run() {
        return run;
    }

    /** Ratios are medians over the pairs, figures are of all blocks together. */
    Row row(String label, String floorLabel) {
        Map<String, Ratio> ratio = new LinkedHashMap<>();
        COMPARED.forEach((key, percentile) -> ratio.put(key, ratio(percentile)));
        return new Row(
                label,
                floorLabel,
                Figures.ofLatencies(floor),
                Figures.ofLatencies(run),
                ratio,
                List.of());
    }

    private Ratio ratio(double percentile) {
        double[] ratios = new double[runs.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] =
                    (double) runs.get(i).getValueAtPercentile(percentile)
                            / Math.max(1, floors.get(i).getValueAtPercentile(percentile));
        }
        return Ratio.of(ratios);
    }
}
