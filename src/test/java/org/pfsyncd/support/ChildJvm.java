package org.pfsyncd.support;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Starts classes of this class path as processes of their own, as the launcher would. Stateless.
 */
public final class ChildJvm {
    private static final int RUN_LIMIT_SECONDS = 60;

    private ChildJvm() {}

    /**
     * What a finished process left.
     *
     * @param exitCode of the process.
     * @param out both of its streams.
     */
    public record Result(int exitCode, String out) {}

    /**
     * The command line of a class under umask 0027; the process that is started becomes the virtual
     * machine, so that its pid is the one to kill.
     *
     * @param prefix such as {@code ip netns exec NAME}, or empty.
     */
    public static List<String> command(List<String> prefix, String mainClass, List<String> args) {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "umask 0027; exec \"$@\"", "sh"));
        command.addAll(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!argument.startsWith("-Xmx") && !argument.startsWith("-javaagent")) {
                command.add(argument);
            }
        }
        command.addAll(
                List.of(
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=8g",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // a short life
                        "-cp",
                        System.getProperty("java.class.path"),
                        mainClass));
        command.addAll(args);
        return command;
    }

    /** Runs a verb of the program to its end. */
    public static Result pfsyncd(String... args) throws IOException {
        return run(command(List.of(), "org.pfsyncd.cli.Pfsyncd", List.of(args)));
    }

    /** Runs a command to its end. */
    public static Result run(List<String> command) throws IOException {
        Path out = Files.createTempFile("pfsyncd-test", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            if (!process.waitFor(RUN_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end:\n" + Files.readString(out));
            }
            return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.delete(out);
        }
    }

    /** Asks every 10 ms until the condition holds; false if it does not within the limit. */
    public static boolean await(long limitMs, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            pause(10);
        }
        return true;
    }

    private static void pause(long ms) {
        try {
            new java.util.concurrent.Semaphore(0).tryAcquire(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
