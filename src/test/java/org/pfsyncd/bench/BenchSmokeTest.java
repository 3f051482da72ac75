package org.pfsyncd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.Program;

/** Each scenario of the verb {@code bench}, as its user starts it, with next to nothing to do. */
@Tag("privileged")
@Tag("apart")
class BenchSmokeTest {
    private static final List<String> KEYS = List.of("p50", "p99", "rate", "time", "size");

    /** More than a benchmark waits for anything: its own words about what did not happen count. */
    private static final int LIMIT_SECONDS = 300;

    @TempDir Path directory;

    static Stream<String> scenarios() {
        return BenchCommand.SCENARIOS.stream().map(Scenario::name);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void shouldPrintOneObjectAndLeaveNothing(String name) throws Exception {
        assumeLab();
        String prefix = "pfs" + Long.toString(ProcessHandle.current().pid(), 36) + "-";
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        assertEquals(0, bench(name, prefix, temporary, out, err), () -> read(err));

        Map<String, Object> object = JsonTree.object(read(out).lines().toList().getLast());
        assertEquals(name, object.get("scenario"));
        assertFalse(map(object, "floor").isEmpty(), "floor");
        assertFalse(map(object, "run").isEmpty(), "run");
        assertTrue(
                KEYS.stream().anyMatch(key -> isPositive(map(object, "ratio").get(key))),
                () -> "no ratio above 0 of " + KEYS + ": " + object);

        assertFalse(Program.run("ip", "netns", "list").out().contains(prefix), "namespaces left");
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList(), "files left");
        }
    }

    /** A prefix of its own: another benchmark on this machine keeps its namespaces. */
    private static int bench(String name, String prefix, Path temporary, Path out, Path err)
            throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("ops/pfsyncd", "bench", name, "--smoke", "--json")
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment()
                .put(
                        "PFSYNCD_JAVA_OPTS",
                        "-Dpfsyncd.bench.prefix=" + prefix + " -Djava.io.tmpdir=" + temporary);
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroy(); // it removes what it made
            process.waitFor(10, TimeUnit.SECONDS);
            throw new AssertionError(name + " did not end:\n" + read(err));
        }
        return process.exitValue();
    }

    private static void assumeLab() {
        Assumptions.assumeTrue(
                Program.isRoot() && Stream.of("ip", "nft").allMatch(BenchSmokeTest::isInstalled),
                "skipped: bench needs root, ip(8) (iproute2) and nft(8) (nftables)");
        Program.command(); // skips where the jar is not built
    }

    private static boolean isInstalled(String program) {
        return Stream.of("/usr/sbin", "/sbin", "/usr/bin")
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    private static Map<?, ?> map(Map<String, Object> object, String name) {
        return assertInstanceOf(Map.class, object.get(name), name);
    }

    /** What is not finite is no number in JSON. */
    private static boolean isPositive(Object value) {
        return value instanceof BigDecimal number && number.signum() > 0;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
