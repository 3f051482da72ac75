package org.pfsyncd.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Writes {@code DATE-SCENARIO/}: result.md, result.json, latency.hlog and pictures. */
final class ResultFiles {
    private final Path parent;

    /**
     * Of a benchmark.
     *
     * @param parent the directory of all results; made when the first is written.
     */
    ResultFiles(Path parent) {
        this.parent = parent;
    }

    /** Where results go when nothing else is said: into the checkout, or where one stands. */
    static Path usual() {
        Path checkout = Path.of(System.getProperty("pfsyncd.home", "."), "bench", "results");
        return Files.isDirectory(checkout) ? checkout : Path.of("pfsyncd-bench-results");
    }

    /** Writes all of a scenario and returns where. */
    Path write(Outcome outcome, Map<String, String> host, String command) throws IOException {
        Path directory =
                Files.createDirectories(
                        parent.resolve(LocalDate.now(ZoneOffset.UTC) + "-" + outcome.scenario()));
        Files.writeString(directory.resolve("result.json"), JsonReport.of(outcome, host) + "\n");
        Files.writeString(directory.resolve("result.md"), page(List.of(outcome), host, command));
        if (!outcome.histograms().isEmpty()) {
            writeLog(outcome.histograms(), directory.resolve("latency.hlog"));
            Charts.write(Charts.percentiles(outcome.scenario(), outcome.histograms()), directory);
        }
        for (Picture picture : outcome.pictures()) {
            Charts.write(picture, directory);
        }
        return directory;
    }

    /** The table of several scenarios on one page. */
    Path writeSummary(List<Outcome> outcomes, Map<String, String> host, String command)
            throws IOException {
        Path directory =
                Files.createDirectories(parent.resolve(LocalDate.now(ZoneOffset.UTC) + "-summary"));
        Path file = directory.resolve("result.md");
        Files.writeString(file, page(outcomes, host, command));
        return file;
    }

    private static String page(List<Outcome> outcomes, Map<String, String> host, String command) {
        StringBuilder text = new StringBuilder("# " + command + "\n\n");
        host.forEach(
                (name, value) ->
                        text.append("- ").append(name).append(": ").append(value).append('\n'));
        return text.append('\n').append(TextReport.markdown(outcomes)).toString();
    }

    private static void writeLog(Map<String, Histogram> histograms, Path file) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file))) {
            HistogramLogWriter log = new HistogramLogWriter(out);
            log.outputLogFormatVersion();
            log.outputComment("[Values in nanoseconds; a tag is a line of the result]");
            log.outputLegend();
            for (Map.Entry<String, Histogram> entry : histograms.entrySet()) {
                Histogram histogram = entry.getValue();
                histogram.setTag(entry.getKey());
                log.outputIntervalHistogram(histogram);
            }
        }
    }
}
