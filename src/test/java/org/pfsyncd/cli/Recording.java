package org.pfsyncd.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.pfsyncd.support.JsonTree;
import picocli.CommandLine;

/**
 * One set of the recordings of a real FreeBSD 12.1: its packets as we decode them, and its files.
 */
public final class Recording {
    static final Path ROOT = Path.of("src/test/resources/captures/freebsd-12.1");

    private static final Map<String, String> HOSTS = Map.of("10.0.0.1", "A", "10.0.0.2", "B");

    private final Path folder;

    public Recording(String name) {
        folder = ROOT.resolve(name);
    }

    public static Stream<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders
                    .filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /** The host that a source address belongs to, or {@code peer}. */
    public static String host(Map<String, Object> message) {
        return HOSTS.getOrDefault((String) message.get("from"), "peer");
    }

    public Path pcap() {
        return folder.resolve(folder.getFileName() + ".pcap");
    }

    /** What {@code decode --json} prints. */
    public List<Map<String, Object>> messages() {
        StringWriter out = new StringWriter();
        int exitCode =
                new CommandLine(new DecodeCommand())
                        .setOut(new PrintWriter(out))
                        .execute("--json", pcap().toString());
        if (exitCode != 0) {
            throw new AssertionError(pcap() + ": exit code " + exitCode);
        }
        return out.toString().lines().map(JsonTree::object).toList();
    }

    public List<Map<String, Object>> states() {
        return Files.exists(folder.resolve("states.jsonl.gz"))
                ? lines("states.jsonl.gz")
                : lines("states.jsonl");
    }

    public List<Map<String, Object>> stats() {
        return lines("stats.jsonl");
    }

    public List<Map<String, Object>> cases() {
        return lines("cases.jsonl");
    }

    /** The lines of the packet list in the set's description. */
    List<String> packets() throws IOException {
        return Files.readAllLines(folder.resolve("README.md")).stream()
                .filter(line -> line.contains(" iplen="))
                .toList();
    }

    /** True if the description lists only the first packets. */
    boolean isPacketListCut() throws IOException {
        return Files.readString(folder.resolve("README.md")).contains("(list cut here");
    }

    private List<Map<String, Object>> lines(String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return List.of();
        }
        try (var in = Files.newInputStream(file);
                var unpacked = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
                var reader =
                        new BufferedReader(
                                new InputStreamReader(unpacked, StandardCharsets.UTF_8))) {
            return reader.lines().map(JsonTree::object).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
