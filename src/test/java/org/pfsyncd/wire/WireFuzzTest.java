package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer over {@link WireFuzzTarget}, guided by coverage and seeded with every vector and recorded
 * frame.
 *
 * <p>In a process of its own: the JUnit extension fuzzes only when an environment variable is set,
 * one target a JVM, and its agent would stay in the JVM of all other tests.
 */
class WireFuzzTest {
    private static final int FINDING_EXIT_CODE = 77;
    private static final int START_UP_LIMIT_S = 120;
    private static final Pattern DONE = Pattern.compile("DONE +cov: (\\d+)");

    @TempDir private Path directory;

    @Test
    @Tag("system")
    void shouldKeepItsPromisesWhateverArrives() throws Exception {
        assertHolds(fuzz(WireFuzzTarget.class, 8));
    }

    @Test
    @Tag("night")
    void shouldKeepItsPromisesForAMinute() throws Exception {
        assertHolds(fuzz(WireFuzzTarget.class, 60));
    }

    @Test
    @Tag("system")
    void shouldFindAPlantedFault() throws Exception {
        Result result = fuzz(WireFuzzTarget.Faulty.class, 8);
        assertEquals(FINDING_EXIT_CODE, result.exitCode(), result::output);
        assertTrue(result.output().contains("planted"), result::output);
        assertTrue(result.output().contains("frame: 06"), result::output);
    }

    private record Result(int exitCode, String output) {}

    private static void assertHolds(Result result) {
        assertEquals(0, result.exitCode(), result::output);
        Matcher done = DONE.matcher(result.output());
        assertTrue(done.find(), result::output);
        int coverage = Integer.parseInt(done.group(1));
        assertTrue(coverage >= 300, () -> "the agent instruments wire: " + done.group());
    }

    private Result fuzz(Class<?> target, int seconds) throws IOException, InterruptedException {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        seed(corpus);
        Path output = directory.resolve("output");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+EnableDynamicAgentLoading",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-ea:org.pfsyncd...",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "com.code_intelligence.jazzer.Jazzer"));
        command.addAll(
                List.of(
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=org.pfsyncd.wire.**",
                        "--custom_hook_includes=org.pfsyncd.wire.**",
                        corpus.toString(),
                        "-artifact_prefix=" + directory + "/",
                        "-max_total_time=" + seconds,
                        // The kernel hands the peak of the JVM that starts it on to the
                        // fuzzer, which would take it for its own; -Xmx bounds this one.
                        "-rss_limit_mb=0",
                        "-max_len=2000"));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            boolean isDone = process.waitFor(START_UP_LIMIT_S + seconds, TimeUnit.SECONDS);
            assertTrue(isDone, "the fuzzer stops by itself");
            return new Result(process.exitValue(), summary(output));
        } finally {
            process.destroyForcibly();
        }
    }

    /** The output without its lines of progress, and the input that was found, if one was. */
    private String summary(Path output) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(output));
        lines.removeIf(line -> line.matches("#\\d+\\s+(NEW|REDUCE|pulse).*|INFO: .*"));
        try (Stream<Path> artifacts = Files.list(directory)) {
            for (Path found : artifacts.filter(p -> p.toString().contains("crash-")).toList()) {
                lines.add("frame: " + HexFormat.of().formatHex(Files.readAllBytes(found)));
            }
        }
        return String.join("\n", lines);
    }

    private static void seed(Path corpus) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        Vectors.positive().forEach(v -> frames.add(v.frame()));
        Vectors.negative().forEach(v -> frames.add(v.frame()));
        Recorded.frames().forEach(f -> frames.add(f.bytes()));
        for (int i = 0; i < frames.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), frames.get(i));
        }
    }
}
