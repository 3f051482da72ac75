package org.pfsyncd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;

class MessagePrinterTest {
    private static final long T_NS = 1_795_333_922_457_123_999L;
    private static final String HEAD =
            "{\"t\":1795333922.457123,\"from\":\"192.0.2.1\",\"to\":\"224.0.0.240\",";

    private final StringBuilder out = new StringBuilder();
    private final FrameWalker walker = new FrameWalker();

    @Test
    void shouldPrintWhatEachMessageCarriesAsJson() {
        assertTrue(
                json("V04")
                        .startsWith(
                                HEAD
                                        + "\"version\":6,\"action\":\"UPD_C\",\"state\":{"
                                        + "\"id\":\"0000000064f0a1b2\",\"creatorid\":\"a1b2c3d4\","
                                        + "\"src\":{\"state\":4,"));
        assertTrue(
                json("V04")
                        .endsWith(
                                "\"timeout\":2,\"timeout_name\":\"tcp.established\",\"expire\":0}}\n"));
        assertEquals(
                HEAD
                        + "\"version\":6,\"action\":\"DEL_C\",\"state\":{\"id\":\"0000000064f0a1b2\",\"creatorid\":\"a1b2c3d4\"}}\n"
                        + HEAD
                        + "\"version\":6,\"action\":\"DEL_C\",\"state\":{\"id\":\"0300000066112233\",\"creatorid\":\"a1b2c3d4\"}}\n",
                json("V06"));
        assertEquals(
                HEAD
                        + "\"version\":6,\"action\":\"BUS\",\"state\":{\"creatorid\":\"0badcafe\","
                        + "\"endtime\":0,\"status\":\"start\"}}\n",
                json("V07"));
        assertTrue(json("V19").contains("\"status\":\"end\""));
        assertEquals(
                HEAD
                        + "\"version\":6,\"action\":\"CLR\",\"state\":{\"creatorid\":\"a1b2c3d4\","
                        + "\"ifname\":\"\"}}\n"
                        + HEAD
                        + "\"version\":6,\"action\":\"CLR\",\"state\":{\"creatorid\":\"0badcafe\","
                        + "\"ifname\":\"em0\"}}\n",
                json("V11"));
        Map<?, ?> tdb = (Map<?, ?>) JsonTree.object(json("V14")).get("state");
        assertEquals(Set.of("spi", "dst", "rpl", "cur_bytes", "sproto"), tdb.keySet());
    }

    @Test
    void shouldShowUnknownRegionsAndGoOn() {
        List<String> lines = json("V12").lines().toList();
        assertEquals("UNKNOWN", JsonTree.object(lines.get(0)).get("action"));
        assertEquals("DEL_C", JsonTree.object(lines.get(1)).get("action"));
    }

    @ParameterizedTest
    @CsvSource({
        "N1, hdrops",
        "N2, badver",
        "N3, badver",
        "N4, badver",
        "N5, badlen",
        "N6, badlen",
        "N7, badact",
        "N8, badact",
        "N9, badlen",
        "N10, badact"
    })
    void shouldNameTheCounterOfWhatIsRefused(String vector, String counter) {
        Map<String, Object> error = JsonTree.object(json(vector));
        assertEquals(counter, error.get("error"));
        assertFalse(((String) error.get("detail")).isEmpty());
        assertTrue(text(vector, 0, MessageFilter.ALL).contains("    refused: " + counter + ", "));
    }

    @Test
    void shouldRefuseOldVersionsByName() {
        assertEquals(
                HEAD
                        + "\"error\":\"badver\",\"detail\":\"format 3: OpenBSD 3.9 to 4.3, FreeBSD"
                        + " 7 and 8, NetBSD; upgrade that host\",\"version\":3}\n",
                json("N2"));
        assertTrue(json("N3").contains("format 2: OpenBSD 3.5"));
    }

    @Test
    void shouldRefuseAStateWithBadValuesByItsIds() {
        byte[] frame = Vectors.bytes("V02");
        frame[279] = 99;
        Map<String, Object> error = JsonTree.object(json(frame, MessageFilter.ALL));
        assertEquals("badval", error.get("error"));
        assertEquals("INS", error.get("action"));
        assertEquals("0000000064f0a1b2", error.get("id"));
        assertTrue(
                text(frame, 0, MessageFilter.ALL)
                        .contains(
                                "id: 0000000064f0a1b2 creatorid: a1b2c3d4 refused: badval, unknown"
                                        + " timeout class\n"));
    }

    @Test
    void shouldPrintAFrameForPeople() {
        assertEquals(
                """
                2026-11-22T07:52:02.457123Z 192.0.2.1 > 224.0.0.240: PFSYNCv6 (OpenBSD) len 288 ttl 255
                    INS count 1
                        all tcp 203.0.113.1:55555 (10.0.0.5:40000) -> 198.51.100.10:443       ESTABLISHED:ESTABLISHED
                """,
                text("V02", 0, MessageFilter.ALL));
        assertEquals(
                """
                2026-11-22T07:52:02.457123Z 192.0.2.1 > 224.0.0.240: PFSYNCv5 (FreeBSD 1301) len 270 ttl 255 pfcksum 0x00000000000000000000000000000000
                    INS count 1
                        all tcp 203.0.113.1:55555 (10.0.0.5:40000) -> 198.51.100.10:443       ESTABLISHED:ESTABLISHED
                           [287454020 + 65536] wscale 7  [2695938256 + 65536](+100) wscale 8
                           age 01:02:05, expires in 23:59:50, 1000:4294967298 pkts, 64000:78187493520 bytes, rule 7, sticky-address
                           id: 0000000064f0a1b2 creatorid: a1b2c3d4
                    EOF count 1
                """,
                text("V15", 2, MessageFilter.ALL));
    }

