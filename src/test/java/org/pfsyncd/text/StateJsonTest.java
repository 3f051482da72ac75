package org.pfsyncd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

class StateJsonTest {
    private static final long NOW_MS = 1_795_333_922_457L;

    private final NameTable names = new NameTable();

    @Test
    void shouldWriteTheFieldsOfTheRecordingsInTheirOrder() throws IOException {
        assertEquals(
                "{\"id\":\"0000000064f0a1b2\",\"creatorid\":\"a1b2c3d4\",\"ifname\":\"all\","
                        + "\"af\":4,\"proto\":6,\"direction\":\"out\","
                        + "\"wire\":{\"addr0\":\"198.51.100.10\",\"port0\":443,"
                        + "\"addr1\":\"203.0.113.1\",\"port1\":55555},"
                        + "\"stack\":{\"addr0\":\"198.51.100.10\",\"port0\":443,"
                        + "\"addr1\":\"10.0.0.5\",\"port1\":40000},"
                        + "\"src\":{\"state\":4,\"seqlo\":287454020,\"seqhi\":287519556,"
                        + "\"seqdiff\":0,\"max_win\":64240,\"mss\":1460,\"wscale\":135,"
                        + "\"scrub_flag\":1,\"pfss_flags\":1,\"pfss_ttl\":64,"
                        + "\"pfss_ts_mod\":16909060},"
                        + "\"dst\":{\"state\":4,\"seqlo\":2695938256,\"seqhi\":2696003792,"
                        + "\"seqdiff\":100,\"max_win\":32768,\"mss\":0,\"wscale\":136,"
                        + "\"scrub_flag\":0,\"pfss_flags\":0,\"pfss_ttl\":0,\"pfss_ts_mod\":0},"
                        + "\"rt_addr\":\"0.0.0.0\",\"rule\":7,\"anchor\":-1,\"nat_rule\":-1,"
                        + "\"creation\":3725,\"expire\":86390,\"packets\":[1000,4294967298],"
                        + "\"bytes\":[64000,78187493520],\"log\":1,\"state_flags\":257,"
                        + "\"timeout\":2,\"timeout_name\":\"tcp.established\",\"sync_flags\":8,"
                        + "\"updates\":0}",
                write(Vectors.state("V02", Dialect.V6, names, NOW_MS))
                        .replaceAll(",\"rtableid.*", "}"));
    }

    @Test
    void shouldWriteTheUnspecifiedIpv6AddressWhereThereIsNoNextHop() throws IOException {
        String json = write(Vectors.state("V03", Dialect.V6, names, NOW_MS));
        assertEquals("::", field(json, "rt_addr"));
        assertEquals("in", field(json, "direction"));
    }

    @Test
    void shouldAppendWhatOnlyNewerDialectsCarry() throws IOException {
        StateRecord state = Vectors.state("V17", Dialect.V1500, names, NOW_MS);
        state.setPrio0(1).setPrio1(6).tag(names.intern("LAN")).rtKind(4).qid(9).stackProto(58);
        state.wireRdomain(3).rtableId0(1).rtableId1(2);
        String json = write(state);
        assertEquals(
                "\"updates\":0,\"stack_af\":4,\"stack_proto\":58,\"rt\":\"reply-to\","
                        + "\"orig_ifname\":\"vtnet1\",\"tag\":\"LAN\",\"rtableid\":1,"
                        + "\"rtableid_reverse\":2,\"set_prio\":[1,6],\"qid\":9,\"rdomain\":[3,0]}",
                json.substring(json.indexOf("\"updates\"")));
    }

    @Test
    void shouldWriteCountersBeyondTheSignedRange() throws IOException {
        StateRecord state = Vectors.state("V02", Dialect.V6, names, NOW_MS);
        state.bytes0(-1).packets1(Long.MIN_VALUE);
        String json = write(state);
        assertEquals(true, json.contains("\"bytes\":[18446744073709551615,"));
        assertEquals(true, json.contains("9223372036854775808],\"bytes\""));
    }

    private static String field(String json, String name) {
        return json.replaceAll(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    private String write(StateRecord state) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            new StateJson(names).write(json, state, NOW_MS);
        }
        return out.toString();
    }
}
