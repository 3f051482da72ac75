package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Runs all peers one after the other and writes {@code compare.md} and {@code compare.json}.
 * Started by bench/compare, which makes the namespaces and says what the machine has.
 */
public final class Compare {
    private static final String C_FLOOR = "bare socket, C";
    private static final String JAVA_FLOOR = "bare socket, Java";
    private static final String AERON = "Aeron";

    private static final String NO_COMPILER = "no C compiler (cc) on this machine";

    private final Report report = new Report();

    private Compare() {}

    private interface Part {
        void run() throws Exception;
    }

    /**
     * Properties: {@code compare.a}, {@code .b} (namespaces), {@code .address-a}, {@code
     * .address-b}, {@code .device}, {@code .directory} (tmpfs), {@code .programs} (those of
     * bench/c, or empty), {@code .results}, {@code .runs}, {@code .block} (messages), {@code
     * .states}, {@code .parts}, {@code .commit}.
     */
    public static void main(String[] args) throws Exception {
        new Compare().run();
    }

    private static String property(String name) {
        String value = System.getProperty("compare." + name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "compare." + name + " is missing: run bench/compare");
        }
        return value;
    }

    private void run() throws Exception {
        Path directory = Path.of(property("directory"));
        int runs = Integer.parseInt(property("runs"));
        Pair pair =
                new Pair(
                        property("a"), property("b"), property("address-a"), property("address-b"));
        surroundings(runs);
        List<String> parts = List.of(property("parts").split(","));
        if (parts.contains("floor") || parts.contains("aeron")) {
            sockets(
                    new SocketDelays(pair, directory, Integer.parseInt(property("block")), runs),
                    parts);
        }
        if (parts.contains("conntrackd")) {
            ConntrackdFigures conntrackd =
                    new ConntrackdFigures(
                            pair,
                            property("device"),
                            directory,
                            Integer.parseInt(property("states")),
                            runs);
            String programs = property("programs");
            if (programs.isEmpty()) {
                report.missing("conntrackd, one way", NO_COMPILER);
            } else {
                part("conntrackd, one way", () -> conntrackd.oneWay(Path.of(programs), report));
            }
            part("conntrackd, load and bulk", () -> conntrackd.load(report));
        }
        if (parts.contains("pfsyncd")) {
            part("pfsyncd", () -> new OwnFigures(directory).measure(report));
        }
        System.out.print(report.markdown());
    }

    private void sockets(SocketDelays delays, List<String> parts) throws IOException {
        long intervalNs = 100_000;
        String programs = property("programs");
        if (parts.contains("floor") && programs.isEmpty()) {
            report.missing(C_FLOOR, NO_COMPILER);
        } else if (parts.contains("floor")) {
            Path path = Path.of(programs);
            part(
                    C_FLOOR + ", one way",
                    () -> report.addOneWay(C_FLOOR, delays.cOneWay(path, intervalNs)));
            part(
                    C_FLOOR + ", round trip",
                    () -> report.addRoundTrip(C_FLOOR, delays.cRoundTrip(path)));
        }
        if (parts.contains("floor")) {
            part(JAVA_FLOOR, () -> report.addOneWay(JAVA_FLOOR, delays.javaOneWay(intervalNs)));
        }
        if (parts.contains("aeron")) {
            part(
                    AERON + ", one way",
                    () -> report.addOneWay(AERON, delays.aeronOneWay(intervalNs)));
            part(AERON + ", round trip", () -> report.addRoundTrip(AERON, delays.aeronRoundTrip()));
        }
    }

    /**
     * A part that cannot run here leaves its reason, and the others go on. What there is so far is
     * written after each.
     */
    private void part(String name, Part part) throws IOException {
        System.out.println(name);
        try {
            part.run();
        } catch (Exception e) {
            report.missing(name, String.valueOf(e.getMessage()));
        }
        report.surrounding("load average after", loadAverage());
        Path results = Files.createDirectories(Path.of(property("results")));
        Files.writeString(results.resolve("compare.md"), report.markdown());
        report.json(results.resolve("compare.json"));
    }

    private void surroundings(int runs) throws IOException {
        report.surrounding("commit", property("commit"));
        report.surrounding("machine", processor());
        report.surrounding("kernel", System.getProperty("os.version"));
        report.surrounding(
                "jdk",
                System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
        report.surrounding(
                "runs",
                String.format(
                        Locale.ROOT,
                        "%d, of %s messages of %d bytes, 10,000 a second, or one at a time for a"
                            + " round trip; conntrackd 1,000 new connections a run, at most 1,000 a"
                            + " second, and %s states",
                        runs,
                        property("block"),
                        SocketDelays.STATE_LENGTH,
                        property("states")));
        report.surrounding("load average before", loadAverage());
    }

    private static String processor() throws IOException {
        String model =
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .findFirst()
                        .map(line -> line.replaceAll(".*: ", ""))
                        .orElse(System.getProperty("os.arch"));
        return model + ", " + Runtime.getRuntime().availableProcessors() + " cores";
    }

    private static String loadAverage() throws IOException {
        return Files.readString(Path.of("/proc/loadavg"))
                .replaceAll("^(\\S+ \\S+ \\S+).*\\s*", "$1");
    }
}
