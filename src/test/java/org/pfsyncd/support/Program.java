package org.pfsyncd.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The packaged program as processes of their own, as the launcher starts it. Stateless. */
public final class Program {
    private static final Path JAR =
            Path.of(System.getProperty("pfsyncd.jar", "target/pfsyncd.jar"));
    private static final int RUN_LIMIT_SECONDS = 60;

    private Program() {}

    /**
     * What a finished process left.
     *
     * @param exitCode of the process.
     * @param out both of its streams.
     */
    public record Result(int exitCode, String out) {}

    /** The packaged program; skips the test with one line where it is not built. */
    public static Path jar() {
        Assumptions.assumeTrue(
                JAR.toFile().exists(), "skipped: " + JAR + " is not built; run mvn verify");
        return JAR;
    }

    /**
     * Command without a verb, under the launcher's umask; skips the test with one line where the
     * jar is not built. Each part becomes the next, so the pid is the virtual machine's, unless the
     * prefix forks.
     *
     * @param prefix such as {@code ip netns exec NAME}, or nothing.
     */
    public static List<String> command(String... prefix) {
        Path jar = jar();
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "umask 0027; exec \"$@\"", "sh"));
        command.addAll(List.of(prefix));
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=8g",
                        "-XX:TieredStopAtLevel=1", // a short life
                        "--sun-misc-unsafe-memory-access=allow",
                        "-ea:org.pfsyncd..."));
        command.addAll(cache());
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /**
     * The cache that the launcher keeps beside the jar, where it has made one: classes need not be
     * loaded anew. The virtual machine itself refuses one that belongs to another jar.
     */
    private static List<String> cache() {
        try (Stream<Path> files = Files.list(JAR.toAbsolutePath().getParent())) {
            return files.filter(file -> file.toString().endsWith(".aot"))
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .map(
                            file ->
                                    List.of(
                                            "-XX:AOTCache=" + file,
                                            "-XX:AOTMode=auto",
                                            "-Xlog:aot=off",
                                            "-Xlog:cds=off"))
                    .orElse(List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether this process may do what only root may. */
    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a verb of the program to its end. */
    public static Result pfsyncd(String... args) throws IOException {
        List<String> command = command();
        command.addAll(List.of(args));
        return run(command.toArray(String[]::new));
    }

    /** Runs any command to its end. */
    public static Result run(String... command) throws IOException {
        Path out = Files.createTempFile("pfsyncd-test", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            if (!process.waitFor(RUN_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        String.join(" ", command) + " did not end:\n" + Files.readString(out));
            }
            return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.delete(out);
        }
    }
}
