package org.pfsyncd.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sync}: asks the segment for its whole table again. */
@Command(
        name = "sync",
        description =
                "Requests a bulk update of one group, or of all; paced and budgeted like any"
                        + " other.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  pfsyncd sync lan && pfsyncd status"})
public final class SyncCommand implements Callable<Integer> {
    private static final String REQUESTED_PREFIX = "{\"requested\":";

    @Mixin private ConfigOption config;

    @Parameters(
            arity = "0..1",
            paramLabel = "GROUP",
            description = "Name of the group (default: all).")
    private String group = "";

    @Override
    public Integer call() throws IOException {
        try (ControlClient client = Clients.connect(config)) {
            client.ask(new Request("sync", true, 0, group, StateFilter.ANY));
            String line = Clients.checked(client.line());
            String names =
                    StatusCommand.unquote(
                            line.substring(REQUESTED_PREFIX.length(), line.length() - 1));
            System.out.println(
                    "bulk update wanted by: " + names + "; watch it with: pfsyncd status");
        }
        return 0;
    }
}
