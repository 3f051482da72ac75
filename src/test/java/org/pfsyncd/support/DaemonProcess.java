package org.pfsyncd.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;
import org.pfsyncd.metrics.MetricsFile;

/**
 * A daemon as an administrator runs it: a process with a configuration file, to be asked, killed
 * and started again. Owned by the test's thread.
 */
public final class DaemonProcess implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final long START_LIMIT_MS = 60_000;
    private static final long STOP_LIMIT_MS = 10_000;
    private static final int CAPACITY = 100_000;
    private static final String STATUS = "{\"status\":";

    private final Path directory;
    private final Path runDir;
    private final String[] prefix;
    private Process process;

    /**
     * @param directory of its own; the caller removes it.
     * @param prefix such as {@code ip netns exec NAME}, or empty.
     */
    public DaemonProcess(Path directory, String... prefix) throws IOException {
        this.directory = directory;
        this.prefix = prefix.clone();
        runDir =
                Path.of(
                        "/dev/shm",
                        "pfsyncd-test-"
                                + ProcessHandle.current().pid()
                                + "-"
                                + NUMBER.incrementAndGet());
        Files.createDirectories(runDir);
    }

    /** Writes the configuration: a node in this directory with a small journal, and a group. */
    public DaemonProcess configure(String group) throws IOException {
        return configure(dataDir(), group);
    }

    /** The same with another data directory. */
    public DaemonProcess configure(Path dataDir, String group) throws IOException {
        return configure("test", dataDir, group);
    }

    /** The same for a node of another name; {@code rest} are its groups and peers. */
    public DaemonProcess configure(String name, Path dataDir, String rest) throws IOException {
        Files.writeString(
                config(),
                """
                [node]
                name = "%s"
                data-dir = "%s"
                run-dir = "%s"
                capacity = %d

                [journal]
                reserve = "8MiB"
                block-size = "8MiB"

                %s
                """
                        .formatted(name, dataDir, runDir, CAPACITY, rest));
        return this;
    }

    public Path dataDir() {
        return directory.resolve("data");
    }

    public Path config() {
        return directory.resolve("pfsyncd.toml");
    }

    public NodeFiles files() {
        return new NodeFiles(dataDir(), runDir, CAPACITY);
    }

    public Path runDir() {
        return runDir;
    }

    /** The pid of the virtual machine. */
    public long pid() {
        return machine().pid();
    }

    private ProcessHandle machine() {
        return process.descendants().findFirst().orElse(process.toHandle());
    }

    /** Starts the process and waits until it answers. */
    public DaemonProcess start() throws IOException {
        List<String> command = Program.command(prefix);
        command.addAll(List.of("run", "-c", config().toString()));
        Files.deleteIfExists(control()); // what answers is the new one
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
                        .start();
        boolean isUp = Await.until(START_LIMIT_MS, () -> answers() || !process.isAlive());
        if (!isUp || !process.isAlive()) {
            throw new AssertionError("the daemon did not start:\n" + log());
        }
        return this;
    }

    private Path control() {
        return runDir.resolve("control");
    }

    private boolean answers() {
        try (ControlClient client = new ControlClient(control())) {
            return client != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** What the daemon has logged since the first start. */
    public String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The object that {@code status --json} prints. */
    public Map<String, Object> status() {
        try (ControlClient client = new ControlClient(control())) {
            client.ask(new Request("status", true, 0, "", StateFilter.ANY));
            String line = client.line();
            int end = line.lastIndexOf(",\"text\":");
            if (!line.startsWith(STATUS) || end < 0) {
                throw new AssertionError(line);
            }
            return JsonTree.object(line.substring(STATUS.length(), end));
        } catch (IOException e) {
            throw new UncheckedIOException(log(), e);
        }
    }

    /** The objects that {@code states --json} prints. */
    public List<Map<String, Object>> states() throws IOException {
        List<Map<String, Object>> states = new ArrayList<>();
        try (ControlClient client = new ControlClient(control())) {
            client.ask(new Request("states", true, 0, "", StateFilter.ANY));
            String line = client.line();
            while (!line.startsWith("{\"end\"")) {
                states.add(JsonTree.object(line));
                line = client.line();
            }
        }
        return states;
    }

    /** The sum of a counter over all groups, from the counters file. */
    public long counter(String label) {
        long[] sum = new long[1];
        try (MetricsFile file = MetricsFile.open(runDir.resolve("counters"))) {
            file.reader()
                    .forEach(
                            (id, name) -> {
                                if (name.equals(label) || name.endsWith("/" + label)) {
                                    sum[0] += file.reader().getCounterValue(id);
                                }
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sum[0];
    }

    /** Sends a signal such as {@code HUP}. */
    public void signal(String name) throws IOException {
        Program.run("kill", "-" + name, Long.toString(pid()));
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() {
        machine().destroyForcibly();
        await(process, STOP_LIMIT_MS); // a prefix that forks ends with its child
    }

    /** SIGTERM. Returns the milliseconds until the process was gone. */
    public long stop() {
        long startNs = System.nanoTime();
        machine().destroy();
        if (!await(process, STOP_LIMIT_MS)) {
            throw new AssertionError("the daemon does not stop:\n" + log());
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    private static boolean await(Process process, long limitMs) {
        try {
            return process.waitFor(limitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            kill();
        }
        try (Stream<Path> paths = Files.walk(runDir)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
