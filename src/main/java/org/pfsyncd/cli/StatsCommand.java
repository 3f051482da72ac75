package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
        if (isJson) {
            printJson(values);
        } else {
            print(values);
        }
        return 0;
    }

    /** Groups or peers, by a counter that each of them has; one may be called as the other. */
    private static List<String> owners(Map<String, Long> values, CounterScope scope) {
        String mark = "/" + scope.counters().get(0).label();
        return values.keySet().stream()
                .filter(label -> label.endsWith(mark))
                .map(label -> label.substring(0, label.length() - mark.length()))
                .toList();
    }

    private static Map<String, Long> read(MetricsFile file) {
        Map<String, Long> values = new LinkedHashMap<>();
        CountersReader reader = file.reader();
        reader.forEach((id, label) -> values.put(label, reader.getCounterValue(id)));
        return values;
    }

    private void print(Map<String, Long> values) {
        for (String group : owners(values, CounterScope.GROUP)) {
            System.out.println("group " + group + ":");
            print(values, CounterScope.GROUP, group + "/");
        }
        for (String peer : owners(values, CounterScope.PEER)) {
            System.out.println("peer " + peer + ":");
            print(values, CounterScope.PEER, peer + "/");
        }
        System.out.println("node:");
        print(values, CounterScope.NODE, "");
    }

    private void print(Map<String, Long> values, CounterScope scope, String prefix) {
        for (CounterId id : scope.counters()) {
            long value = values.getOrDefault(prefix + id.label(), 0L);
            if (value != 0 || isAll) {
                System.out.printf("  %,16d %-32s %s%n", value, id.label(), id.meaning());
            }
        }
    }

    /**
     * With one group its counters stand at the top, as scripts written for netstat expect; each
     * also under its group. Counters of peers likewise.
     */
    private static void printJson(Map<String, Long> values) throws IOException {
        List<String> groups = owners(values, CounterScope.GROUP);
        List<String> peers = owners(values, CounterScope.PEER);
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            writeSums(json, CounterScope.GROUP, prefixes(groups), values);
            writeSums(json, CounterScope.PEER, prefixes(peers), values);
            writeSums(json, CounterScope.NODE, List.of(""), values);
            writeOwners(json, "groups", values, CounterScope.GROUP);
            writeOwners(json, "peers", values, CounterScope.PEER);
            json.writeEndObject();
        }
        System.out.println(text);
    }

    private static List<String> prefixes(List<String> owners) {
        return owners.stream().map(owner -> owner + "/").toList();
    }

    private static void writeSums(
            JsonGenerator json, CounterScope scope, List<String> prefixes, Map<String, Long> values)
            throws IOException {
        for (CounterId id : scope.counters()) {
            json.writeNumberField(
                    id.label(),
                    prefixes.stream()
                            .mapToLong(prefix -> values.getOrDefault(prefix + id.label(), 0L))
                            .sum());
        }
    }

    private static void writeOwners(
            JsonGenerator json, String name, Map<String, Long> values, CounterScope scope)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (String owner : owners(values, scope)) {
            json.writeObjectFieldStart(owner);
            for (CounterId id : scope.counters()) {
                json.writeNumberField(
                        id.label(), values.getOrDefault(owner + "/" + id.label(), 0L));
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
