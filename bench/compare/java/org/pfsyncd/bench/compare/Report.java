package org.pfsyncd.bench.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** The figures of all peers, run by run; written as a table and as JSON. */
final class Report {
    private final Map<String, String> surroundings = new LinkedHashMap<>();
    private final Map<Figure, Map<String, double[]>> figures = new EnumMap<>(Figure.class);
    private final Set<String> peers = new LinkedHashSet<>();
    private final Map<String, String> missing = new TreeMap<>();

    void surrounding(String name, String value) {
        surroundings.put(name, value);
    }

    /** One value a run. */
    void add(String peer, Figure figure, double... runs) {
        peers.add(peer);
        figures.computeIfAbsent(figure, f -> new LinkedHashMap<>()).put(peer, runs);
    }

    void addOneWay(String peer, Histogram... runs) {
        add(peer, Figure.ONE_WAY_P50, percentile(runs, 50));
        add(peer, Figure.ONE_WAY_P99, percentile(runs, 99));
        add(peer, Figure.ONE_WAY_P999, percentile(runs, 99.9));
    }

    void addRoundTrip(String peer, Histogram... runs) {
        add(peer, Figure.ROUND_TRIP_P50, percentile(runs, 50));
        add(peer, Figure.ROUND_TRIP_P99, percentile(runs, 99));
        add(peer, Figure.ROUND_TRIP_P999, percentile(runs, 99.9));
    }

    /** Why a part has no figures. */
    void missing(String part, String reason) {
        missing.put(part, reason.strip().replace('\n', ' '));
    }

    private static double[] percentile(Histogram[] runs, double percentile) {
        return Arrays.stream(runs)
                .mapToDouble(run -> run.getValueAtPercentile(percentile) / 1e3)
                .toArray();
    }

    /** Median, and the smallest and largest of the runs where there are several. */
    static String cell(double[] runs) {
        double[] sorted = runs.clone();
        Arrays.sort(sorted);
        String median = number(sorted[sorted.length / 2]);
        return sorted.length == 1
                ? median
                : median
                        + " ("
                        + number(sorted[0])
                        + " to "
                        + number(sorted[sorted.length - 1])
                        + ")";
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    /** The table for people. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        surroundings.forEach(
                (name, value) ->
                        text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\n| median (least to most of the runs) | unit |");
        peers.forEach(peer -> text.append(' ').append(peer).append(" |"));
        text.append("\n|---|---|").append("--:|".repeat(peers.size())).append('\n');
        figures.forEach(
                (figure, values) -> {
                    text.append("| ")
                            .append(figure.label)
                            .append(" | ")
                            .append(figure.unit)
                            .append(" |");
                    for (String peer : peers) {
                        double[] runs = values.get(peer);
                        text.append(' ').append(runs == null ? "–" : cell(runs)).append(" |");
                    }
                    text.append('\n');
                });
        missing.forEach(
                (part, reason) ->
                        text.append("\nNot measured: ")
                                .append(part)
                                .append(": ")
                                .append(reason)
                                .append('\n'));
        return text.toString();
    }

    /** Writes {@code compare.json}: every run of every figure. */
    void json(Path file) throws IOException {
        try (JsonGenerator json =
                new JsonFactory()
                        .createGenerator(Files.newBufferedWriter(file))
                        .useDefaultPrettyPrinter()) {
            json.writeStartObject();
            for (Map.Entry<String, String> entry : surroundings.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeArrayFieldStart("figures");
            for (Map.Entry<Figure, Map<String, double[]>> figure : figures.entrySet()) {
                for (Map.Entry<String, double[]> peer : figure.getValue().entrySet()) {
                    json.writeStartObject();
                    json.writeStringField("figure", figure.getKey().label);
                    json.writeStringField("unit", figure.getKey().unit);
                    json.writeStringField("peer", peer.getKey());
                    json.writeFieldName("runs");
                    json.writeArray(peer.getValue(), 0, peer.getValue().length);
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeObjectFieldStart("missing");
            for (Map.Entry<String, String> entry : missing.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }
}
