package org.pfsyncd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.support.FakeControlNode.PEER;
import static org.pfsyncd.support.FakeControlNode.group;
import static org.pfsyncd.support.FakeControlNode.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.JsonTree;

/** What the operator and scripts read about peers, and when a node is ready. */
class StatusTextTest {
    private static final NodeStatus.Peer REPAIRED_BEHIND_SLOW_LINK =
            new NodeStatus.Peer(
                    "fw-mirror-2",
                    "2001:db8::2",
                    "udp 4240",
                    true,
                    false,
                    "12 documents behind",
                    true,
                    0,
                    0,
                    0,
                    0,
                    7,
                    99,
                    12,
                    3,
                    1_500_000_000L,
                    1200,
                    1_000_000,
                    0,
                    true);
    private static final NodeStatus.Peer SILENT =
            new NodeStatus.Peer(
                    "fw3",
                    "192.0.2.3",
                    "raw 253",
                    false,
                    false,
                    "nothing heard for 5 s",
                    false,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    -1,
                    -1,
                    0,
                    0,
                    0,
                    false);

    @Test
    void shouldPrintTwoLinesAPeerAligned() {
        String text =
                StatusText.of(
                        status(List.of(), List.of(PEER, REPAIRED_BEHIND_SLOW_LINK, SILENT), false));
        assertEquals(
                """
                node             fw1, pid 42, up 0:01:01, pfsyncd 1.0
                ready            NO: peer fw-mirror-2: not in sync: 12 documents behind;\
                 peer fw3: down: nothing heard for 5 s
                table            600 states of 1,000 (60.0 %), 0 unconfirmed,\
                 digest 0000000000000abc
                journal          incarnation 3, sequence 1,236, 0 behind
                worst            sync cycle 5.0 us
                peer fw2         192.0.2.2, raw 253, up, in sync
                                 sent 3/1234, lag 2 messages, 45.6 us; received 7/99, 0 behind;\
                 digest equal, compared 0.4 s ago; no repairs
                peer fw-mirror-2 2001:db8::2, udp 4240, up, NOT in sync: 12 documents behind
                                 sent nothing (mode = "receive"); received 7/99, 12 behind;\
                 digest 3 buckets differ, compared 1.5 s ago; 1,200 states repaired,\
                 last 0:01:01 ago; catching up by snapshot
                peer fw3         192.0.2.3, raw 253, DOWN: nothing heard for 5 s
                                 sent 0/0, lag 0 messages, 0.0 us; received 0/0, 0 behind;\
                 digest not compared yet; no repairs
                """,
                text);
    }

    @Test
    void shouldSayNothingOfPeersWhereThereAreNone() {
        String text = StatusText.of(status(List.of(group(true)), List.of(), false));
        assertTrue(text.contains("\nin sync        yes\n"), text);
        assertFalse(text.contains("peer"), text);
        assertFalse(text.contains("ready"), text);
    }

    @Test
    void shouldBeReadyOnlyIfGroupsJournalAndPeersAre() {
        assertTrue(status(List.of(), List.of(PEER), false).isReady());
        assertTrue(status(List.of(group(true)), List.of(), false).isReady());
        assertTrue(status(List.of(group(true)), List.of(PEER), false).isReady());
        assertEquals(
                "lan: silent for too long; the journal has stopped; peer fw3: down: nothing heard"
                        + " for 5 s",
                status(List.of(group(false)), List.of(PEER, SILENT), true).unreadyReason());
        assertFalse(status(List.of(group(false)), List.of(PEER), false).isReady());
        assertFalse(status(List.of(group(true)), List.of(PEER), true).isReady());
        assertFalse(
                status(List.of(), List.of(REPAIRED_BEHIND_SLOW_LINK), false).isReady(),
                "up, but not in sync");
    }

    @Test
    void shouldPromiseTheNamesOfAPeersFields() throws IOException {
        Map<?, ?> peer = (Map<?, ?>) peers(PEER).get(0);
        assertEquals(
                List.of(
                        "name",
                        "address",
                        "carrier",
                        "up",
                        "in_sync",
                        "reason",
                        "receive_only",
                        "acked_incarnation",
                        "acked_sequence",
                        "lag_messages",
                        "lag_us",
                        "received_incarnation",
                        "received_sequence",
                        "behind_messages",
                        "buckets_differing",
                        "compared_s",
                        "repaired_states",
                        "last_repair",
                        "duplicates",
                        "catching_up"),
                List.copyOf(peer.keySet()));
        assertEquals(new BigDecimal("1234"), peer.get("acked_sequence"));
        assertEquals(new BigDecimal("45.6"), peer.get("lag_us"));
        assertEquals(new BigDecimal("0.4"), peer.get("compared_s"));
        assertEquals(new BigDecimal("5"), peer.get("duplicates"));
    }

    @Test
    void shouldWriteNullForWhatHasNeverHappened() throws IOException {
        Map<?, ?> silent = (Map<?, ?>) peers(SILENT).get(0);
        for (String name : List.of("buckets_differing", "compared_s", "last_repair")) {
            assertTrue(silent.containsKey(name), name);
            assertEquals(null, silent.get(name), name);
        }
        Map<?, ?> other = (Map<?, ?>) peers(REPAIRED_BEHIND_SLOW_LINK).get(0);
        assertEquals(new BigDecimal("3"), other.get("buckets_differing"));
        assertEquals(new BigDecimal("1000.0"), other.get("last_repair"));
    }

