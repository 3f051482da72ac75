package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;
import org.pfsyncd.doctor.DaemonFacts;

/** Asks the daemon beside us, if there is one, what it says of each group. Stateless. */
final class DoctorDaemon {
    private static final String STATUS_PREFIX = "{\"status\":";
    private static final String TEXT_FIELD = ",\"text\":";

    private DoctorDaemon() {}

    /**
     * By name of the group; empty if no daemon runs, or if one does not answer as it should, which
     * is noted: what was heard on the segment is true without it.
     */
    static Map<String, DaemonFacts> ask(Path socket, PrintWriter notes) {
        if (!Clients.isAlive(socket)) {
            return Map.of();
        }
        try {
            return ask(socket);
        } catch (Failure | IOException | NumberFormatException e) {
            notes.println(
                    "the daemon did not answer: "
                            + e.getMessage()
                            + "; its clock and its in_sync are not in the report, see: pfsyncd"
                            + " status");
            notes.flush();
            return Map.of();
        }
    }

    private static Map<String, DaemonFacts> ask(Path socket) throws IOException {
        try (ControlClient client = new ControlClient(socket)) {
            long beforeMs = SystemClocks.nowMs();
            client.ask(new Request("status", true, 0, "", StateFilter.ANY));
            String line = Clients.checked(client.line());
            // The daemon read its time in between: a slow answer is no clock that is apart.
            long wallMs = (beforeMs + SystemClocks.nowMs()) / 2;
            int end = line.lastIndexOf(TEXT_FIELD);
            if (!line.startsWith(STATUS_PREFIX) || end < STATUS_PREFIX.length()) {
                throw new IOException("its answer is no status");
            }
            return read(line.substring(STATUS_PREFIX.length(), end), wallMs);
        }
    }

    private static Map<String, DaemonFacts> read(String status, long wallMs) throws IOException {
        Map<String, String> node = Fields.of(status);
        long nodeMs = Math.round(Double.parseDouble(Fields.required(node, "t")) * 1e3);
        long aheadMs = Long.parseLong(Fields.required(node, "clock_ahead_ms"));
        Map<String, DaemonFacts> groups = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(status)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean areGroups = parser.currentName().equals("groups");
                parser.nextToken();
                while (areGroups && parser.nextToken() == JsonToken.START_OBJECT) {
                    Map<String, String> group = scalars(parser);
                    groups.put(
                            Fields.required(group, "name"),
                            new DaemonFacts(
                                    wallMs,
                                    nodeMs,
                                    aheadMs,
                                    Fields.required(group, "in_sync").equals("true"),
                                    Fields.required(group, "reason")));
                }
                if (!areGroups) {
                    parser.skipChildren();
                }
            }
        }
        return groups;
    }

    private static Map<String, String> scalars(JsonParser parser) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken().isScalarValue()) {
                fields.put(name, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return fields;
    }
}
