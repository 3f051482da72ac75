package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pfsyncd.net.SimOrigin;

/**
 * The scripted host against recordings of a real FreeBSD 12.1: what it ends up with when it hears
 * what the kernel heard.
 */
class HostRecordingsTest {
    private static void assertNone(List<String> differences) {
        assertTrue(
                differences.isEmpty(),
                () -> String.join("\n", differences.subList(0, Math.min(8, differences.size()))));
    }

    @Test
    void shouldTakeInAndClearWhatThePeerSends() {
        Rerun rerun = new Rerun("26-replay-into-host", Rerun.settings(Rerun.HOST_A), true);
        rerun.at(-10, rerun.host::upInSync);
        Flow used = Flow.udp("10.1.0.10", 20_000, "10.2.0.10", 7777);
        for (String listing :
                List.of(
                        "after-02-tcp-life",
                        "after-05-ipv6",
                        "after-06-nat",
                        "after-08-many-flows")) {
            rerun.compareAt(listing, "A");
        }
        // The packet finds the inserted state, and being recently synced it is told at once.
        rerun.at(3.55, () -> rerun.exchange(used, 1));
        rerun.at(6.2, () -> assertEquals(0, rerun.host.states().size()));
        assertNone(rerun.run(7));
        assertEquals(2 + 10 + 18 + 78, rerun.compared);
        assertEquals(rerun.recorded.sections("10.0.0.1"), rerun.talk.sections(), "UPD_C at once");
    }

    @Test
    void shouldReceiveABulkUpdateAsHostB() {
        Rerun rerun = new Rerun("17-two-hosts-bulk", Rerun.settings(Rerun.HOST_B), true);
        rerun.at(-5.08, rerun.host::up);
        rerun.at(
                -1.07,
                () -> {
                    assertEquals(240, rerun.host.demotion().value());
                    assertEquals(0, rerun.talk.packets(), "the request waits");
                    for (int i = 0; i < 8; i++) {
                        Flow flow = Flow.udp("10.1.0.2", 5000 + i, "10.2.0.10", 7777);
                        rerun.host.ownPacket(flow, Segment.datagram(true, 20));
                    }
                });
        rerun.at(1.945, rerun.host::clearStates);
        rerun.compareAt("B-after-bulk", "B");
        assertNone(rerun.run(7));
        assertEquals(56, rerun.compared);
        assertEquals(0, rerun.host.demotion().value());
        assertTrue(
                rerun.host.demotion().log().get(1).contains("pfsync bulk done"),
                rerun.host.demotion().log()::toString);
        List<String> sent = rerun.talk.sections();
        assertEquals("UPD_REQ:1 CLR:1", sent.get(sent.size() - 1));
    }

    @Test
    void shouldFollowALiveHostAndOutliveIt() {
        PfHostSettings settings =
                Rerun.settings(Rerun.HOST_B)
                        .timeout(4, 4)
                        .timeout(5, 4)
                        .timeout(6, 5)
                        .timeout(7, 5)
                        .timeout(8, 6)
                        .timeout(9, 5)
                        .timeout(10, 5)
                        .timeout(StateTable.INTERVAL, 2);
        Rerun rerun = new Rerun("27-two-hosts-live", settings, true);
        rerun.at(-10, rerun.host::upInSync);
        rerun.compareAll("B");
        rerun.at(38.57, rerun.host::clearStates);
        assertNone(rerun.run(41));
        assertTrue(rerun.compared >= 10 + 10 + 2 + 2 + 6 + 2, "compared " + rerun.compared);
        List<String> expected = rerun.recorded.sections("10.0.0.2");
        List<String> sent = rerun.talk.sections();
        assertEquals(total(expected, "DEL_C") > 8, total(sent, "DEL_C") > 8);
        assertEquals(expected.get(expected.size() - 1), sent.get(sent.size() - 1));
    }

    private static int total(List<String> sections, String kind) {
        int total = 0;
        for (String packet : sections) {
            for (String section : packet.split(" ")) {
                if (section.startsWith(kind + ":")) {
                    total += Integer.parseInt(section.substring(kind.length() + 1));
                }
            }
        }
        return total;
    }

    @Test
    void shouldAcknowledgeAsHostB() {
        Rerun rerun = new Rerun("24c-defer-two-hosts", Rerun.settings(Rerun.HOST_B), true);
        rerun.at(-10, rerun.host::upInSync);
        rerun.compareAll("B");
        assertNone(rerun.run(5.7));
        List<String> acks =
                rerun.recorded.sections("10.0.0.2").stream()
                        .filter(packet -> packet.startsWith("INS_ACK"))
                        .toList();
        assertEquals(acks, rerun.talk.sections());
    }

    @Test
    void shouldAcknowledgeByBucket() {
        Rerun rerun = new Rerun("13-ins-ack", Rerun.settings(Rerun.HOST_A), true);
        rerun.at(-10, rerun.host::upInSync);
        rerun.compareAll("A");
        assertNone(rerun.run(6));
        assertEquals(rerun.recorded.sections("10.0.0.1"), rerun.talk.sections());
        assertEquals(0, rerun.host.states().size());
    }