    @Test
    void shouldWriteReadinessForScripts() throws IOException {
        Map<String, Object> ready = json(status(List.of(), List.of(PEER), false));
        assertEquals(true, ready.get("ready"));
        assertEquals("", ready.get("unready_reason"));
        Map<String, Object> unready = json(status(List.of(), List.of(SILENT), false));
        assertEquals(false, unready.get("ready"));
        assertEquals("peer fw3: down: nothing heard for 5 s", unready.get("unready_reason"));
    }

    private static List<?> peers(NodeStatus.Peer peer) throws IOException {
        return (List<?>) json(status(List.of(), List.of(peer), false)).get("peers");
    }

    private static Map<String, Object> json(NodeStatus status) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            StatusJson.write(json, status);
        }
        return JsonTree.object(text.toString());
    }

    @Test
    void shouldSayWhatAMemberAnswersAndNothingOfItForAListener() {
        NodeStatus.Group member =
                new NodeStatus.Group(
                        "lan",
                        "member",
                        "em1",
                        true,
                        "",
                        1_000_000_000L,
                        "completed",
                        "sending in v6, 12,345 states so far",
                        null,
                        List.of());
        String text = StatusText.of(status(List.of(member), List.of(), false));
        assertTrue(text.contains("group lan      member on em1, in sync"), text);
        assertTrue(text.contains("answers to others: sending in v6, 12,345 states so far"), text);
        String listener = StatusText.of(status(List.of(group(true)), List.of(), false));
        assertFalse(listener.contains("answers"), listener);
    }

    private static NodeStatus.Group relay(NodeStatus.Announcer announcer) {
        return new NodeStatus.Group(
                "lan", "relay", "em1", true, "", 0, "completed", "idle", announcer, List.of());
    }

    private static String announces(NodeStatus.Announcer announcer) {
        String text = StatusText.of(status(List.of(relay(announcer)), List.of(), false));
        int at = text.indexOf("announces: ");
        return text.substring(at, text.indexOf('\n', at));
    }

    @Test
    void shouldSayWhoAnnouncesAndSinceWhen() {
        long hourNs = 3_600_000_000_000L;
        assertEquals(
                "announces: this node (creatorid 0e000001), for 1:00:00",
                announces(new NodeStatus.Announcer(true, "0e000001", "", hourNs, 0)));
        assertEquals(
                "announces: another relay (creatorid 0e000002 at 10.0.0.2), for 0:00:07, 1,234"
                        + " states wait",
                announces(
                        new NodeStatus.Announcer(
                                false, "0e000002", "10.0.0.2", 7_000_000_000L, 1_234)));
        assertEquals(
                "announces: nobody yet; a relay listens for 5 s first, for 0:00:01",
                announces(new NodeStatus.Announcer(false, "", "", 1_000_000_000L, 0)));
        assertTrue(
                announces(new NodeStatus.Announcer(false, "", "", -1, 0))
                        .endsWith("or the interface is down"));
        String listener = StatusText.of(status(List.of(group(true)), List.of(), false));
        assertFalse(listener.contains("announces"), listener);
    }

    @Test
    void shouldWriteWhoAnnouncesForScripts() throws IOException {
        NodeStatus.Announcer other =
                new NodeStatus.Announcer(false, "0e000002", "10.0.0.2", 7_000_000_000L, 3);
        Map<String, Object> shown =
                json(status(List.of(relay(other), group(true)), List.of(), false));
        List<?> groups = (List<?>) shown.get("groups");
        Map<?, ?> announcer = (Map<?, ?>) ((Map<?, ?>) groups.get(0)).get("announcer");
        assertEquals(false, announcer.get("self"));
        assertEquals("0e000002", announcer.get("creatorid"));
        assertEquals("10.0.0.2", announcer.get("address"));
        assertEquals(new BigDecimal("7.0"), announcer.get("since_s"));
        assertEquals(new BigDecimal("3"), announcer.get("waiting"));
        assertTrue(((Map<?, ?>) groups.get(1)).containsKey("announcer"));
        assertEquals(null, ((Map<?, ?>) groups.get(1)).get("announcer"));
    }

    @Test
    void shouldSayWhereTheTimeIsNotTheWallClocks() throws IOException {
        assertFalse(StatusText.of(clock(0, 0)).contains("clock"));
        assertTrue(
                StatusText.of(clock(-3_600_165, 0))
                        .contains(
                                "clock          the wall clock is 3,600,165 ms behind; the"
                                        + " node's"));
        assertTrue(
                StatusText.of(clock(0, 9_000))
                        .contains("clock          the node's time is kept 9,000 ms ahead of the"));
        assertEquals(new BigDecimal("-9000"), json(clock(0, -9_000)).get("clock_offset_ms"));
    }

    private static NodeStatus clock(long aheadMs, long offsetMs) {
        NodeStatus well = status(List.of(group(true)), List.of(), false);
        return new NodeStatus(
                well.node(),
                well.version(),
                well.pid(),
                well.startedMs(),
                well.nowMs(),
                well.table(),
                well.journal(),
                well.groups(),
                well.peers(),
                well.syncCycleMaxNs(),
                aheadMs,
                offsetMs);
    }
}
