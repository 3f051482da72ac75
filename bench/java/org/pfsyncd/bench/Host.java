package org.pfsyncd.bench;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a reader has to know of the machine to judge a number. Stateless. */
final class Host {
    private Host() {}

    /**
     * Facts by name, in the order in which they are printed.
     *
     * @param touchedBytes of memory, to see how fast there is some.
     */
    static Map<String, String> facts(long touchedBytes) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("machine", cpu() + ", " + cores() + " cores, " + memoryGib() + " GiB");
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("jdk", Runtime.version() + ", " + System.getProperty("java.vendor"));
        facts.put(
                "flags",
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> !flag.contains(File.separator))
                        .collect(Collectors.joining(" ")));
        facts.put("commit", commit());
        facts.put("load", load());
        facts.put("fresh memory", FreshMemory.fact(touchedBytes));
        return facts;
    }

    /** Load averages over 1, 5 and 15 minutes. */
    static String load() {
        String text = read(Path.of("/proc/loadavg"));
        String[] words = text.split(" ", 4);
        return words.length < 3 ? "unknown" : words[0] + " " + words[1] + " " + words[2];
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static long memoryGib() {
        return Math.round(memoryKib("MemTotal:") / (1024.0 * 1024.0));
    }

    /** Bytes that processes can still have. */
    static long availableBytes() {
        return memoryKib("MemAvailable:") * 1024;
    }

    private static long memoryKib(String name) {
        return read(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> Long.valueOf(line.replaceAll("\\D", "")))
                .orElse(0L);
    }

    private static String commit() {
        String home = System.getProperty("pfsyncd.home", ".");
        String commit = Shell.firstLine("git", "-C", home, "rev-parse", "--short", "HEAD");
        if (commit.isEmpty()) {
            return "unknown";
        }
        boolean isClean =
                Shell.firstLine(
                                "git",
                                "-C",
                                home,
                                "status",
                                "--porcelain",
                                "--",
                                "src",
                                "bench/java")
                        .isEmpty();
        return isClean ? commit : commit + " with changes";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
