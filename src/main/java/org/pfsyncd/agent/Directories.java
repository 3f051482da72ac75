package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a node keeps its files.
 *
 * @param data survives a reboot: lock, journal.
 * @param run on tmpfs: ring, counters, request budgets, latency log, control socket.
 */
public record Directories(Path data, Path run) {
    /** Creates both, 0750. */
    void create() throws IOException {
        create(data, "node.data-dir");
        create(run, "node.run-dir");
    }

    private static void create(Path directory, String key) throws IOException {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-x---")));
        } catch (IOException e) {
            throw new IOException(
                    directory
                            + " cannot be created ("
                            + e.getClass().getSimpleName()
                            + "): create it for this user, or set "
                            + key,
                    e);
        }
    }

    public Path journal() {
        return data.resolve("journal");
    }

    public Path ring() {
        return run.resolve("ring");
    }

    public Path counters() {
        return run.resolve("counters");
    }

    public Path control() {
        return run.resolve("control");
    }

    Path latencies() {
        return run.resolve("latency.hlog");
    }

    Path clock() {
        return run.resolve("clock");
    }

    Path budget(String group) {
        return run.resolve("budget-" + group.replaceAll("[^A-Za-z0-9._-]", "_"));
    }
}
