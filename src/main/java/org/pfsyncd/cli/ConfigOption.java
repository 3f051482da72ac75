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

    /**
     * The configuration, wherever its interfaces are; refusals end the verb with exit code 2. For
     * verbs that read files or ask the daemon: an auditor's machine has other interfaces.
     */
    PfsyncdConfig load() {
        return load(file, Machine.here().withAnyInterface());
    }

    /** The configuration of a daemon that is to run here. */
    PfsyncdConfig loadForHere() {
        return loadForHere(file);
    }

    static PfsyncdConfig loadForHere(Path file) {
        return load(file, Machine.here());
    }

    private static PfsyncdConfig load(Path file, Machine machine) {
        try {
            return ConfigLoader.load(file, machine);
        } catch (ConfigException e) {
            throw new Failure(USAGE, e.getMessage());
        }
    }

    Directories directories() {
        PfsyncdConfig config = load();
        return new Directories(config.node().dataDir(), config.node().runDir());
    }
}
