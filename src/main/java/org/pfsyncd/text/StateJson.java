package org.pfsyncd.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TimeoutClass;

/**
 * Writes states as JSON. The first fields, their order and their forms are a promise to scripts:
 * they are those of the recordings' {@code states.jsonl}. Fields that only some dialects carry
 * follow, and only where they say something.
 *
 * <p>Owned by the thread that calls it.
 */
public final class StateJson {
    private final NameTable names;
    private final StringBuilder scratch = new StringBuilder(64);

    public StateJson(NameTable names) {
        this.names = names;
    }

    /**
     * Writes one object.
     *
     * @param nowMs epoch milliseconds, to which {@code creation} and {@code expire} are relative.
     */
    public void write(JsonGenerator json, StateRecord state, long nowMs) throws IOException {
        json.writeStartObject();
        writeFields(json, state, nowMs);
        json.writeEndObject();
    }

    /** Writes the fields of {@link #write} into an object that is open. */
    public void writeFields(JsonGenerator json, StateRecord state, long nowMs) throws IOException {
        writeConnection(json, state);
        json.writeNumberField("creation", StateTimes.ageS(state, nowMs));
        json.writeNumberField("expire", StateTimes.expireS(state, nowMs));
        writeRest(json, state);
    }

    /** The fields in front of {@code creation} and {@code expire}. */
    void writeConnection(JsonGenerator json, StateRecord state) throws IOException {
        writeIdentity(json, state.id(), state.creatorId());
        json.writeStringField("ifname", names.name(state.ifname()));
        json.writeNumberField("af", state.wireAf());
        json.writeNumberField("proto", state.wireProto());
        json.writeStringField("direction", direction(state.direction()));
        writeKeys(json, state);
        writePeer(json, "src", state.src());
        writePeer(json, "dst", state.dst());
        int rtFamily = state.rtAf() == 0 ? state.wireAf() : state.rtAf();
        writeAddress(json, "rt_addr", state, rtFamily, StateRecord.RT_ADDR_OFFSET);
        json.writeNumberField("rule", state.rule());
        json.writeNumberField("anchor", state.anchor());
        json.writeNumberField("nat_rule", state.natRule());
    }

    /** The fields behind them. */
    void writeRest(JsonGenerator json, StateRecord state) throws IOException {
        writePair(json, "packets", state.packets0(), state.packets1());
        writePair(json, "bytes", state.bytes0(), state.bytes1());
        json.writeNumberField("log", state.log());
        json.writeNumberField("state_flags", state.stateFlags());
        writeTimeout(json, state.timeout());
        json.writeNumberField("sync_flags", state.syncFlags());
        json.writeNumberField("updates", state.updates());
        writeFurther(json, state);
    }

    /** FreeBSD's number of a route option as a word; {@code gateway} where it is not known. */
    static String routeName(int rtKind) {
        return switch (rtKind) {
            case 1 -> "fastroute";
            case 2 -> "route-to";
            case 3 -> "dup-to";
            case 4 -> "reply-to";
            default -> "gateway";
        };
    }

    void writeIdentity(JsonGenerator json, long id, int creatorId) throws IOException {
        writeHex(json, "id", id, 16);
        writeHex(json, "creatorid", creatorId, 8);
    }

    void writeHex(JsonGenerator json, String field, long value, int digits) throws IOException {
        scratch.setLength(0);
        TextFormat.appendHex(scratch, value, digits);
        json.writeStringField(field, scratch.toString());
    }

    static void writeTimeout(JsonGenerator json, int timeout) throws IOException {
        json.writeNumberField("timeout", timeout);
        json.writeStringField("timeout_name", TimeoutClass.name(timeout));
    }

