package org.pfsyncd.bench;

import java.util.Locale;

/** Numbers as a table shows them: three digits that count, thousands set apart. */
final class Numbers {
    private Numbers() {}

    static String of(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String of(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (size >= 1_000 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }
}
