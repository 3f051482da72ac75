package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code status}: one screen about the running daemon. */
@Command(
        name = "status",
        description = "Shows role, groups, peers, in sync or why not, table, journal, worst stall.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd status",
            "  pfsyncd status --json | jq .in_sync",
            "  pfsyncd status --ready && echo in sync"
        })
public final class StatusCommand implements Callable<Integer> {
    private static final String STATUS_PREFIX = "{\"status\":";
    private static final String TEXT_FIELD = ",\"text\":";

    @Mixin private ConfigOption config;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    @Option(
            names = "--ready",
            description = "Prints nothing; exit code 0 if in sync and journaling, else 1.")
    private boolean isReadiness;

    @Override
    public Integer call() throws IOException {
        try (ControlClient client = Clients.connect(config)) {
            client.ask(new Request("status", true, 0, "", StateFilter.ANY));
            String line = Clients.checked(client.line());
            int text = line.lastIndexOf(TEXT_FIELD);
            String object = line.substring(STATUS_PREFIX.length(), text);
            if (isReadiness) {
                return object.contains("\"in_sync\":true,\"reason\":\"in sync\"")
                                && object.contains("\"stopped\":false")
                        ? 0
                        : 1;
            }
            if (isJson) {
                System.out.println(object);
            } else {
                System.out.print(
                        unquote(line.substring(text + TEXT_FIELD.length(), line.length() - 1)));
            }
        }
        return 0;
    }

    static String unquote(String quoted) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(quoted)) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new IOException("unexpected answer from the daemon: " + quoted);
            }
            return parser.getText();
        }
    }
}
