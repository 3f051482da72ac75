package org.pfsyncd.bench;

import java.util.List;
import java.util.Map;

/** Lines of a result from one value a repetition. Stateless. */
final class Medians {
    private static final String NO_FLOOR = "none";

    private Medians() {}

    /**
     * Medians of run and floor; the ratio is the median of the ratios of the pairs.
     *
     * @param runs at least one value.
     * @param floors as many, each taken beside the run of the same index.
     */
    static Row row(Row head, String key, String unit, double[] runs, double[] floors) {
        double[] ratios = new double[runs.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = runs[i] / floors[i];
        }
        return new Row(
                head.label(),
                head.floorLabel(),
                Figures.of(key, Ratio.of(floors).median(), unit),
                Figures.of(key, Ratio.of(runs).median(), unit),
                Map.of(key, Ratio.of(ratios)),
                head.goals());
    }

    /** The median of what has no floor. */
    static Row alone(String label, String key, String unit, double[] runs) {
        return new Row(
                label,
                NO_FLOOR,
                new Figures(unit, Map.of()),
                Figures.of(key, Ratio.of(runs).median(), unit),
                Map.of(),
                List.of());
    }

    /** A line without figures yet, to name what runs beside what. */
    static Row head(String label, String floorLabel) {
        Figures none = new Figures("", Map.of());
        return new Row(label, floorLabel, none, none, Map.of(), List.of());
    }
}