    @Test
    void shouldPrintShortMessagesForPeople() {
        assertEquals(
                "id: 0000000064f0a1b2 creatorid: a1b2c3d4 tcp.established ESTABLISHED:ESTABLISHED",
                lineBelow("UPD_C count 1", text("V04", 0, MessageFilter.ALL)));
        assertEquals(
                "creatorid: 0badcafe age: 00:00:00 status: start",
                lineBelow("BUS count 1", text("V07", 0, MessageFilter.ALL)));
        assertEquals(
                "id: 0000000000000000 creatorid: 00000000 (the whole table)",
                lineBelow("UPD_REQ count 1", text("V20", 0, MessageFilter.ALL)));
        assertTrue(
                text("V11", 0, MessageFilter.ALL).contains("creatorid: 0badcafe interface: em0"));
        assertTrue(text("V14", 0, MessageFilter.ALL).contains("spi: 0x"));
        assertTrue(text("V12", 0, MessageFilter.ALL).contains("skipped: action 20"));
    }

    @Test
    void shouldPrintOnlyWhatTheFilterWants() {
        MessageFilter kinds = new MessageFilter(Set.of(MessageKind.DEL_C), Set.of());
        assertEquals("", json(Vectors.bytes("V04"), kinds));
        assertEquals("", text("V04", 0, kinds));
        assertEquals("", json(Vectors.bytes("N2"), kinds));
        assertEquals("", text("N2", 0, kinds));
        assertFalse(text("V18", 0, kinds).contains("UPD_C"));
        assertTrue(text("V18", 0, kinds).contains("    DEL_C count 1\n        id: "));
        MessageFilter creator = new MessageFilter(Set.of(), Set.of(0x0BADCAFE));
        assertEquals(1, json(Vectors.bytes("V11"), creator).lines().count());
        assertTrue(text("V11", 0, creator).contains("em0"));
        assertFalse(text("V11", 0, creator).contains("a1b2c3d4"));
        assertEquals("", text("V14", 0, creator), "an association has no creator");
    }

    @Test
    void shouldShowATtlThatReceiversRefuse() {
        MessageJson printer = new MessageJson(out, new NameTable(), MessageFilter.ALL);
        print(printer, Vectors.bytes("V06"), 254);
        assertTrue(out.toString().startsWith(HEAD + "\"ttl\":254,\"version\":6,"));
        out.setLength(0);
        print(
                new MessageText(out, new NameTable(), MessageFilter.ALL, 0),
                Vectors.bytes("V06"),
                254);
        assertTrue(out.toString().contains("ttl 254 (not 255: receivers refuse it, badttl)\n"));
    }

    @Test
    void shouldPrintNullWhereTheCaptureHasNoAddresses() {
        MessageHead head = new MessageHead().reset(0).payload(new UnsafeBuffer(new byte[0]));
        MessageJson printer = new MessageJson(out, new NameTable(), MessageFilter.ALL);
        printer.begin(head);
        printer.refuse("truncated", "0 of 20 bytes");
        printer.end();
        assertEquals(
                "{\"t\":0.000000,\"from\":null,\"to\":null,\"error\":\"truncated\",\"detail\":\"0"
                        + " of 20 bytes\"}\n",
                out.toString());
    }

    @Property(tries = 1000)
    void shouldPrintWholeLinesWhateverTheBytes(
            @ForAll @Size(min = 24, max = 600) byte[] frame,
            @ForAll boolean isV6,
            @ForAll boolean isFramed) {
        frame[0] = (byte) (isV6 ? 6 : 5);
        if (isFramed) {
            frame[2] = 0;
            frame[3] = 24;
            frame[20] = (byte) (Math.abs(frame[20]) % 17);
            frame[22] = 0;
            frame[23] = 1;
        }
        json(frame, MessageFilter.ALL).lines().forEach(JsonTree::object);
        String text = text(frame, 2, MessageFilter.ALL);
        assertTrue(text.startsWith("2026-") && text.endsWith("\n"));
    }

    private static String lineBelow(String region, String text) {
        return text.lines()
                .dropWhile(line -> !line.strip().equals(region))
                .skip(1)
                .findFirst()
                .orElseThrow()
                .strip();
    }

    private String json(String vector) {
        return json(payload(vector), MessageFilter.ALL);
    }

    private String json(byte[] frame, MessageFilter filter) {
        out.setLength(0);
        print(new MessageJson(out, new NameTable(), filter), frame, 255);
        return out.toString();
    }

    private String text(String vector, int verbosity, MessageFilter filter) {
        return text(payload(vector), verbosity, filter);
    }

    private String text(byte[] frame, int verbosity, MessageFilter filter) {
        out.setLength(0);
        print(new MessageText(out, new NameTable(), filter, verbosity), frame, 255);
        return out.toString();
    }

    private void print(MessagePrinter printer, byte[] frame, int ttl) {
        UnsafeBuffer payload = new UnsafeBuffer(frame);
        MessageHead head = new MessageHead().reset(T_NS).ttl(ttl).payload(payload);
        byte[] from = {(byte) 192, 0, 2, 1};
        byte[] to = {(byte) 224, 0, 0, (byte) 240};
        printer.begin(head.addresses(from, to, 4));
        walker.walk(
                payload, 0, frame.length, FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6, printer);
        printer.end();
    }

    private static byte[] payload(String vector) {
        return Vectors.bytes(vector);
    }
}
