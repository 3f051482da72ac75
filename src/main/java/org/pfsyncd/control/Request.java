package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;

/**
 * One request: {@code {"verb":"states","json":true,"verbosity":0,"filter":{…}}}.
 *
 * @param verb {@code status}, {@code states}, {@code sync}, {@code verify}.
 * @param isJson whether states come as JSON objects instead of text.
 * @param verbosity 0 to 2, of text.
 * @param group of {@code sync}; empty for all.
 * @param filter of {@code states}.
 * @param peer of {@code verify}, else empty.
 * @param round of {@code verify} whose progress is asked; 0 starts one.
 */
public record Request(
        String verb,
        boolean isJson,
        int verbosity,
        String group,
        StateFilter filter,
        String peer,
        long round) {

    /** Any verb but {@code verify}. */
    public Request(String verb, boolean isJson, int verbosity, String group, StateFilter filter) {
        this(verb, isJson, verbosity, group, filter, "", 0);
    }

    /** Starts a comparison with a peer, or asks how far one is. */
    public static Request verify(String peer, long round) {
        return new Request("verify", true, 0, "", StateFilter.ANY, peer, round);
    }

    /**
     * Parses a line.
     *
     * @throws IllegalArgumentException if it is no request; the message says why.
     */
    static Request parse(String line, JsonFactory factory) throws IOException {
        Builder builder = new Builder();
        try (JsonParser parser = factory.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a request is one JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                builder.set(name, parser);
            }
        }
        return builder.build();
    }

    /** The line that asks for this. */
    public String toLine(JsonFactory factory) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("verb", verb);
            json.writeBooleanField("json", isJson);
            json.writeNumberField("verbosity", verbosity);
            json.writeStringField("group", group);
            if (!peer.isEmpty()) {
                json.writeStringField("peer", peer);
                json.writeNumberField("round", round);
            }
            FilterFields.write(json, filter);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string writer does not fail", e);
        }
        return line.toString();
    }

    private static final class Builder {
        private String verb = "";
        private boolean isJson;
        private int verbosity;
        private String group = "";
        private final FilterFields filter = new FilterFields();
        private String peer = "";
        private long round;

        void set(String name, JsonParser value) throws IOException {
            switch (name) {
                case "verb" -> verb = value.getText();
                case "json" -> isJson = value.getBooleanValue();
                case "verbosity" -> verbosity = value.getIntValue();
                case "group" -> group = value.getText();
                case "peer" -> peer = value.getText();
                case "round" -> round = value.getLongValue();
                default -> {
                    if (!filter.set(name, value)) {
                        throw new IllegalArgumentException(
                                "\"" + name + "\" is not a field of a request");
                    }
                }
            }
        }

        Request build() {
            return new Request(verb, isJson, verbosity, group, filter.filter(), peer, round);
        }
    }
}
