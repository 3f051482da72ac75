package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.Comparator;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.state.TableDigest;
import org.pfsyncd.text.SavedStateWriter;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Writes a table as {@code save} keeps it, from a living daemon or from a replay alike: a head, a
 * line a state, an end with count and digest ({@code src/docs/state-files.md}). Owned by the
 * writing thread.
 *
 * <p>Each slice is sorted, so that two nodes with equal tables and capacities write equal lines.
 */
public final class SavedStates {
    /** Value of the head's {@code format}. */
    public static final String FORMAT = "pfsyncd-states";

    /** Value of the head's {@code version}, and the newest that is read. */
    public static final int VERSION = 1;

    private final NameTable names;
    private final StateFilter filter;
    private final JsonFactory factory;
    private final SavedStateWriter writer;
    private final TableDigest digest;
    private final Comparator<StateRecord> order;
    private long count;
    private long unconfirmed;

    public SavedStates(NameTable names, StateFilter filter, JsonFactory factory) {
        this.names = names;
        this.filter = filter;
        this.factory = factory;
        writer = new SavedStateWriter(names);
        digest = new TableDigest(names);
        order =
                Comparator.comparing((StateRecord record) -> names.name(record.realm()))
                        .thenComparing(StateRecord::creatorId, Integer::compareUnsigned)
                        .thenComparing(StateRecord::id, Long::compareUnsigned);
    }

    /** Takes each state that is to be saved, in order. */
    public interface Sink {
        void take(StateRecord record) throws IOException;
    }

    /** States given to sinks. */
    public long count() {
        return count;
    }

    /** Of these, those that no living source had confirmed. */
    public long unconfirmed() {
        return unconfirmed;
    }

    /** The digest of a table that holds exactly the states given to sinks. */
    public long digest() {
        return digest.value();
    }

    /**
     * Gives the chosen states of one copied slice to a sink.
     *
     * @param realm only states of this realm; empty for any.
     */
    public void slice(byte[] copy, Sink sink, String realm) throws IOException {
        UnsafeBuffer buffer = new UnsafeBuffer(copy);
        StateRecord[] chosen = new StateRecord[copy.length / StateRecord.LENGTH];
        int size = 0;
        for (int at = 0; at < copy.length; at += StateRecord.LENGTH) {
            StateRecord record = new StateRecord().wrap(buffer, at);
            boolean isOfRealm = realm.isEmpty() || realm.equals(names.name(record.realm()));
            if (isOfRealm && filter.matches(record, names)) {
                chosen[size++] = record;
            }
        }
        Arrays.sort(chosen, 0, size, order);
        for (int i = 0; i < size; i++) {
            count++;
            unconfirmed += chosen[i].isConfirmed() ? 0 : 1;
            digest.add(chosen[i]);
            sink.take(chosen[i]);
        }
    }

    /**
     * The first line.
     *
     * @param savedMs the time of which the file tells, epoch milliseconds.
     * @param states in the table, chosen or not.
     */
    public String head(String node, long savedMs, long states) throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("format", FORMAT);
            json.writeNumberField("version", VERSION);
            json.writeStringField("node", node);
            json.writeNumberField("saved_ms", savedMs);
            json.writeNumberField("states", states);
            json.writeEndObject();
        }
        return line.append('\n').toString();
    }

    /** Writes a state's line. */
    public void line(StateRecord record, Writer out) throws IOException {
        StringWriter line = new StringWriter(1500);
        try (JsonGenerator json = factory.createGenerator(line)) {
            writer.write(json, record);
        }
        out.write(line.append('\n').toString());
    }

    /** The last line. */
    public String end() {
        return "{\"end\":true,\"count\":"
                + count
                + ",\"unconfirmed\":"
                + unconfirmed
                + ",\"digest\":\""
                + StatusJson.hex(digest())
                + "\"}\n";
    }
}
