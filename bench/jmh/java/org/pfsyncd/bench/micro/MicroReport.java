package org.pfsyncd.bench.micro;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What a run found, as a table, headed by all that it depends on. */
final class MicroReport {
    private static final String PREFIX = "org.pfsyncd.bench.micro.";

    /** Of the profilers' results those that have a column, where a run has them. */
    private static final Map<String, String> COLUMNS =
            Map.of(
                    "gc.alloc.rate.norm", "B/op",
                    "cycles", "cycles/op",
                    "instructions", "instructions/op",
                    "LLC-load-misses", "LLC misses/op",
                    "dTLB-load-misses", "TLB misses/op");

    private final List<String> arguments;
    private final String loadBefore = load();
    private final String commit;

    /** Remembers the commit, and how busy the machine is, before the run. */
    MicroReport(List<String> arguments) throws IOException {
        this.arguments = arguments;
        commit = git("rev-parse", "--short", "HEAD") + dirt();
    }

    /** Markdown. */
    String table(Collection<RunResult> results) throws IOException {
        StringBuilder text = new StringBuilder("# Micro benchmarks\n\n");
        machine(text, results.iterator().next().getParams());
        TreeSet<String> extra = new TreeSet<>();
        for (RunResult result : results) {
            for (String name : result.getSecondaryResults().keySet()) {
                if (COLUMNS.containsKey(plain(name))) {
                    extra.add(name);
                }
            }
        }
        text.append("| Benchmark | Parameters | Score | +- 99.9 % | Least | Unit |");
        extra.forEach(name -> text.append(' ').append(COLUMNS.get(plain(name))).append(" |"));
        text.append("\n|---|---|--:|--:|--:|---|").append("--:|".repeat(extra.size()));
        text.append('\n');
        results.forEach(result -> row(text, result, extra));
        return text.toString();
    }

    private void machine(StringBuilder text, BenchmarkParams params) throws IOException {
        line(text, "Commit", commit);
        int cores = Runtime.getRuntime().availableProcessors();
        line(text, "Machine", processor() + ", " + cores + " cores, " + memory());
        line(
                text,
                "Kernel",
                System.getProperty("os.name") + " " + System.getProperty("os.version"));
        line(
                text,
                "JDK",
                System.getProperty("java.vendor") + " " + System.getProperty("java.vm.version"));
        line(text, "Load average", "before " + loadBefore + "; after " + load());
        line(text, "JMH " + params.getJmhVersion(), "`" + String.join(" ", arguments) + "`");
        line(
                text,
                "Iterations",
                params.getForks()
                        + " fork, warm-up "
                        + iterations(params.getWarmup())
                        + "; measured "
                        + iterations(params.getMeasurement()));
        line(text, "JVM flags", "`" + String.join(" ", params.getJvmArgs()) + "`");
        text.append('\n');
    }

    private static String iterations(IterationParams params) {
        return params.getCount() + " of " + params.getTime();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private static void row(StringBuilder text, RunResult run, Collection<String> extra) {
        Result<?> score = run.getPrimaryResult();
        StringBuilder parameters = new StringBuilder();
        for (String key : run.getParams().getParamsKeys()) {
            parameters.append(parameters.isEmpty() ? "" : ", ").append(key).append('=');
            parameters.append(run.getParams().getParam(key));
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "| %s | %s | %.1f | %.1f | %.1f | %s |",
                        run.getParams().getBenchmark().replace(PREFIX, ""),
                        parameters,
                        score.getScore(),
                        score.getScoreError(),
                        score.getStatistics().getMin(),
                        score.getScoreUnit()));
        for (String name : extra) {
            Result<?> found = run.getSecondaryResults().get(name);
            text.append(
                    found == null ? " |" : String.format(Locale.ROOT, " %.3f |", found.getScore()));
        }
        text.append('\n');
    }

    /** JMH marks the profilers' names with a dot or a colon, by version. */
    private static String plain(String name) {
        return name.replaceAll("^[^A-Za-z]+", "").replaceAll(":u$", "");
    }

    private static String load() {
        return String.format(
                Locale.ROOT,
                "%.2f",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String dirt() throws IOException {
        return git("status", "--porcelain", "-uno").isEmpty() ? "" : ", with changes";
    }

    private static String git(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static String processor() throws IOException {
        return field("/proc/cpuinfo", "model name");
    }

    private static String memory() throws IOException {
        String kilobytes = field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
        return kilobytes.isEmpty() ? "" : Long.parseLong(kilobytes) / (1 << 20) + " GiB";
    }

    private static String field(String file, String name) throws IOException {
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            return "unknown";
        }
        return Files.readAllLines(path).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
