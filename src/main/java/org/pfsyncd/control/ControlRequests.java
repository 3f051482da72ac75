package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/**
 * Answers one request. {@code status}, {@code sync} and {@code verify}: one object. {@code states}:
 * an object a state, then {@code {"end":true,"count":N}}. {@code save}, {@code load}, {@code
 * clear}: {@link FileRequests}. What goes wrong: {@code {"error":"…"}}. Any thread.
 */
final class ControlRequests {
    private final ControlNode node;
    private final FileRequests files;

    ControlRequests(ControlNode node) {
        this.node = node;
        files = new FileRequests(node);
    }

    void answer(String line, Writer out, JsonFactory factory) throws IOException {
        try {
            String verb = FileRequest.verb(line, factory);
            if (FileRequests.isVerb(verb)) {
                files.answer(verb, line, out, factory);
                return;
            }
            Request request = Request.parse(line, factory);
            switch (request.verb()) {
                case "status" -> status(out, factory);
                case "states" -> states(request, out, factory);
                case "sync" -> sync(request, out, factory);
                case "verify" -> verify(request, out, factory);
                default ->
                        error(
                                "\""
                                        + request.verb()
                                        + "\" is not a verb; verbs: status states sync verify"
                                        + " save load clear",
                                out,
                                factory);
            }
        } catch (TimeoutException | IllegalArgumentException e) {
            error(e.getMessage(), out, factory);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            error("not a request: " + e.getOriginalMessage(), out, factory);
        }
    }

    private void status(Writer out, JsonFactory factory) throws IOException, TimeoutException {
        NodeStatus status = node.status();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(text)) {
            StatusJson.write(json, status);
        }
        // The screen travels with the object, so that a tool prints exactly what the daemon means.
        out.write("{\"status\":" + text + ",\"text\":");
        quoted(StatusText.of(status), out, factory);
        out.write("}\n");
    }

    private void states(Request request, Writer out, JsonFactory factory)
            throws IOException, TimeoutException {
        StateListing listing = new StateListing(node.names(), request, factory);
        StateRecord record = new StateRecord();
        for (int segment = 0; segment < node.segmentCount(); segment++) {
            UnsafeBuffer copy = new UnsafeBuffer(node.copySegment(segment));
            for (int at = 0; at < copy.capacity(); at += StateRecord.LENGTH) {
                listing.write(record.wrap(copy, at), node.nowMs(), out);
            }
        }
        out.write("{\"end\":true,\"count\":" + listing.count() + "}\n");
    }

    private void sync(Request request, Writer out, JsonFactory factory)
            throws IOException, TimeoutException {
        out.write("{\"requested\":");
        quoted(node.requestSync(request.group()), out, factory);
        out.write("}\n");
    }

    /**
     * Without a round: starts one, {@code {"round":N}}. With one: how far it is, with the line that
     * a tool prints.
     */
    private void verify(Request request, Writer out, JsonFactory factory)
            throws IOException, TimeoutException {
        if (request.peer().isEmpty()) {
            throw new IllegalArgumentException("verify needs a peer; give its name");
        }
        if (request.round() == 0) {
            out.write("{\"round\":" + node.startVerify(request.peer()) + "}\n");
            return;
        }
        VerifyStatus status = node.verifyStatus(request.peer(), request.round());
        StringWriter line = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("peer", request.peer());
            json.writeBooleanField("done", status.isDone());
            json.writeBooleanField("equal", status.isDone() && status.isEqual());
            json.writeNumberField("states", status.states());
            if (status.bucketsDiffering() < 0) {
                json.writeNullField("buckets_differing");
            } else {
                json.writeNumberField("buckets_differing", status.bucketsDiffering());
            }
            json.writeStringField("digest", StatusJson.hex(status.digest()));
            json.writeNumberField("repaired_states", status.repairedStates());
            json.writeStringField("note", status.note());
            json.writeStringField("text", status.describe(request.peer()));
            json.writeEndObject();
        }
        out.write(line.append('\n').toString());
    }

    private static void error(String message, Writer out, JsonFactory factory) throws IOException {
        out.write("{\"error\":");
        quoted(message, out, factory);
        out.write("}\n");
    }

    private static void quoted(String text, Writer out, JsonFactory factory) throws IOException {
        StringWriter quoted = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(quoted)) {
            json.writeString(text);
        }
        out.write(quoted.toString());
    }
}
