package org.pfsyncd.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Writes a state so that {@link SavedStateReader} reads back every byte of it: the fields of {@code
 * states --json}, but for {@code creation} and {@code expire} which are relative, and then those
 * that people rarely want. Their names are a promise ({@code src/docs/state-files.md}).
 *
 * <p>Owned by the thread that calls it.
 */
public final class SavedStateWriter {
    private static final int IPV4_LENGTH = 4;
    private static final int ADDRESS_LENGTH = 16;

    private final NameTable names;
    private final StateJson stateJson;
    private final StringBuilder scratch = new StringBuilder(2 * ADDRESS_LENGTH);

    public SavedStateWriter(NameTable names) {
        this.names = names;
        stateJson = new StateJson(names);
    }

    /** Writes one object. */
    public void write(JsonGenerator json, StateRecord state) throws IOException {
        json.writeStartObject();
        stateJson.writeConnection(json, state);
        stateJson.writeRest(json, state);
        if (state.rtKind() != 0) {
            json.writeNumberField("rt_kind", state.rtKind());
        }
        if (state.rtAf() != 0) {
            json.writeNumberField("rt_af", state.rtAf());
        }
        writeRawRoute(json, state);
        json.writeNumberField("created_ms", state.createdAtMs());
        json.writeNumberField("activity_ms", state.lastActivityMs());
        json.writeNumberField("expires_ms", state.expiresAtMs());
        json.writeNumberField("lifetime_s", state.lifetimeS());
        json.writeBooleanField("confirmed", state.isConfirmed());
        json.writeStringField("dialect", Dialect.of(state.dialect()).label());
        json.writeStringField("realm", names.name(state.realm()));
        json.writeStringField("origin", names.name(state.originNode()));
        json.writeEndObject();
    }

    /**
     * A next hop without a family is 16 bytes as they came; as text it may have lost 12 of them.
     */
    private void writeRawRoute(JsonGenerator json, StateRecord state) throws IOException {
        int family = state.rtAf() == 0 ? state.wireAf() : state.rtAf();
        if (family == 6) {
            return;
        }
        boolean isAllZero = true;
        scratch.setLength(0);
        for (int i = 0; i < ADDRESS_LENGTH; i++) {
            byte b = state.buffer().getByte(state.offset() + StateRecord.RT_ADDR_OFFSET + i);
            isAllZero &= i < IPV4_LENGTH || b == 0;
            TextFormat.appendHex(scratch, b & 0xFF, 2);
        }
        if (!isAllZero) {
            json.writeStringField("rt_addr_raw", scratch.toString());
        }
    }
}
