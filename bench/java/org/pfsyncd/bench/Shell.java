package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the machine, run to their end. Stateless. */
final class Shell {
    private static final int LIMIT_S = 60;

    private Shell() {}

    /**
     * What the command printed.
     *
     * @throws IOException with that if it failed, or if it cannot be started.
     */
    static String run(String... command) throws IOException {
        Path output = Files.createTempFile("pfsyncd-bench", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(
                        String.join(" ", command) + " did not end within " + LIMIT_S + " s");
            }
            String text = Files.readString(output);
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + text.strip());
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + String.join(" ", command), e);
        } finally {
            Files.delete(output);
        }
    }

    /** The first line of what it printed, or "" where it cannot run. */
    static String firstLine(String... command) {
        try {
            List<String> lines = run(command).lines().toList();
            return lines.isEmpty() ? "" : lines.getFirst().strip();
        } catch (IOException e) {
            return "";
        }
    }
}
