package org.pfsyncd.cli;

import java.nio.file.Path;
import org.pfsyncd.agent.Directories;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import picocli.CommandLine.Option;

/** {@code -c FILE}, on every verb. */
final class ConfigOption {
    private static final int USAGE = 2;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "/etc/pfsyncd/pfsyncd.toml",
            description = "Configuration (default: ${DEFAULT-VALUE}).")
    private Path file;

    Path file() {
        return file;
    }

    /** The configuration; refusals end the verb with exit code 2. */
    PfsyncdConfig load() {
        return load(file);
    }

    static PfsyncdConfig load(Path file) {
        try {
            return ConfigLoader.load(file, Machine.here());
        } catch (ConfigException e) {
            throw new Failure(USAGE, e.getMessage());
        }
    }

    Directories directories() {
        PfsyncdConfig config = load();
        return new Directories(config.node().dataDir(), config.node().runDir());
    }
}
