package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pfsyncd.control.LoadOutcome;

/** What a load came to: counts, and the first refusals with their places. */
final class LoadReport {
    private static final int SHOWN_LIMIT = 20;

    private final Map<LoadOutcome, Long> counts = new EnumMap<>(LoadOutcome.class);
    private final PrintWriter err;
    private final String unit;
    private long shown;

    LoadReport(PrintWriter err, String unit) {
        this.err = err;
        this.unit = unit;
    }

    /** A record that could not be read. */
    void unreadable(StateFile file) {
        counts.merge(LoadOutcome.INVALID, 1L, Long::sum);
        boolean hasIdentity = file.record.creatorId() != 0;
        String identity = hasIdentity ? identity(file.record.id(), file.record.creatorId()) : "";
        show(file.number(), identity, LoadOutcome.INVALID.label(), file.refusal());
    }

    /** Takes in the daemon's answer about records with these places in the file. */
    void take(String answer, List<Long> numbers) throws IOException {
        Map<String, String> fields = Fields.of(answer);
        for (LoadOutcome outcome : LoadOutcome.values()) {
            long count = Long.parseLong(Fields.required(fields, outcome.label()));
            counts.merge(outcome, count, Long::sum);
        }
        try (JsonParser json = new JsonFactory().createParser(answer)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.START_ARRAY) {
                    refusals(json, numbers);
                }
            }
        }
    }

    private void refusals(JsonParser json, List<Long> numbers) throws IOException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            Map<String, String> fields = new java.util.HashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                fields.put(name, json.getText());
            }
            long number = numbers.get(Integer.parseInt(Fields.required(fields, "index")));
            String identity = " id=" + fields.get("id") + " creatorid=" + fields.get("creatorid");
            show(number, identity, fields.get("reason"), fields.get("text"));
        }
    }

    private static String identity(long id, int creatorId) {
        return String.format(Locale.ROOT, " id=%016x creatorid=%08x", id, creatorId);
    }

    private void show(long number, String identity, String reason, String text) {
        shown++;
        if (shown <= SHOWN_LIMIT) {
            err.println(unit + " " + number + identity + ": refused, " + reason + ": " + text);
        } else if (shown == SHOWN_LIMIT + 1) {
            err.println("further refusals are only counted");
        }
    }

    long count(LoadOutcome outcome) {
        return counts.getOrDefault(outcome, 0L);
    }

    long refused() {
        long refused = 0;
        for (LoadOutcome outcome : LoadOutcome.values()) {
            refused += outcome.isTaken() ? 0 : count(outcome);
        }
        return refused;
    }

    String text(boolean isDryRun) {
        StringBuilder out =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%s: %,d inserted, %,d merged, %,d known already, %,d refused",
                                isDryRun ? "would be" : "loaded",
                                count(LoadOutcome.INSERTED),
                                count(LoadOutcome.MERGED),
                                count(LoadOutcome.KNOWN),
                                refused()));
        String separator = " (";
        for (LoadOutcome outcome : LoadOutcome.values()) {
            if (!outcome.isTaken() && count(outcome) > 0) {
                out.append(separator).append(outcome.label()).append(' ').append(count(outcome));
                separator = ", ";
            }
        }
        return separator.equals(", ") ? out.append(')').toString() : out.toString();
    }

    String json(boolean isDryRun, boolean isReseed, double seconds) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("dry_run", isDryRun);
            json.writeBooleanField("reseed", isReseed);
            for (LoadOutcome outcome : LoadOutcome.values()) {
                json.writeNumberField(outcome.label(), count(outcome));
            }
            json.writeNumberField("refused", refused());
            json.writeNumberField("seconds", seconds);
            json.writeEndObject();
        }
        return text.toString();
    }
}
