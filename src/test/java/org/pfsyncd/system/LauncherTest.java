package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.LoadSender;
import org.pfsyncd.support.Program;

/** What {@code ops/pfsyncd} does before it becomes the program, where the program is installed. */
@Tag("system")
@Tag("apart")
class LauncherTest {
    private static final long START_LIMIT_MS = 120_000;
    private static final long STOP_LIMIT_S = 20;

    @TempDir Path directory;

    /** The first start trains the cache with daemons that come and go: systemd hears of one. */
    @Test
    void shouldTellTheServiceManagerOfTheServiceAlone() throws Exception {
        Path launcher = install();
        Path told = directory.resolve("told");
        Path stub = Files.createDirectory(directory.resolve("bin")).resolve("systemd-notify");
        Files.writeString(stub, "#!/bin/sh\necho \"$@\" >> " + told + "\n");
        Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (LoadSender sender = new LoadSender(31);
                DaemonProcess node = new DaemonProcess(directory)) {
            node.configure(sender.group("never"));
            Process process = start(launcher, stub.getParent(), node.config());
            try {
                assertTrue(
                        Await.until(START_LIMIT_MS, () -> lines(told) > 0 || !process.isAlive()),
                        "nobody was told");
                process.destroy();
                assertTrue(process.waitFor(STOP_LIMIT_S, TimeUnit.SECONDS), "it did not stop");
                assertTrue(Await.until(START_LIMIT_MS, () -> lines(told) > 1), "no end was told");
            } finally {
                process.destroyForcibly();
            }
            String pid = "--pid=" + process.pid();
            assertEquals(List.of(pid + " READY=1", pid + " STOPPING=1"), Files.readAllLines(told));
        }
        assertTrue(hasCache(), "it was trained");
    }

    private Process start(Path launcher, Path bin, Path config) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(launcher.toString(), "run", "-c", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile());
        builder.environment().merge("PATH", bin + ":", (path, first) -> first + path);
        builder.environment().put("NOTIFY_SOCKET", directory.resolve("notify").toString());
        builder.environment().put("PFSYNCD_JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    /** As a package would lay it out: no pom, the jar in lib. */
    private Path install() throws IOException {
        Path jar = Program.jar().toAbsolutePath();
        Path lib = Files.createDirectories(directory.resolve("installed/lib"));
        Files.copy(jar, lib.resolve("pfsyncd.jar"));
        Files.createSymbolicLink(lib.resolve("lib"), jar.resolveSibling("lib"));
        Path launcher =
                Files.createDirectory(directory.resolve("installed/ops")).resolve("pfsyncd");
        return Files.copy(Path.of("ops/pfsyncd"), launcher);
    }

    private boolean hasCache() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("installed/lib"))) {
            return files.anyMatch(file -> file.toString().endsWith(".aot"));
        }
    }

    private static int lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
