package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Our own figures of the same run: the link benchmark, started as it is, and what it prints. */
final class OwnFigures {
    private static final String MAIN = "org.pfsyncd.bench.LinkBenchmark";
    private static final Pattern ONE_WAY =
            Pattern.compile("accepted -> applied +p50 ([\\d.]+) +p99 ([\\d.]+) +p99.9 ([\\d.]+)");
    private static final Pattern BULK =
            Pattern.compile(
                    "states in ([\\d.]+) s; sender CPU ([\\d.]+) us a state, receiver"
                            + " ([\\d.]+)(.*)");

    private final Path directory;
    private final int runs;

    OwnFigures(Path directory, int runs) {
        this.directory = directory;
        this.runs = runs;
    }

    void measure(Report report) throws IOException {
        List<double[]> oneWay = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            Matcher line = ONE_WAY.matcher(output("oneway"));
            if (!line.find()) {
                throw new IOException("the link benchmark printed no delays");
            }
            oneWay.add(numbers(line));
        }
        report.add("pfsyncd", Figure.ONE_WAY_P50, column(oneWay, 0));
        report.add("pfsyncd", Figure.ONE_WAY_P99, column(oneWay, 1));
        report.add("pfsyncd", Figure.ONE_WAY_P999, column(oneWay, 2));
        List<double[]> bulk = new ArrayList<>();
        Matcher line = BULK.matcher(output("bulk"));
        while (line.find()) {
            if (!line.group(4).contains("cold")) {
                bulk.add(numbers(line));
            }
        }
        if (bulk.isEmpty()) {
            throw new IOException("the link benchmark printed no bulk");
        }
        report.add("pfsyncd", Figure.BULK_SECONDS, column(bulk, 0));
        report.add("pfsyncd", Figure.BULK_CPU_SENDER, column(bulk, 1));
        report.add("pfsyncd", Figure.BULK_CPU_RECEIVER, column(bulk, 2));
    }

    private String output(String scenario) throws IOException {
        Path log = directory.resolve("own.log");
        Child child = Child.java(log, List.of(), MAIN, List.of(scenario, "raw"));
        int code = child.process().onExit().join().exitValue();
        String text = Files.readString(log);
        System.out.print(text);
        if (code != 0) {
            throw new IOException(scenario + ": exit code " + code + ": " + text);
        }
        return text;
    }

    private static double[] numbers(Matcher line) {
        return new double[] {
            Double.parseDouble(line.group(1)),
            Double.parseDouble(line.group(2)),
            Double.parseDouble(line.group(3))
        };
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }
}