    @Test
    void shouldMergeStaleUpdatesAsWronglyAsTheKernel() {
        Rerun rerun = new Rerun("15-stale-updates", Rerun.settings(Rerun.HOST_A), true);
        rerun.at(
                -0.1,
                () -> {
                    rerun.host.upInSync();
                    rerun.know("before", "A");
                });
        rerun.recorded.listings("A").keySet().stream()
                .filter(listing -> !listing.equals("before"))
                .forEach(listing -> rerun.compareAt(listing, "A"));
        List<String> differences = new ArrayList<>(rerun.run(14));
        // What a listing tells but the table was not given.
        differences.removeIf(d -> d.contains("packets of") || d.contains("bytes of"));
        assertNone(differences);
        assertEquals(32, rerun.compared);
        assertEquals(rerun.recorded.sections("10.0.0.1"), rerun.talk.sections());
    }

    @Test
    void shouldAnswerRequestsPacketByPacket() {
        Rerun rerun = new Rerun("12-update-requests", Rerun.settings(Rerun.HOST_A), true);
        rerun.at(
                -0.07,
                () -> {
                    rerun.host.upInSync();
                    rerun.know("before", "A");
                });
        rerun.run(9.2);
        assertEquals(rerun.recorded.sections("10.0.0.1"), rerun.talk.sections());
        assertEquals(1, rerun.host.counters().badState);
    }

    @Test
    void shouldSendSixHundredStates() {
        Rerun rerun = new Rerun("12b-bulk-600-states", Rerun.settings(Rerun.HOST_A), true);
        rerun.at(
                -0.07,
                () -> {
                    rerun.host.upInSync();
                    rerun.know("after", "A");
                });
        rerun.run(5);
        assertEquals(rerun.recorded.sections("10.0.0.1"), rerun.talk.sections());
    }

    @Test
    void shouldLetRequestsForUnknownStatesWait() {
        Rerun rerun =
                new Rerun(
                        "23b-many-unknown-updates", Rerun.settings(Rerun.HOST_A).buckets(1), true);
        rerun.at(-10, rerun.host::upInSync);
        rerun.at(3.59, rerun.host::clearStates);
        rerun.run(5);
        assertEquals(rerun.recorded.sections("10.0.0.1"), rerun.talk.sections());
    }

    /** Cases whose outcome depends on what this host does not imitate, and why. */
    private static final Map<String, String> NOT_IMITATED =
            Map.of(
                    "UPD af 99 unknown state", "a full update is checked as an INS",
                    "pf off: INS", "pf is always on");

    @Test
    void shouldAcceptAndRefuseCaseByCase() {
        Rerun rerun = new Rerun("22-accept-reject", Rerun.settings(Rerun.HOST_A), false);
        rerun.run(-19);
        rerun.host.upInSync();
        List<String> failures = new ArrayList<>();
        int cases = 0;
        for (Map<String, Object> line : rerun.recorded.lines("cases.jsonl")) {
            String name = (String) line.get("case");
            if (name.startsWith("pfsync0 down")) {
                rerun.host.down();
            } else if (name.startsWith("pfsync0 up")) {
                rerun.host.upInSync();
            }
            String outcome = outcome(rerun, line);
            if (!NOT_IMITATED.containsKey(name) && !outcome.isEmpty()) {
                failures.add(name + ": " + outcome);
            }
            cases++;
        }
        assertEquals(List.of(), failures);
        assertTrue(cases > 80, cases + " cases");
    }

    private static String outcome(Rerun rerun, Map<String, Object> line) {
        String options = (String) line.get("send_options");
        int ttl =
                options.startsWith("ttl=")
                        ? Integer.parseInt(options.substring("ttl=".length()))
                        : 255;
        int wrong = options.contains("10.1.0.1") ? 1 : 0;
        HostCounters counters = rerun.host.counters();
        Map<String, Long> before = counts(counters);
        List<HostId> had = rerun.host.states().stream().map(HostState::id).toList();
        rerun.hear(
                HexFormat.of().parseHex((String) line.get("payload")),
                new SimOrigin("10.0.0.9", ttl, rerun.interfaceIndex() + wrong));
        List<HostId> has = rerun.host.states().stream().map(HostState::id).toList();
        long added = has.stream().filter(id -> !had.contains(id)).count();
        long removed = had.stream().filter(id -> !has.contains(id)).count();
        StringBuilder text = new StringBuilder();
        int wantedAdded = RecordedSet.number(line, "states_added");
        int wantedRemoved = RecordedSet.number(line, "states_removed");
        boolean isClear = wantedRemoved > 1; // then it depends on what other cases left
        if (added != wantedAdded || (isClear ? removed < 2 : removed != wantedRemoved)) {
            text.append("+").append(added).append(" -").append(removed);
        }
        Map<String, Object> wanted = RecordedSet.map(line, "counters");
        counts(counters)
                .forEach(
                        (name, value) -> {
                            long by = value - before.get(name);
                            Object expected = wanted.getOrDefault(name, java.math.BigDecimal.ZERO);
                            if (!expected.toString().equals(Long.toString(by))) {
                                text.append(' ').append(name).append(" +").append(by);
                            }
                        });
        return text.toString();
    }

    private static Map<String, Long> counts(HostCounters counters) {
        Map<String, Long> all = new java.util.TreeMap<>();
        all.put("badif", counters.badInterface);
        all.put("badttl", counters.badTtl);
        all.put("hdrops", counters.badHeader);
        all.put("badver", counters.badVersion);
        all.put("badact", counters.badAction);
        all.put("badlen", counters.badLength);
        all.put("badval", counters.badValue);
        all.put("badstate", counters.badState);
        all.put("stale", counters.stale);
        all.put("opackets", counters.packetsOut);
        return Collections.unmodifiableMap(all);
    }
}
