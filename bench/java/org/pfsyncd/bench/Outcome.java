package org.pfsyncd.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What a scenario found. Filled by the benchmark's thread. */
final class Outcome {
    private final String scenario;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Histogram> histograms = new LinkedHashMap<>();
    private final List<Picture> pictures = new ArrayList<>();

    Outcome(String scenario) {
        this.scenario = scenario;
    }

    String scenario() {
        return scenario;
    }

    /** The first line is the one that the summary quotes. */
    Outcome add(Row row) {
        rows.add(row);
        return this;
    }

    /** A sentence below the table: what was lost, what could not run, where a line bends. */
    Outcome note(String sentence) {
        notes.add(sentence);
        return this;
    }

    /**
     * Latencies for the log and the chart of percentiles.
     *
     * @param tag no spaces or commas, for example {@code floor} or {@code closed-loop}.
     */
    Outcome histogram(String tag, Histogram ns) {
        histograms.put(tag, ns);
        return this;
    }

    Outcome picture(Picture picture) {
        pictures.add(picture);
        return this;
    }

    List<Row> rows() {
        return rows;
    }

    List<String> notes() {
        return notes;
    }

    Map<String, Histogram> histograms() {
        return histograms;
    }

    List<Picture> pictures() {
        return pictures;
    }
}
