package org.pfsyncd.bench;

import java.util.List;
import java.util.Map;

/**
 * A chart of lines.
 *
 * @param name of its file, without an ending.
 * @param title above it.
 * @param xTitle of the axis to the right.
 * @param yTitle of the axis upwards.
 * @param isXLogarithmic whether the axis to the right counts in powers of ten.
 * @param isYLogarithmic whether the axis upwards does.
 * @param lines points by name of the line; x ascends.
 */
record Picture(
        String name,
        String title,
        String xTitle,
        String yTitle,
        boolean isXLogarithmic,
        boolean isYLogarithmic,
        Map<String, List<Point>> lines) {
    /** Of a line. */
    record Point(double x, double y) {}
}
