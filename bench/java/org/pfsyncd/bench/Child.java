package org.pfsyncd.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * A process of a benchmark: the packaged daemon, a load, or a floor. Owned by the benchmark's
 * thread; ended at the latest with its {@link Bench}.
 */
final class Child implements AutoCloseable {
    private static final String READY = "ready";

    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private long readyNs;
    private long cpuAtReadyNs;
    private boolean isClosed;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
        answers = process.inputReader();
        questions = process.outputWriter();
    }

    /**
     * Starts a class of this package through the launcher, with the daemon's flags, and waits until
     * it says that it is ready.
     *
     * @param prefix such as {@code ip netns exec NAME}, or nothing; each has to become the next.
     */
    static Child start(Bench bench, List<String> prefix, ChildKind kind, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(bench.launcher(), "bench-child", kind.word()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return other(bench, command);
    }

    /** What measures the bare sockets, in namespace b. */
    static Child floor(Bench bench) throws IOException {
        return floor(bench, EchoFloor.FLOOD_LENGTH);
    }

    /** The same, which counts what has that length at least, and answers what is shorter. */
    static Child floor(Bench bench, int floodLength) throws IOException {
        return start(
                bench,
                bench.lab().in("b"),
                ChildKind.ECHO_FLOOR,
                Lab.DEVICE,
                Lab.FLOOR_LOAD,
                Lab.FLOOR,
                floodLength);
    }

    /**
     * What sends and is answered, in namespace a, to pairs of a destination and its own address.
     */
    static Child load(Bench bench, String... pairs) throws IOException {
        Object[] arguments = new Object[1 + pairs.length];
        arguments[0] = Lab.DEVICE;
        System.arraycopy(pairs, 0, arguments, 1, pairs.length);
        return start(bench, bench.lab().in("a"), ChildKind.LOAD, arguments);
    }

    /** Starts any command that says {@code ready} on its standard output. */
    static Child other(Bench bench, List<String> command) throws IOException {
        Child child = spawn(bench, command, bench.home(), "");
        String line = child.answers.readLine();
        while (line != null && !line.startsWith(READY)) {
            line = child.answers.readLine();
        }
        if (line == null) {
            throw child.died();
        }
        return child.nowReady();
    }

    /** Starts the packaged daemon and waits until it answers. */
    static Child daemon(Bench bench, List<String> prefix, NodeConfig config) throws IOException {
        return daemon(bench, prefix, config, "");
    }

    /** The same with more options for its virtual machine. */
    static Child daemon(Bench bench, List<String> prefix, NodeConfig config, String javaOptions)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(bench.launcher(), "run", "-c", config.write().toString()));
        Path control = config.runDir().resolve("control");
        Files.deleteIfExists(control);
        Child daemon = spawn(bench, command, config.home(), javaOptions);
        bench.await("a daemon's start", () -> Files.exists(control));
        return daemon.nowReady();
    }

    private static Child spawn(Bench bench, List<String> command, Path home, String javaOptions)
            throws IOException {
        Path log = Files.createTempFile(Files.createDirectories(home), "child", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        // A node that is pinned to one core would else believe that there is no other, and not
        // spin.
        String options =
                "-XX:ActiveProcessorCount="
                        + bench.cores()
                        + " "
                        + bench.trial().javaOptions()
                        + " "
                        + javaOptions;
        builder.environment().put("PFSYNCD_JAVA_OPTS", options.strip());
        Child child = new Child(builder.start(), log);
        bench.own(child);
        return child;
    }

    private Child nowReady() {
        readyNs = System.nanoTime();
        cpuAtReadyNs = cpuNs();
        return this;
    }

    private IOException died() throws IOException {
        return new IOException(
                "a process of the benchmark ended, exit code "
                        + (process.isAlive() ? "unknown" : process.exitValue())
                        + ": "
                        + Files.readString(log));
    }

    /** Sends a line and returns the one that answers it. */
    String ask(String question) throws IOException {
        questions.write(question);
        questions.newLine();
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw died();
        }
        return answer;
    }

    /** Asks for latencies, nanoseconds. */
    Histogram histogram(String question) throws IOException {
        String answer = ask(question);
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(answer)), 0);
        } catch (IllegalArgumentException | DataFormatException e) {
            throw new IOException(question + " was answered by " + answer, e);
        }
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

    /**
     * How long its busiest thread has been ready to run and had no core, nanoseconds (the second
     * number of {@code /proc/PID/task/TID/schedstat}).
     */
    long coreWaitNs() throws IOException {
        long mostRunNs = -1;
        long waitNs = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                Scanner words = new Scanner(Files.readString(thread.resolve("schedstat")));
                long runNs = words.nextLong();
                if (runNs > mostRunNs) {
                    mostRunNs = runNs;
                    waitNs = words.nextLong();
                }
            }
        } catch (NoSuchFileException e) {
            return waitNs; // a thread that ended meanwhile
        }
        return waitNs;
    }

    /** Processor time of its compiler threads, nanoseconds. */
    long compilerNs() throws IOException {
        long ns = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).matches("(?s)C[12] Compiler.*")) {
                    ns += new Scanner(Files.readString(thread.resolve("schedstat"))).nextLong();
                }
            }
        } catch (NoSuchFileException e) {
            return ns; // a thread that ended meanwhile
        }
        return ns;
    }

    /** Lets the process run, or stops it so that it takes no core from another. */
    void setRunning(boolean isRunning) throws IOException {
        Shell.run("kill", isRunning ? "-CONT" : "-STOP", Long.toString(process.pid()));
    }

    /** A line of {@code /proc/PID/status} in bytes, for example {@code RssAnon}. */
    long statusBytes(String key) throws IOException {
        Optional<String> line =
                Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(candidate -> candidate.startsWith(key + ":"))
                        .findFirst();
        return line.map(text -> Long.parseLong(text.replaceAll("\\D", "")) * 1024).orElse(0L);
    }

    long pid() {
        return process.pid();
    }

    /**
     * Nothing is to be expected of a process that ended by itself.
     *
     * @throws IOException if it did, with what it said last.
     */
    void requireAlive() throws IOException {
        if (!isClosed && !process.isAlive()) {
            throw died();
        }
    }

    /** SIGKILL; waits for the end. */
    @Override
    public void close() {
        isClosed = true;
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
