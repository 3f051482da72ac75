package org.pfsyncd.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file being read: typed access with limits, and a complaint with file and line
 * for everything that is wrong or unknown. Used by one thread while loading.
 */
final class Section {
    private final TomlTable table;
    private final String path;
    private final String file;
    private final TomlPosition start;
    private final List<String> problems;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * @param table the table, or null where the file has none.
     * @param path its name, for messages.
     * @param start where it starts, or null.
     */
    Section(TomlTable table, String path, String file, TomlPosition start, List<String> problems) {
        this.table = table;
        this.path = path;
        this.file = file;
        this.start = start;
        this.problems = problems;
    }

    boolean has(String key) {
        known.add(key);
        return table != null && table.contains(path(key));
    }

    String text(String key, String fallback) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof String text) {
            return text;
        }
        wrongType(key, value, "a string");
        return fallback;
    }

    String choice(String key, String fallback, Collection<String> choices) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        String text = shown(value);
        if (!choices.contains(text)) {
            complain(key, "is \"" + text + "\"", "choose one of " + String.join(", ", choices));
            return fallback;
        }
        return text;
    }

    long number(String key, long fallback, long low, long high) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        if (!(value instanceof Long number)) {
            wrongType(key, value, "a whole number");
            return fallback;
        }
        return inRange(key, number, low, high, fallback);
    }

    /** Seconds, from an integer or a string with a unit. */
    long seconds(String key, long fallback, long low, long high) {
        return quantity(
                key,
                fallback,
                low,
                high,
                Units::seconds,
                "a duration such as \"30s\", \"10m\", \"2h\", \"7d\"");
    }

    /** Bytes, from an integer or a string with a unit. */
    long bytes(String key, long fallback, long low, long high) {
        return quantity(
                key, fallback, low, high, Units::bytes, "a size such as \"64MiB\" or \"8GiB\"");
    }

    private long quantity(
            String key,
            long fallback,
            long low,
            long high,
            Function<String, OptionalLong> units,
            String form) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Long number) {
            return inRange(key, number, low, high, fallback);
        }
        OptionalLong parsed =
                value instanceof String text ? units.apply(text) : OptionalLong.empty();
        if (parsed.isEmpty()) {
            wrongType(key, value, form);
            return fallback;
        }
        return inRange(key, parsed.getAsLong(), low, high, fallback);
    }

    private long inRange(String key, long number, long low, long high, long fallback) {
        if (number < low || number > high) {
            complain(key, "is " + number, "give a value from " + low + " to " + high);
            return fallback;
        }
        return number;
    }

    List<String> list(String key) {
        Object value = value(key);
        List<String> items = new ArrayList<>();
        if (value == null) {
            return items;
        }
        if (!(value instanceof TomlArray array)) {
            wrongType(key, value, "a list of strings");
            return items;
        }
        for (Object item : array.toList()) {
            if (item instanceof String text) {
                items.add(text);
            } else {
                wrongType(key, item, "a list of strings");
            }
        }
        return items;
    }

    boolean flag(String key, boolean fallback) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        if (!(value instanceof Boolean flag)) {
            wrongType(key, value, "true or false");
            return fallback;
        }
        return flag;
    }

    /** A table of strings, in the order of the file. */
    Map<String, String> map(String key) {
        Object value = value(key);
        Map<String, String> pairs = new LinkedHashMap<>();
        if (value == null) {
            return pairs;
        }
        if (!(value instanceof TomlTable found)) {
            wrongType(key, value, "pairs such as { igb0 = \"em0\" }");
            return pairs;
        }
        for (Map.Entry<String, Object> pair : found.toMap().entrySet()) {
            if (pair.getValue() instanceof String text) {
                pairs.put(pair.getKey(), text);
            } else {
                wrongType(key, pair.getValue(), "pairs such as { \"igb0.5\" = \"em0.5\" }");
            }
        }
        return pairs;
    }

    private Object value(String key) {
        return has(key) ? table.get(path(key)) : null;
    }

    /** Timeout classes have a dot in their names, which TOML reads as a table in a table. */
    private static List<String> path(String key) {
        return List.of(key.split("\\.", -1));
    }

    private void wrongType(String key, Object value, String wanted) {
        complain(key, "is " + shown(value), "give " + wanted);
    }

    private static String shown(Object value) {
        if (value instanceof TomlTable) {
            return "a table";
        }
        return value instanceof TomlArray ? "a list" : value.toString();
    }

    /** Adds a complaint about a key. */
    void complain(String key, String what, String remedy) {
        problems.add(location(key) + ": " + path + key + " " + what + "; " + remedy);
    }

    /** Complains of every key that nobody asked for. */
    void refuseUnknown() {
        if (table == null) {
            return;
        }
        Set<List<String>> paths = known.stream().map(Section::path).collect(Collectors.toSet());
        for (List<String> found : table.keyPathSet()) {
            if (!paths.contains(found) && !paths.contains(found.subList(0, 1))) {
                String key = Toml.joinKeyPath(found);
                problems.add(
                        location(found)
                                + ": "
                                + path
                                + key
                                + " is not a setting; did you mean "
                                + Nearest.of(key, known)
                                + "?");
            }
        }
    }

    /** {@code file:line} of a key, or of the table where the key is missing. */
    String location(String key) {
        return location(path(key));
    }

    private String location(List<String> keyPath) {
        TomlPosition position = table == null ? null : table.inputPositionOf(keyPath);
        if (position == null) {
            position = start;
        }
        return file + ":" + (position == null ? 1 : position.line());
    }
}
