package org.pfsyncd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.Surroundings;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.ControlServer;
import org.pfsyncd.control.NodeStatus;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.FakePort;
import org.pfsyncd.support.StateRecords;

/**
 * A whole daemon with files, a port in memory and a control socket, on a clock that the test turns;
 * verbs run against it in this process. One thread steps it.
 */
final class FileNode implements AutoCloseable {
    private static final long STEP_PAUSE_NS = 50_000;
    private static final long LIMIT_MS = 10_000;

    /** A slice a step; a table of this capacity has fewer. */
    private static final long STEPS_OF_A_CLEAR = 64;

    final FakePort port = new FakePort();
    final Path config;
    private final String name;
    private long nowNs = 5_000_000_000L;
    private long wallMs = StateRecords.NOW_MS;
    private Daemon daemon;
    private ControlServer control;
    private Thread stepper;
    private volatile boolean isRunning;
    private final AtomicLong steps = new AtomicLong();

    /** What a verb left. */
    record Result(int exitCode, String out, String err) {}

    FileNode(Path root, String name) throws IOException {
        this(root, name, "");
    }

    FileNode(Path root, String name, String rest) throws IOException {
        this.name = name;
        Path home = Files.createDirectories(root.resolve(name));
        config = home.resolve("pfsyncd.toml");
        Files.writeString(
                config,
                """
                [node]
                name = "%s"
                data-dir = "%s"
                run-dir = "%s"
                capacity = 20000
                [journal]
                block-size = "1MiB"
                ring-size = "8MiB"
                reserve = 0
                [[group]]
                name = "g"
                syncdev = "lo"
                ack = "always"
                %s
                """
                        .formatted(name, home.resolve("data"), home.resolve("run"), rest));
    }

    FileNode start() throws IOException {
        Surroundings clocks = new Surroundings(this::nowNs, this::wallMs, name.hashCode());
        try {
            daemon =
                    new Daemon(ConfigLoader.load(config, Machine.here()), clocks, group -> port)
                            .open();
        } catch (org.pfsyncd.config.ConfigException e) {
            throw new IOException(e);
        }
        control = new ControlServer(daemon.directories().control(), daemon.control());
        isRunning = true;
        stepper = Thread.ofPlatform().name("step-" + name).start(this::step);
        return this;
    }

    private void step() {
        while (isRunning) {
            synchronized (this) {
                daemon.step();
            }
            steps.incrementAndGet();
            Await.pause(STEP_PAUSE_NS);
        }
    }

    private synchronized long nowNs() {
        return nowNs;
    }

    synchronized long wallMs() {
        return wallMs;
    }

    synchronized void advanceMs(long ms) {
        nowNs += ms * 1_000_000;
        wallMs += ms;
    }

    /** Hands frames over and waits until the node has taken them in. */
    void offer(List<byte[]> frames, String source) throws Exception {
        long before = frames();
        synchronized (this) {
            frames.forEach(frame -> port.offer(frame, source, 255, true));
        }
        await("the frames", () -> frames() >= before + frames.size());
        long seen = steps.get();
        await("the last clear's slices", () -> steps.get() > seen + STEPS_OF_A_CLEAR);
    }

    private long frames() {
        return status().groups().get(0).senders().stream().mapToLong(s -> s.frames()).sum();
    }

    void await(String what, java.util.function.BooleanSupplier condition) {
        if (!Await.until(LIMIT_MS, condition)) {
            throw new AssertionError(what + " did not come");
        }
    }

    NodeStatus status() {
        try {
            return daemon.control().status();
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    long size() {
        return status().table().states();
    }

    String digest() {
        return String.format("%016x", status().table().digest());
    }

    /** The first line that the control socket answers. */
    String ask(String request) throws IOException {
        try (ControlClient client = new ControlClient(control.path())) {
            client.ask(request);
            return client.line();
        }
    }

    /** Runs a verb as the program does. */
    Result run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("-c");
        all.add(config.toString());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                Pfsyncd.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(all.toArray(String[]::new));
        return new Result(exitCode, out.toString(), err.toString());
    }

    /** The same, which must succeed; its output. */
    String ok(String... args) {
        Result result = run(args);
        if (result.exitCode != 0) {
            throw new AssertionError(
                    String.join(" ", args) + ": exit code " + result.exitCode + "\n" + result);
        }
        return result.out;
    }

    /** As {@code kill -9} does: nothing more is written. */
    void kill() {
        end();
        daemon.abandon();
        daemon = null;
    }

    private void end() {
        isRunning = false;
        try {
            stepper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        control.close();
    }

    @Override
    public void close() {
        if (daemon != null) {
            end();
            daemon.close();
            daemon = null;
        }
    }
}
