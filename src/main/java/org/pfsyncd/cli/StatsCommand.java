package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.agrona.concurrent.status.CountersReader;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterScope;
import org.pfsyncd.metrics.MetricsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code stats}: every counter, from the counters file; works while the daemon runs and after a
 * crash.
 */
@Command(
        name = "stats",
        description = "Prints every counter, named as netstat -s -p pfsync names them.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd stats                 counters that are not zero",
            "  pfsyncd stats --all           all of them",
            "  pfsyncd stats --json          one object"
        })
public final class StatsCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Mixin private ConfigOption config;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    @Option(names = "--all", description = "Also counters that are zero.")
    private boolean isAll;

    @Override
    public Integer call() throws IOException {
        Path path = config.directories().counters();
        Map<String, Long> values;
        try (MetricsFile file = MetricsFile.open(path)) {
            values = read(file);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new Failure(
                    FAILED, path + " does not exist; has the daemon run since the last boot?");
        }
        String[] groups =
                values.keySet().stream()
                        .filter(label -> label.indexOf('/') > 0)
                        .map(label -> label.substring(0, label.indexOf('/')))
                        .distinct()
                        .toArray(String[]::new);
        if (isJson) {
            printJson(values, groups);
        } else {
            print(values, groups);
        }
        return 0;
    }

    private static Map<String, Long> read(MetricsFile file) {
        Map<String, Long> values = new LinkedHashMap<>();
        CountersReader reader = file.reader();
        reader.forEach((id, label) -> values.put(label, reader.getCounterValue(id)));
        return values;
    }

    private void print(Map<String, Long> values, String[] groups) {
        for (String group : groups) {
            System.out.println("group " + group + ":");
            print(values, CounterScope.GROUP, group + "/");
        }
        System.out.println("node:");
        print(values, CounterScope.NODE, "");
    }

    private void print(Map<String, Long> values, CounterScope scope, String prefix) {
        Arrays.stream(CounterId.values())
                .filter(id -> id.scope() == scope)
                .forEach(
                        id -> {
                            long value = values.getOrDefault(prefix + id.label(), 0L);
                            if (value != 0 || isAll) {
                                System.out.printf(
                                        "  %,16d %-32s %s%n", value, id.label(), id.meaning());
                            }
                        });
    }

    /**
     * With one group its counters stand at the top, as scripts written for netstat expect; each
     * also under its group.
     */
    private static void printJson(Map<String, Long> values, String[] groups) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            for (CounterId id : CounterId.values()) {
                long total =
                        id.scope() == CounterScope.NODE
                                ? values.getOrDefault(id.label(), 0L)
                                : Arrays.stream(groups)
                                        .mapToLong(
                                                g -> values.getOrDefault(g + "/" + id.label(), 0L))
                                        .sum();
                json.writeNumberField(id.label(), total);
            }
            json.writeObjectFieldStart("groups");
            for (String group : groups) {
                json.writeObjectFieldStart(group);
                for (CounterId id : CounterId.values()) {
                    if (id.scope() == CounterScope.GROUP) {
                        json.writeNumberField(
                                id.label(), values.getOrDefault(group + "/" + id.label(), 0L));
                    }
                }
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        System.out.println(text);
    }
}
