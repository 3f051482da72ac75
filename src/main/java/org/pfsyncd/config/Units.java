package org.pfsyncd.config;

import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes with units. Stateless. */
public final class Units {
    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");
    private static final Map<String, Long> SECONDS =
            Map.of("", 1L, "s", 1L, "m", 60L, "min", 60L, "h", 3600L, "d", 86_400L);
    private static final Map<String, Long> BYTES =
            Map.of(
                    "", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB",
                    1L << 40);

    private Units() {}

    /** Seconds of {@code 90}, {@code 30s}, {@code 10m}, {@code 2h}, {@code 7d}. */
    public static OptionalLong seconds(String text) {
        return parse(text, SECONDS);
    }

    /** Bytes of {@code 4096}, {@code 64MiB}, {@code 8GiB}. */
    static OptionalLong bytes(String text) {
        return parse(text, BYTES);
    }

    private static OptionalLong parse(String text, Map<String, Long> units) {
        Matcher matcher = QUANTITY.matcher(text.strip());
        if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(
                    Math.multiplyExact(
                            Long.parseLong(matcher.group(1)), units.get(matcher.group(2))));
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }
}
