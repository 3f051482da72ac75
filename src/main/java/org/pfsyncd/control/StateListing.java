package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import org.pfsyncd.text.StateJson;
import org.pfsyncd.text.StateText;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Writes states as lines, from a living daemon or from a replay alike. Owned by the writing thread.
 */
public final class StateListing {
    private final NameTable names;
    private final StateText stateText;
    private final StateJson stateJson;
    private final Request request;
    private final JsonFactory factory;
    private final StringBuilder text = new StringBuilder();
    private long count;

    public StateListing(NameTable names, Request request, JsonFactory factory) {
        this.names = names;
        stateText = new StateText(names);
        stateJson = new StateJson(names);
        this.request = request;
        this.factory = factory;
    }

    /** States written. */
    public long count() {
        return count;
    }

    /** Writes one line: the state's object, or an object with its text. */
    void write(StateRecord record, long nowMs, Writer out) throws IOException {
        if (!request.filter().matches(record, names)) {
            return;
        }
        count++;
        StringWriter line = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(line)) {
            if (request.isJson()) {
                stateJson.write(json, record, nowMs);
            } else {
                json.writeStartObject();
                json.writeStringField("text", text(record, nowMs));
                json.writeEndObject();
            }
        }
        out.write(line.append('\n').toString());
    }

    /** Prints one state as the user sees it. */
    public void print(StateRecord record, long nowMs, Appendable out) throws IOException {
        if (!request.filter().matches(record, names)) {
            return;
        }
        count++;
        if (request.isJson()) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = factory.createGenerator(line)) {
                stateJson.write(json, record, nowMs);
            }
            out.append(line.append('\n').toString());
        } else {
            out.append(text(record, nowMs));
        }
    }

    private String text(StateRecord record, long nowMs) {
        text.setLength(0);
        stateText.append(text, record, request.verbosity(), nowMs);
        return text.toString();
    }
}
