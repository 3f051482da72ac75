package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pfsyncd.support.JsonTree;

/** Our own figures of the same hour: some scenarios of the program's verb. */
final class OwnFigures {
    private static final String US = "pfsyncd";

    private final Path directory;

    OwnFigures(Path directory) {
        this.directory = directory;
    }

    void measure(Report report) throws IOException {
        for (Map<String, Object> row : rows("oneway")) {
            if (text(row).equals("raw")) {
                report.add(US, Figure.ONE_WAY_P50, run(row, "p50"));
                report.add(US, Figure.ONE_WAY_P99, run(row, "p99"));
                report.add(US, Figure.ONE_WAY_P999, run(row, "p99.9"));
            }
        }
        for (Map<String, Object> row : rows("ack")) {
            if (text(row).equals("one at a time")) {
                report.add(US, Figure.ROUND_TRIP_P50, run(row, "p50"));
                report.add(US, Figure.ROUND_TRIP_P99, run(row, "p99"));
                report.add(US, Figure.ROUND_TRIP_P999, run(row, "p99.9"));
            }
        }
        for (Map<String, Object> row : rows("memory")) {
            if (text(row).startsWith("a state")) { // The same at whoever sends and receives.
                report.add(US, Figure.MEMORY_SENDER, run(row, "size"));
                report.add(US, Figure.MEMORY_RECEIVER, run(row, "size"));
            }
        }
        for (Map<String, Object> row : rows("bulk")) {
            String what = text(row);
            if (what.startsWith("raw") && run(row).containsKey("time")) {
                report.add(US, Figure.BULK_SECONDS, run(row, "time"));
            } else if (what.startsWith("raw") && what.endsWith("holder")) {
                report.add(US, Figure.BULK_CPU_SENDER, run(row, "cpu"));
            } else if (what.startsWith("raw") && what.endsWith("requester")) {
                report.add(US, Figure.BULK_CPU_RECEIVER, run(row, "cpu"));
            }
        }
    }

    private static String text(Map<String, Object> row) {
        return (String) row.get("what");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> run(Map<String, Object> row) {
        return (Map<String, Object>) row.get("run");
    }

    private static double run(Map<String, Object> row, String key) {
        return ((BigDecimal) run(row).get(key)).doubleValue();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> rows(String scenario) throws IOException {
        Path log = directory.resolve("own.log");
        Child child =
                Child.start(
                        log,
                        List.of(
                                "ops/pfsyncd",
                                "bench",
                                scenario,
                                "--quick",
                                "--json",
                                "--out",
                                directory.toString()));
        int code = child.process().onExit().join().exitValue();
        String text = Files.readString(log);
        if (code != 0) {
            throw new IOException(scenario + ": exit code " + code + ": " + text);
        }
        String object =
                text.lines()
                        .filter(line -> line.startsWith("{"))
                        .findFirst()
                        .orElseThrow(() -> new IOException(scenario + " printed no result"));
        return (List<Map<String, Object>>) JsonTree.object(object).get("rows");
    }
}
