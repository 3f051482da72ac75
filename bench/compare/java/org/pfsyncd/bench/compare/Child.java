package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A process that the harness started, and what it has used. Owned by the harness's thread. */
final class Child implements AutoCloseable {
    private static final long READY_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    private final Process process;
    private final Path log;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a command whose output goes to a file. */
    static Child start(Path log, List<String> command) throws IOException {
        return new Child(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
    }

    /** Starts a class of this class path behind a command such as ip(8). */
    static Child java(Path log, List<String> prefix, String main, List<String> args)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!argument.startsWith("-javaagent")) {
                command.add(argument);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(args);
        return start(log, command);
    }

    /** Runs a command to its end; what it printed, both streams. */
    static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(
                process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Waits until its output has this text. */
    Child await(String text) throws IOException {
        long limitNs = System.nanoTime() + READY_LIMIT_NS;
        while (!Files.readString(log).contains(text)) {
            if (!process.isAlive() || System.nanoTime() - limitNs > 0) {
                throw new IOException("no \"" + text + "\" but: " + Files.readString(log));
            }
            pause(5);
        }
        return this;
    }

    Process process() {
        return process;
    }

    /** CPU time used so far, of user and system, nanoseconds; a tick is 10 ms. */
    long cpuNs() {
        return process.toHandle().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Resident memory that belongs to the process alone, bytes. */
    long anonymousBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    /** Lets others run. */
    static void pause(long ms) {
        try {
            if (new Semaphore(0).tryAcquire(ms, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody releases it");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** SIGTERM, and SIGKILL a second later. */
    @Override
    public void close() throws IOException {
        try {
            process.destroy();
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
