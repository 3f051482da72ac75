package org.pfsyncd.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.status.CountersReader;
import org.pfsyncd.metrics.MetricsFile;

/**
 * A child process of a benchmark: the packaged daemon, or one of the floors. Owned by the
 * benchmark's thread.
 */
final class BenchProcess implements AutoCloseable {
    private static final String LAUNCHER = "ops/pfsyncd";

    private final Process process;
    private long readyNs;
    private long cpuAtReadyNs;

    private BenchProcess(Process process) {
        this.process = process;
    }

    /** As below, with a journal ring that takes bursts no firewall sends. */
    static BenchProcess daemon(Path home, Path runDir, long capacity) throws Exception {
        return daemon(home, runDir, capacity, "256MiB");
    }

    /** Starts the packaged program with a configuration of its own and waits until it answers. */
    static BenchProcess daemon(Path home, Path runDir, long capacity, String ringSize)
            throws Exception {
        Path config = home.resolve("pfsyncd.toml");
        Files.writeString(
                config,
                """
                [node]
                name = "bench"
                data-dir = "%s"
                run-dir = "%s"
                capacity = %d
                idle = "busy-spin"
                [journal]
                ring-size = "%s"
                [timeouts]
                tcp.established = "10d"
                [[group]]
                name = "bench"
                syncdev = "lo"
                address = "%s"
                syncpeer = "%s"
                ack = "always"
                """
                        .formatted(
                                home.resolve("data"),
                                runDir,
                                capacity,
                                ringSize,
                                Addresses.NODE,
                                Addresses.NODE_PEER));
        BenchProcess daemon = start(List.of(LAUNCHER, "run", "-c", config.toString()), home);
        daemon.awaitControl(home, runDir);
        return daemon;
    }

    /** Starts the packaged program behind a command such as ip(8) and waits until it answers. */
    static BenchProcess daemon(List<String> prefix, Path config, Path home, Path runDir)
            throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(LAUNCHER, "run", "-c", config.toString()));
        BenchProcess daemon = start(command, home);
        daemon.awaitControl(home, runDir);
        return daemon;
    }

    private void awaitControl(Path home, Path runDir) throws Exception {
        while (!Files.exists(runDir.resolve("control"))) {
            if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
                throw new IOException(Files.readString(home.resolve("log")));
            }
        }
        readyNs = System.nanoTime();
        cpuAtReadyNs = cpuNs();
    }

    /** Starts a floor of this package. */
    static BenchProcess floor(String main, Path home) throws IOException {
        return start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=16g",
                        "-XX:-UsePerfData",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main),
                home);
    }

    /**
     * Starts a class of this package behind a command such as ip(8), and waits until it is ready.
     */
    static BenchProcess java(List<String> prefix, String main, Path home, String... args)
            throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(args));
        Path log = home.resolve("log");
        Files.deleteIfExists(log);
        BenchProcess started = start(command, home);
        while (!Files.readString(log).contains("ready")) {
            if (started.process.waitFor(5, TimeUnit.MILLISECONDS)) {
                throw new IOException(Files.readString(log));
            }
        }
        started.readyNs = System.nanoTime();
        started.cpuAtReadyNs = started.cpuNs();
        return started;
    }

    /** When it was ready, of the machine's monotonic clock. */
    long readyNs() {
        return readyNs;
    }

    /** CPU time used so far, nanoseconds. */
    long cpuNs() {
        return process.toHandle().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** CPU time used since it was ready, nanoseconds. */
    long cpuSinceReadyNs() {
        return cpuNs() - cpuAtReadyNs;
    }

    /** What a verb of the launcher prints about the daemon's data. */
    static String output(Path home, String verb) throws Exception {
        Path config = home.resolve("pfsyncd.toml");
        Path output = home.resolve("output");
        new ProcessBuilder(LAUNCHER, verb, "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        return Files.readString(output);
    }

    private static BenchProcess start(List<String> command, Path home) throws IOException {
        return new BenchProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                        .start());
    }

    /** Lets the process run, or stops it so that it takes no core from another. */
    void setRunning(boolean isRunning) throws Exception {
        signal(isRunning ? "-CONT" : "-STOP");
    }

    /** SIGKILL. */
    void kill() throws Exception {
        process.destroyForcibly().waitFor();
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
    }

    /** Resident memory that belongs to the process alone, bytes. */
    long anonymousBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    /** A counter of the daemon, by its label. */
    static long counter(Path runDir, String label) throws IOException {
        try (MetricsFile file = MetricsFile.open(runDir.resolve("counters"))) {
            CountersReader reader = file.reader();
            long[] value = new long[1];
            reader.forEach(
                    (id, name) -> {
                        if (name.equals(label)) {
                            value[0] = reader.getCounterValue(id);
                        }
                    });
            return value[0];
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
