package org.pfsyncd.text;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TdbDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/**
 * Prints one JSON object a message and line. The field names are a promise to scripts: {@code
 * {"t":…,"from":…,"to":…,"version":5,"action":"INS","state":{…}}}, and {@code
 * {"t":…,"from":…,"to":…,"error":"badver","detail":…,"version":3}} for what is refused.
 *
 * <p>{@code t} is epoch seconds with microseconds. {@code ttl} appears only when it is not 255,
 * which receivers refuse. Owned by the thread that decodes.
 */
public final class MessageJson implements MessagePrinter {
    private static final int TTL = 255;

    private final NameTable names;
    private final MessageFilter filter;
    private final StringBuilder time = new StringBuilder(24);
    private final StateJson states;
    private final JsonGenerator json;
    private final StateRecord state =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final PeerRecord peer =
            new PeerRecord().wrap(new UnsafeBuffer(new byte[StateRecord.PEER_LENGTH]), 0);
    private MessageHead head = new MessageHead();

    public MessageJson(StringBuilder out, NameTable names, MessageFilter filter) {
        this.names = names;
        this.filter = filter;
        states = new StateJson(names);
        try {
            json =
                    new JsonFactoryBuilder()
                            .rootValueSeparator((String) null)
                            .build()
                            .createGenerator(new BuilderWriter(out));
        } catch (IOException e) {
            throw new UncheckedIOException("a generator over a builder does no I/O", e);
        }
    }

    @Override
    public void begin(MessageHead head) {
        this.head = head;
    }

    @Override
    public void end() {
        try {
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a generator over a builder does no I/O", e);
        }
    }

    @Override
    public void onState(MessageKind kind, StateDecoder decoder) {
        if (!filter.accepts(kind, decoder.creatorId())) {
            return;
        }
        // Any instant does: creation and expire print as the differences that the packet carries.
        long nowMs = Math.floorDiv(head.timestampNs(), 1_000_000L);
        Reject reject = decoder.decode(state, names, nowMs);
        if (reject != null) {
            refuseMessage(kind, reject, decoder.id(), decoder.creatorId());
            return;
        }
        message(kind, () -> states.writeFields(json, state, nowMs));
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        if (!filter.accepts(MessageKind.UPD_C, update.creatorId())) {
            return;
        }
        message(
                MessageKind.UPD_C,
                () -> {
                    states.writeIdentity(json, update.id(), update.creatorId());
                    update.src(peer);
                    StateJson.writePeer(json, "src", peer);
                    update.dst(peer);
                    StateJson.writePeer(json, "dst", peer);
                    StateJson.writeTimeout(json, update.timeout());
                    json.writeNumberField("expire", update.expireS());
                });
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        if (filter.accepts(kind, id.creatorId())) {
            message(kind, () -> states.writeIdentity(json, id.id(), id.creatorId()));
        }
    }

    @Override
    public void onClear(ClearDecoder clear) {
        if (!filter.accepts(MessageKind.CLR, clear.creatorId())) {
            return;
        }
        int ifname = clear.ifname(names);
        if (ifname < 0) {
            Reject reject = ifname == NameTable.FULL ? Reject.NAMES_FULL : Reject.BAD_VALUE_IFNAME;
            refuseMessage(MessageKind.CLR, reject, 0, clear.creatorId());
            return;
        }
        message(
                MessageKind.CLR,
                () -> {
                    states.writeHex(json, "creatorid", clear.creatorId(), 8);
                    json.writeStringField("ifname", names.name(ifname));
                });
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        if (!filter.accepts(MessageKind.BUS, status.creatorId())) {
            return;
        }
        message(
                MessageKind.BUS,
                () -> {
                    states.writeHex(json, "creatorid", status.creatorId(), 8);
                    json.writeNumberField("endtime", status.endTimeS());
                    json.writeStringField("status", MessageText.statusName(status.status()));
                });
    }

    @Override
    public void onTdb(TdbDecoder tdb) {
        if (!filter.accepts(MessageKind.TDB)) {
            return;
        }
        message(
                MessageKind.TDB,
                () -> {
                    json.writeNumberField("spi", tdb.spi());
                    json.writeStringField("dst", MessageText.destination(tdb));
                    json.writeFieldName("rpl");
                    StateJson.writeUnsigned(json, tdb.replay());
                    json.writeFieldName("cur_bytes");
                    StateJson.writeUnsigned(json, tdb.currentBytes());
                    json.writeNumberField("sproto", tdb.protocol());
                });
    }

    /** A region that receivers step over; the old end-of-frame mark is no message. */
    @Override
    public void onSkipped(int action, int count) {
        if (!filter.isAll() || action == Action.EOF) {
            return;
        }
        object(
                () -> {
                    json.writeNumberField("version", head.version());
                    json.writeStringField("action", ActionNames.of(head.version(), action));
                    json.writeNumberField("skipped", action);
                    json.writeNumberField("count", count);
                });
    }

    @Override
    public void onReject(Reject reject, int detail) {
        if (!filter.isAll()) {
            return;
        }
        object(
                () -> {
                    error(reject.family(), reject.meaning());
                    if (!reject.family().equals("badver")) {
                        json.writeNumberField("value", detail);
                    }
                });
    }

    @Override
    public void refuse(String error, String detail) {
        if (filter.isAll()) {
            object(() -> error(error, detail));
        }
    }

    private void refuseMessage(MessageKind kind, Reject reject, long id, int creatorId) {
        object(
                () -> {
                    error(reject.family(), reject.meaning());
                    json.writeStringField("action", kind.name());
                    states.writeIdentity(json, id, creatorId);
                });
    }

    private void error(String error, String detail) throws IOException {
        json.writeStringField("error", error);
        json.writeStringField("detail", detail);
        if (head.version() >= 0) {
            json.writeNumberField("version", head.version());
        }
    }

    private void message(MessageKind kind, Body body) {
        object(
                () -> {
                    json.writeNumberField("version", head.version());
                    json.writeStringField("action", kind.name());
                    json.writeObjectFieldStart("state");
                    body.write();
                    json.writeEndObject();
                });
    }

    private void object(Body body) {
        try {
            json.writeStartObject();
            time.setLength(0);
            TextFormat.appendEpoch(time, head.timestampNs());
            json.writeFieldName("t");
            json.writeNumber(time.toString());
            json.writeStringField("from", head.from());
            json.writeStringField("to", head.to());
            if (head.ttl() >= 0 && head.ttl() != TTL) {
                json.writeNumberField("ttl", head.ttl());
            }
            body.write();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("a generator over a builder does no I/O", e);
        }
    }

    /** Writes the fields of an object that is open. */
    private interface Body {
        void write() throws IOException;
    }
}
