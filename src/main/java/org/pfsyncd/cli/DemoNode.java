package org.pfsyncd.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;

/** The daemon of the demo: a process of its own that can be killed. Owned by the demo's thread. */
final class DemoNode implements AutoCloseable {
    private static final long START_LIMIT_NS = 30_000_000_000L;
    private static final long STOP_SECONDS = 5;
    private static final int FAILED = 1;

    private final Path directory;
    private final Path configFile;
    private final Path runDir;
    private final List<String> program;
    private Process process;

    /**
     * @param program command that runs this program, without a verb.
     * @param directory of its own.
     * @param runDir on tmpfs.
     * @param carrier {@code raw} or {@code udp}.
     */
    DemoNode(List<String> program, Path directory, Path runDir, String carrier) throws IOException {
        this.program = List.copyOf(program);
        this.directory = directory;
        this.runDir = runDir;
        configFile = directory.resolve("pfsyncd.toml");
        Files.writeString(
                configFile,
                """
                [node]
                name = "demo"
                data-dir = "%s"
                run-dir = "%s"
                capacity = 100000

                [journal]
                reserve = "1MiB"
                block-size = "8MiB"

                [[group]]
                name = "firewalls"
                syncdev = "lo"
                address = "%s"
                syncpeer = "%s"
                carrier = "%s"
                ack = "always"
                """
                        .formatted(
                                directory.resolve("data"),
                                runDir,
                                DemoFirewall.NODE_ADDRESS,
                                DemoFirewall.ADDRESS,
                                carrier));
    }

    Path configFile() {
        return configFile;
    }

    /** The command that runs this very program again. */
    static List<String> thisProgram() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(java.io.File.pathSeparator)) {
            command.addAll(List.of("-jar", classPath));
        } else {
            command.addAll(List.of("-cp", classPath, Pfsyncd.class.getName()));
        }
        return command;
    }

    /** Starts the process and waits until it answers. */
    void start() throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("run", "-c", configFile.toString()));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
                        .start();
        long deadlineNs = SystemClocks.nowNs() + START_LIMIT_NS;
        while (!Clients.isAlive(runDir.resolve("control"))) {
            if (!waitOrDead(20) || SystemClocks.nowNs() - deadlineNs > 0) {
                throw new Failure(
                        FAILED,
                        "the daemon did not start:\n" + Files.readString(directory.resolve("log")));
            }
        }
    }

    private boolean waitOrDead(long ms) {
        try {
            return !process.waitFor(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The status object as JSON text. */
    String status() throws IOException {
        try (ControlClient client = new ControlClient(runDir.resolve("control"))) {
            client.ask(new Request("status", true, 0, "", StateFilter.ANY));
            return Clients.checked(client.line());
        }
    }

    /** The first lines of the listing. */
    List<String> states(int limit) throws IOException {
        List<String> lines = new ArrayList<>();
        try (ControlClient client = new ControlClient(runDir.resolve("control"))) {
            client.ask(new Request("states", false, 0, "", StateFilter.ANY));
            String line = client.line();
            while (lines.size() < limit && line.startsWith("{\"text\"")) {
                lines.add(
                        StatusCommand.unquote(
                                        line.substring("{\"text\":".length(), line.length() - 1))
                                .strip());
                line = client.line();
            }
        }
        return lines;
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    void kill() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(runDir.resolve("control"));
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
            try {
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
