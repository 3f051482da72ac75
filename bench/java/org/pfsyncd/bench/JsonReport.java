package org.pfsyncd.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/**
 * An outcome as one JSON object on one line. {@code floor}, {@code run} and {@code ratio} are those
 * of the first row; {@code rows} has them all.
 */
final class JsonReport {
    private JsonReport() {}

    static String of(Outcome outcome, Map<String, String> host) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("scenario", outcome.scenario());
            if (!outcome.rows().isEmpty()) {
                write(json, outcome.rows().getFirst());
            }
            json.writeArrayFieldStart("rows");
            for (Row row : outcome.rows()) {
                json.writeStartObject();
                write(json, row);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("notes");
            for (String note : outcome.notes()) {
                json.writeString(note);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("host");
            for (Map.Entry<String, String> fact : host.entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Row row) throws IOException {
        json.writeStringField("what", row.label());
        json.writeStringField("floor_is", row.floorLabel());
        write(json, "floor", row.floor());
        write(json, "run", row.run());
        json.writeObjectFieldStart("ratio");
        for (Map.Entry<String, Ratio> ratio : row.ratio().entrySet()) {
            json.writeNumberField(ratio.getKey(), ratio.getValue().median());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("spread");
        for (Map.Entry<String, Ratio> ratio : row.ratio().entrySet()) {
            json.writeObjectFieldStart(ratio.getKey());
            json.writeNumberField("least", ratio.getValue().least());
            json.writeNumberField("most", ratio.getValue().most());
            json.writeNumberField("pairs", ratio.getValue().pairs());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeArrayFieldStart("targets");
        for (String verdict : row.verdicts()) {
            json.writeString(verdict);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String name, Figures figures) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("unit", figures.unit());
        for (Map.Entry<String, Double> value : figures.values().entrySet()) {
            json.writeNumberField(value.getKey(), value.getValue());
        }
        json.writeEndObject();
    }
}
