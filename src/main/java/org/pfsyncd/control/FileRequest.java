package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.text.BadStateException;
import org.pfsyncd.text.SavedStateReader;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * A request of {@code save}, {@code load} or {@code clear}; the field names are a promise ({@code
 * src/docs/state-files.md}). Owned by the thread that serves its connection.
 */
public final class FileRequest {
    /** Characters of one line at most, as the server reads it. */
    public static final int LINE_LIMIT = 60_000;

    private final NameTable names = new NameTable();
    private final SavedStateReader reader = new SavedStateReader(names);
    final List<StateRecord> records = new ArrayList<>();

    /** Why the state at the same place of {@link #records} cannot be read, or null. */
    final List<String> refusals = new ArrayList<>();

    private String verb = "";
    private String realm = "";
    private boolean isReseed;
    private boolean isDryRun;
    private boolean isAll;
    private long savedMs;
    private final FilterFields filter = new FilterFields();

    private FileRequest() {}

    /** The verb of a request, whatever else stands in it; empty if there is none. */
    static String verb(String line, JsonFactory factory) throws IOException {
        try (JsonParser json = factory.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return "";
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isVerb = json.currentName().equals("verb");
                json.nextToken();
                if (isVerb) {
                    return json.getText();
                }
                json.skipChildren();
            }
            return "";
        }
    }

    static FileRequest parse(String line, JsonFactory factory) throws IOException {
        FileRequest request = new FileRequest();
        try (JsonParser json = factory.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                request.set(name, json);
            }
        }
        return request;
    }

    private void set(String name, JsonParser json) throws IOException {
        switch (name) {
            case "verb" -> verb = json.getText();
            case "realm" -> realm = json.getText();
            case "reseed" -> isReseed = json.getBooleanValue();
            case "dry_run" -> isDryRun = json.getBooleanValue();
            case "all" -> isAll = json.getBooleanValue();
            case "saved_ms" -> savedMs = json.getLongValue();
            case "states" -> states(json);
            default -> {
                if (!filter.set(name, json)) {
                    throw new IllegalArgumentException(
                            "\"" + name + "\" is not a field of a request of " + verb);
                }
            }
        }
    }

    private void states(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("\"states\" is an array of objects");
        }
        int depth = json.getParsingContext().getNestingDepth();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            if (records.size() == TableEditor.BATCH_LIMIT) {
                throw new IllegalArgumentException(
                        "more than "
                                + TableEditor.BATCH_LIMIT
                                + " states in one request; split them");
            }
            StateRecord record =
                    new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
            String refusal = null;
            try {
                reader.read(json, record);
            } catch (BadStateException e) {
                refusal = e.getMessage();
                while (json.currentToken() != JsonToken.END_OBJECT
                        || json.getParsingContext().getNestingDepth() != depth) {
                    json.nextToken();
                }
            }
            records.add(record);
            refusals.add(refusal);
        }
        if (json.currentToken() != JsonToken.END_ARRAY) {
            throw new IllegalArgumentException("\"states\" is an array of objects");
        }
    }

    String realm() {
        return realm;
    }

    boolean isDryRun() {
        return isDryRun;
    }

    /** The states that could be read. */
    TableEditor.Batch batch() {
        List<StateRecord> sound = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (refusals.get(i) == null) {
                sound.add(records.get(i));
            }
        }
        return new TableEditor.Batch(sound, names, realm, savedMs, isReseed, isDryRun);
    }

    StateFilter filter() {
        return filter.filter();
    }

    /** Whether a clear may go on: something restricts it, or it says that all is meant. */
    boolean isRestricted() {
        return isAll || !filter().isAny();
    }

    /** The line that asks for states to save. */
    public static String save(StateFilter filter, String realm) {
        return line(
                "save",
                json -> {
                    json.writeStringField("realm", realm);
                    FilterFields.write(json, filter);
                });
    }

    /** The line that asks for states to be cleared, or counted if it is a dry run. */
    public static String clear(StateFilter filter, String realm, boolean isAll, boolean isDryRun) {
        return line(
                "clear",
                json -> {
                    json.writeStringField("realm", realm);
                    json.writeBooleanField("all", isAll);
                    json.writeBooleanField("dry_run", isDryRun);
                    FilterFields.write(json, filter);
                });
    }

    /** The line that loads states, each an object as {@code save} writes it. */
    public static String load(
            List<String> states, String realm, long savedMs, boolean isReseed, boolean isDryRun) {
        return line(
                "load",
                json -> {
                    json.writeStringField("realm", realm);
                    json.writeNumberField("saved_ms", savedMs);
                    json.writeBooleanField("reseed", isReseed);
                    json.writeBooleanField("dry_run", isDryRun);
                    json.writeArrayFieldStart("states");
                    for (String state : states) {
                        json.writeRawValue(state);
                    }
                    json.writeEndArray();
                });
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static String line(String verb, Body body) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("verb", verb);
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string writer does not fail", e);
        }
        return line.toString();
    }
}
