package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pfsyncd.control.ControlClient;

/** Connects verbs to the daemon's control socket. Stateless. */
final class Clients {
    private static final int FAILED = 1;
    private static final String ERROR_PREFIX = "{\"error\":";

    private Clients() {}

    /** A connection, or a message that says what to do. */
    static ControlClient connect(ConfigOption config) {
        Path socket = config.directories().control();
        try {
            return new ControlClient(socket);
        } catch (AccessDeniedException e) {
            throw new Failure(
                    FAILED, socket + ": permission denied; ask as the daemon's user or group");
        } catch (IOException e) {
            throw new Failure(
                    FAILED,
                    "no daemon answers at "
                            + socket
                            + " ("
                            + e.getMessage()
                            + "); start one with: pfsyncd run -c "
                            + config.file());
        }
    }

    /** Whether a daemon answers there. */
    static boolean isAlive(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try {
            new ControlClient(socket).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The line, unless it is an error. */
    static String checked(String line) throws IOException {
        if (line.startsWith(ERROR_PREFIX)) {
            throw new Failure(
                    FAILED,
                    StatusCommand.unquote(
                            line.substring(ERROR_PREFIX.length(), line.length() - 1)));
        }
        return line;
    }
}
