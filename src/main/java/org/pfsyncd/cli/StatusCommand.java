package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
            "  pfsyncd status --ready || logger -t fw \"$(pfsyncd status --ready)\""
        })
public final class StatusCommand implements Callable<Integer> {
    private static final String STATUS_PREFIX = "{\"status\":";
    private static final String TEXT_FIELD = ",\"text\":";

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    @Option(
            names = "--ready",
            description =
                    "One line; exit code 0 if in sync, journaling, and every peer up and in sync,"
                            + " else 1.")
    private boolean isReadiness;

    @Override
    public Integer call() throws IOException {
        try (ControlClient client = Clients.connect(config)) {
            client.ask(new Request("status", true, 0, "", StateFilter.ANY));
            String line = Clients.checked(client.line());
            int text = line.lastIndexOf(TEXT_FIELD);
            String object = line.substring(STATUS_PREFIX.length(), text);
            if (isReadiness) {
                return readiness(object);
            }
            if (isJson) {
                out().println(object);
            } else {
                out().print(unquote(line.substring(text + TEXT_FIELD.length(), line.length() - 1)));
                out().flush();
            }
        }
        return 0;
    }

    private int readiness(String object) throws IOException {
        Map<String, String> status = Fields.of(object);
        boolean isReady = Fields.required(status, "ready").equals("true");
        String reason = Fields.required(status, "unready_reason");
        if (isJson) {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
                json.writeStartObject();
                json.writeBooleanField("ready", isReady);
                json.writeStringField("unready_reason", reason);
                json.writeEndObject();
            }
            out().println(text);
        } else {
            out().println(isReady ? "ready" : "not ready: " + reason);
        }
        return isReady ? 0 : 1;
    }

    static String unquote(String quoted) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(quoted)) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new IOException("unexpected answer from the daemon: " + quoted);
            }
            return parser.getText();
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
