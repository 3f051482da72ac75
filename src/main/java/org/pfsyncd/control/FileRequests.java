package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Answers {@code save}, {@code load} and {@code clear}. Any thread; what touches the table goes
 * through {@link ControlNode} and its {@link TableEditor} in bounded slices.
 */
final class FileRequests {
    private final ControlNode node;

    FileRequests(ControlNode node) {
        this.node = node;
    }

    static boolean isVerb(String verb) {
        return verb.equals("save") || verb.equals("load") || verb.equals("clear");
    }

    void answer(String verb, String line, Writer out, JsonFactory factory)
            throws IOException, TimeoutException {
        FileRequest request = FileRequest.parse(line, factory);
        switch (verb) {
            case "save" -> save(request, out, factory);
            case "load" -> load(request, out, factory);
            default -> clear(request, out);
        }
    }

    /** A head, a line a state, an end: what {@code save --format ndjson} keeps. */
    private void save(FileRequest request, Writer out, JsonFactory factory)
            throws IOException, TimeoutException {
        NodeStatus status = node.status();
        NameTable names = node.names();
        SavedStates saved = new SavedStates(names, request.filter(), factory);
        out.write(saved.head(status.node(), status.nowMs(), status.table().states()));
        for (int segment = 0; segment < node.segmentCount(); segment++) {
            saved.slice(
                    node.copySegment(segment), record -> saved.line(record, out), request.realm());
        }
        out.write(saved.end());
    }

    /** Counts, and of each state that was not taken in its place in the request and the reason. */
    private void load(FileRequest request, Writer out, JsonFactory factory)
            throws IOException, TimeoutException {
        List<LoadOutcome> judged = node.editor().load(request.batch());
        List<LoadOutcome> outcomes = new ArrayList<>();
        int next = 0;
        Map<LoadOutcome, Integer> counts = new EnumMap<>(LoadOutcome.class);
        for (String refusal : request.refusals) {
            LoadOutcome outcome = refusal == null ? judged.get(next++) : LoadOutcome.INVALID;
            outcomes.add(outcome);
            counts.merge(outcome, 1, Integer::sum);
        }
        StringWriter line = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("now_ms", node.nowMs());
            for (LoadOutcome outcome : LoadOutcome.values()) {
                json.writeNumberField(outcome.label(), counts.getOrDefault(outcome, 0));
            }
            json.writeArrayFieldStart("refused");
            for (int i = 0; i < outcomes.size(); i++) {
                if (!outcomes.get(i).isTaken()) {
                    refused(json, i, request, outcomes.get(i));
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write(line.append('\n').toString());
    }

    private static void refused(JsonGenerator json, int i, FileRequest request, LoadOutcome outcome)
            throws IOException {
        StateRecord record = request.records.get(i);
        String detail = request.refusals.get(i);
        json.writeStartObject();
        json.writeNumberField("index", i);
        json.writeStringField("id", String.format(Locale.ROOT, "%016x", record.id()));
        json.writeStringField("creatorid", String.format(Locale.ROOT, "%08x", record.creatorId()));
        json.writeStringField("reason", outcome.label());
        json.writeStringField("text", detail == null ? outcome.meaning() : detail);
        json.writeEndObject();
    }

    /**
     * Slice by slice: what the filter chooses of a copy is removed, unless it changed meanwhile.
     */
    private void clear(FileRequest request, Writer out) throws IOException, TimeoutException {
        if (!request.isRestricted()) {
            throw new IllegalArgumentException(
                    "nothing says which states to clear; restrict it, or say all");
        }
        long matched = 0;
        long cleared = 0;
        List<StateRecord> chosen = new ArrayList<>();
        SavedStates selection = new SavedStates(node.names(), request.filter(), new JsonFactory());
        for (int segment = 0; segment < node.segmentCount(); segment++) {
            selection.slice(
                    node.copySegment(segment), record -> chosen.add(copy(record)), request.realm());
            matched += chosen.size();
            for (int at = 0; at < chosen.size() && !request.isDryRun(); ) {
                int end = Math.min(chosen.size(), at + TableEditor.BATCH_LIMIT);
                cleared += node.editor().remove(chosen.subList(at, end));
                at = end;
            }
            chosen.clear();
        }
        out.write(
                "{\"matched\":"
                        + matched
                        + ",\"cleared\":"
                        + cleared
                        + ",\"dry_run\":"
                        + request.isDryRun()
                        + "}\n");
    }

    private static StateRecord copy(StateRecord record) {
        return new StateRecord()
                .wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0)
                .copyFrom(record);
    }
}
