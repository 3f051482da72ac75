package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The scalar fields of an answer, by name; what is nested in them is left out. Stateless. */
final class Fields {
    private Fields() {}

    /** Those of one JSON object. */
    static Map<String, String> of(String object) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(object)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("unexpected answer from the daemon: " + object);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (parser.nextToken().isScalarValue()) {
                    fields.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return fields;
    }

    /** A field that must be there; a daemon of another version may lack it. */
    static String required(Map<String, String> fields, String name) throws IOException {
        String value = fields.get(name);
        if (value == null) {
            throw new IOException(
                    "the daemon's answer has no \""
                            + name
                            + "\"; is it another version? See: pfsyncd status, pfsyncd --version");
        }
        return value;
    }
}
