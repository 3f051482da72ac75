package org.pfsyncd.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What was measured of one thing.
 *
 * @param unit of all values, as printed.
 * @param values by key, in the order in which they are printed: {@code p50}, {@code p99}, {@code
 *     p99.9} and {@code max} of latencies, or one {@code rate}, {@code time} or {@code size}.
 */
record Figures(String unit, Map<String, Double> values) {
    static final String RATE = "rate";
    static final String TIME = "time";
    static final String SIZE = "size";
    private static final double NS_PER_US = 1e3;

    Figures {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** One value. */
    static Figures of(String key, double value, String unit) {
        return new Figures(unit, Map.of(key, value));
    }

    /** Percentiles of latencies in nanoseconds, as microseconds. */
    static Figures ofLatencies(Histogram ns) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("p50", ns.getValueAtPercentile(50) / NS_PER_US);
        values.put("p99", ns.getValueAtPercentile(99) / NS_PER_US);
        values.put("p99.9", ns.getValueAtPercentile(99.9) / NS_PER_US);
        values.put("max", ns.getMaxValue() / NS_PER_US);
        return new Figures("us", values);
    }
}
