package org.pfsyncd.cli;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The packaged program, for tests that start real processes. */
final class Program {
    private static final Path JAR =
            Path.of(System.getProperty("pfsyncd.jar", "target/pfsyncd.jar"));

    private Program() {}

    /** Command without a verb; skips the test with one line where the jar is not built. */
    static List<String> command() {
        Assumptions.assumeTrue(
                JAR.toFile().exists(), "skipped: " + JAR + " is not built; run mvn verify");
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=8g",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-ea:org.pfsyncd...",
                "-jar",
                JAR.toString());
    }
}