    static void writePeer(JsonGenerator json, String field, PeerRecord peer) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeNumberField("state", peer.state());
        json.writeNumberField("seqlo", peer.seqlo());
        json.writeNumberField("seqhi", peer.seqhi());
        json.writeNumberField("seqdiff", peer.seqdiff());
        json.writeNumberField("max_win", peer.maxWin());
        json.writeNumberField("mss", peer.mss());
        json.writeNumberField("wscale", peer.wscale());
        json.writeNumberField("scrub_flag", peer.scrubFlag());
        json.writeNumberField("pfss_flags", peer.scrubFlags());
        json.writeNumberField("pfss_ttl", peer.scrubTtl());
        json.writeNumberField("pfss_ts_mod", peer.tsMod());
        json.writeEndObject();
    }

    static void writeUnsigned(JsonGenerator json, long value) throws IOException {
        if (value >= 0) {
            json.writeNumber(value);
        } else {
            json.writeNumber(Long.toUnsignedString(value));
        }
    }

    private static String direction(int direction) {
        return switch (direction) {
            case 1 -> "in";
            case 2 -> "out";
            default -> "inout";
        };
    }

    private void writeKeys(JsonGenerator json, StateRecord state) throws IOException {
        json.writeObjectFieldStart("wire");
        writeAddress(json, "addr0", state, state.wireAf(), StateRecord.WIRE_ADDR0_OFFSET);
        json.writeNumberField("port0", state.wirePort0());
        writeAddress(json, "addr1", state, state.wireAf(), StateRecord.WIRE_ADDR1_OFFSET);
        json.writeNumberField("port1", state.wirePort1());
        json.writeEndObject();
        json.writeObjectFieldStart("stack");
        writeAddress(json, "addr0", state, state.stackAf(), StateRecord.STACK_ADDR0_OFFSET);
        json.writeNumberField("port0", state.stackPort0());
        writeAddress(json, "addr1", state, state.stackAf(), StateRecord.STACK_ADDR1_OFFSET);
        json.writeNumberField("port1", state.stackPort1());
        json.writeEndObject();
    }

    private void writeFurther(JsonGenerator json, StateRecord state) throws IOException {
        writeUnless(json, "stack_af", state.stackAf(), state.wireAf());
        writeUnless(json, "stack_proto", state.stackProto(), state.wireProto());
        if (state.rtKind() != 0) {
            json.writeStringField("rt", routeName(state.rtKind()));
        }
        writeName(json, "rt_ifname", state.rtIfname());
        writeName(json, "orig_ifname", state.origIfname());
        writeName(json, "tag", state.tag());
        writeUnless(json, "rtableid", state.rtableId0(), -1);
        writeUnless(json, "rtableid_reverse", state.rtableId1(), state.rtableId0());
        writeUnless(json, "min_ttl", state.minTtl(), 0);
        writeUnless(json, "set_tos", state.setTos(), 0);
        writeUnless(json, "max_mss", state.maxMss(), 0);
        if ((state.setPrio0() | state.setPrio1()) != 0) {
            writePair(json, "set_prio", state.setPrio0(), state.setPrio1());
        }
        writeUnless(json, "qid", state.qid(), 0);
        writeUnless(json, "pqid", state.pqid(), 0);
        writeUnless(json, "dnpipe", state.dnpipe(), 0);
        writeUnless(json, "dnrpipe", state.dnrpipe(), 0);
        if ((state.wireRdomain() | state.stackRdomain()) != 0) {
            writePair(json, "rdomain", state.wireRdomain(), state.stackRdomain());
        }
    }

    private void writeName(JsonGenerator json, String field, int nameId) throws IOException {
        if (nameId != 0) {
            json.writeStringField(field, names.name(nameId));
        }
    }

    private static void writeUnless(JsonGenerator json, String field, int value, int nothing)
            throws IOException {
        if (value != nothing) {
            json.writeNumberField(field, value);
        }
    }

    private void writeAddress(
            JsonGenerator json, String field, StateRecord state, int family, int fieldOffset)
            throws IOException {
        scratch.setLength(0);
        AddressText.append(scratch, family, state.buffer(), state.offset() + fieldOffset);
        json.writeStringField(field, scratch.toString());
    }

    private static void writePair(JsonGenerator json, String field, long first, long second)
            throws IOException {
        json.writeArrayFieldStart(field);
        writeUnsigned(json, first);
        writeUnsigned(json, second);
        json.writeEndArray();
    }
}
