package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The scripted host against recordings of a real FreeBSD 12.1: what it sends when what was done to
 * the kernel is done to it, kind by kind, in the same packets and order.
 */
class HostScriptsTest {
    private static final String CLIENT = "10.1.0.10";
    private static final String SERVER = "10.2.0.10";

    private static PfHostSettings quick() {
        return Rerun.settings(Rerun.HOST_A)
                .timeouts(5, 2)
                .timeout(2, 86_400)
                .timeout(8, 6)
                .timeout(4, 4)
                .firstId(0x6b02_a000L);
    }

    private static Rerun rerun(String set, PfHostSettings settings) {
        Rerun rerun = new Rerun(set, settings, false);
        rerun.at(-15, rerun.host::upInSync);
        return rerun;
    }

    private static void assertSame(Rerun rerun) {
        assertEquals(
                String.join("\n", rerun.recorded.sections("10.0.0.1")),
                String.join("\n", rerun.talk.sections()));
    }

    @Test
    void shouldTellTheLifeOfATcpConnection() {
        Rerun rerun = rerun("02-tcp-life", quick());
        Talker tcp = new Talker(rerun.host, Flow.tcp(CLIENT, 40_000, SERVER, 7777));
        rerun.at(-1.11, tcp::open)
                .at(1.72, () -> tcp.exchange(600))
                .at(3.73, () -> tcp.exchange(600))
                .at(5.75, tcp::close)
                .run(17);
        assertSame(rerun);
        assertEquals(0, rerun.host.states().size());
    }

    @Test
    void shouldTellUdpFlows() {
        Rerun rerun = rerun("03-udp", quick().purgePhaseMs(1100));
        rerun.at(-1.05, () -> rerun.exchange(Flow.udp(CLIENT, 4001, SERVER, 7777), 1));
        rerun.at(1.33, () -> rerun.exchange(Flow.udp("10.1.0.11", 4002, SERVER, 7777), 3));
        Flow unanswered = Flow.udp("10.1.0.12", 4003, SERVER, 7);
        rerun.at(3.71, () -> rerun.host.packet(unanswered, Segment.datagram(true, 20)));
        rerun.at(3.75, () -> rerun.host.packet(unanswered, Segment.datagram(true, 20)));
        rerun.run(18);
        assertSame(rerun);
    }

    @Test
    void shouldListUdpStatesAsTheKernel() {
        Rerun rerun = rerun("03-udp", quick());
        Flow once = Flow.udp(CLIENT, 4001, SERVER, 7777);
        Flow thrice = Flow.udp("10.1.0.11", 4002, SERVER, 7777);
        rerun.at(-1.05, () -> rerun.exchange(once, 1)).at(1.33, () -> rerun.exchange(thrice, 3));
        rerun.run(1.7);
        List<String> mine = new ArrayList<>();
        rerun.host
                .states()
                .forEach(
                        state ->
                                mine.add(
                                        state.record.src().state()
                                                + ":"
                                                + state.record.dst().state()
                                                + " "
                                                + state.record.timeout()
                                                + " "
                                                + state.record.direction()));
        List<String> listed = new ArrayList<>();
        rerun.recorded
                .listings("A")
                .get("three-exchanges")
                .forEach(
                        state ->
                                listed.add(
                                        RecordedSet.map(state, "src").get("state")
                                                + ":"
                                                + RecordedSet.map(state, "dst").get("state")
                                                + " "
                                                + state.get("timeout")
                                                + " "
                                                + (state.get("direction").equals("in") ? 1 : 2)));
        assertEquals(listed.stream().sorted().toList(), mine.stream().sorted().toList());
    }

    @Test
    void shouldFillPackets() {
        PfHostSettings settings = quick().timeout(7, 5);
        Rerun rerun = rerun("08-many-flows", settings);
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            flows.add(Flow.udp("10.1.0." + (10 + i / 100), 20_000 + i, SERVER, 7777));
        }
        rerun.at(-0.06, () -> flows.forEach(flow -> rerun.exchange(flow, 1)));
        rerun.at(1.79, () -> flows.subList(0, 100).forEach(flow -> rerun.exchange(flow, 1)));
        rerun.run(15.5);
        List<String> expected = new ArrayList<>(rerun.recorded.sections("10.0.0.1"));
        List<String> sent = new ArrayList<>(rerun.talk.sections());
        // INS and UPD_C packet by packet; when which part of the table is purged differs.
        expected.removeIf(packet -> packet.startsWith("DEL_C"));
        sent.removeIf(packet -> packet.startsWith("DEL_C"));
        assertEquals(expected.stream().sorted().toList(), sent.stream().sorted().toList());
        assertEquals(500, rerun.host.counters().sentOf(org.pfsyncd.wire.MessageKind.DEL_C));
        assertTrue(
                rerun.talk.sections().contains("DEL_C:121"),
                () -> rerun.talk.sections().toString());
    }

    @Test
    void shouldKillAndClear() {
        Rerun rerun = rerun("10-clear-and-kill", quick().timeouts(60, 10));
        rerun.at(
                -1.11,
                () -> {
                    for (int i = 0; i < 4; i++) {
                        rerun.exchange(Flow.udp(CLIENT, 4100 + i, SERVER, 7777), 1);
                    }
                    rerun.exchange(Flow.udp("10.1.0.11", 4200, SERVER, 7777), 1);
                    rerun.exchange(Flow.udp("10.1.0.11", 4201, SERVER, 7777), 1);
                });
        rerun.at(
                0.71,
                () ->
                        assertEquals(
                                4,
                                rerun.host.kill(
                                        state ->
                                                state.record.stackPort0() / 10 == 420
                                                        || state.record.stackPort1() / 10 == 420)));
        rerun.at(2.33, () -> rerun.host.kill(state -> state.record.id() == 0x6b02_a001L));
        rerun.at(3.95, rerun.host::clearStates);
        rerun.run(5.6);
        assertSame(rerun);
    }

    @Test
    void shouldHonourASmallMtu() {
        Rerun rerun = rerun("21-mtu", quick().mtu(576).timeouts(60, 10));
        rerun.at(
                -0.06,
                () -> {
                    for (int i = 0; i < 20; i++) {
                        rerun.exchange(Flow.udp(CLIENT, 4300 + i, SERVER, 7777), 1);
                    }
                });
        rerun.at(1.62, rerun.host::clearStates);
        rerun.run(3);
        assertSame(rerun);
    }

    @Test
    void shouldForgetWhatHappensWhileDown() {
        Rerun rerun = rerun("25-pfsync-down-up", quick().timeouts(60, 10));
        rerun.at(-3.12, rerun.host::down);
        rerun.at(-2.5, () -> rerun.exchange(Flow.udp(CLIENT, 4400, SERVER, 7777), 1));
        rerun.at(-1.07, rerun.host::upInSync);
        rerun.at(
                -1.05,
                () -> {
                    rerun.exchange(Flow.udp(CLIENT, 4500, SERVER, 7777), 1);
                    rerun.exchange(Flow.udp(CLIENT, 4501, SERVER, 7777), 1);
                });
        rerun.at(1.01, rerun.host::clearStates);
        rerun.run(3);
        assertSame(rerun);
    }

    @Test
    void shouldLetTheBulkRequestWaitForItsBucket() {
        Rerun rerun = new Rerun("01-start-bulk-request", quick().timeouts(20, 2), false);
        rerun.at(-8.18, rerun.host::up);
        rerun.at(-1.18, () -> rerun.exchange(Flow.udp(CLIENT, 4600, SERVER, 7777), 1));
        rerun.at(
                1.47,
                () -> {
                    for (int i = 0; i < 12; i++) {
                        rerun.exchange(Flow.udp(CLIENT, 4700 + i, SERVER, 7777), 1);
                    }
                });
        rerun.run(3);
        // The recording's states begin in the other bucket.
        assertEquals(
                rerun.recorded.sections("10.0.0.1").subList(0, 5).stream().sorted().toList(),
                rerun.talk.sections().stream().sorted().toList());
        rerun.run(70);
        assertEquals(0, rerun.host.demotion().value());
        assertTrue(rerun.host.hasBulkFailed());
        assertEquals(
                "carp: demoted by -240 to 0 (pfsync bulk fail)",
                rerun.host.demotion().log().get(1));
    }

    @Test
    void shouldDeferOnACorrectedKernel() {
        PfHostSettings settings =
                quick().timeouts(60, 10).correctedDefer(100_000_000L).firstId(0x6b02_a001L);
        Rerun rerun = rerun("24b-defer-corrected-kernel", settings);
        for (int i = 0; i < 6; i++) {
            Flow flow = Flow.udp(CLIENT, 4800 + i, SERVER, 7777);
            double at = i * 0.506;
            rerun.at(at, () -> rerun.host.packet(flow, Segment.datagram(true, 20)));
            rerun.at(at + 0.107, () -> rerun.host.packet(flow, Segment.datagram(false, 20)));
            rerun.at(at + 0.2, () -> rerun.exchange(flow, 1));
        }
        rerun.run(4.5);
        assertEquals(6, rerun.host.counters().acksTimedOut);
        List<String> expected = new ArrayList<>(rerun.recorded.sections("10.0.0.1").subList(0, 10));
        List<String> sent = rerun.talk.sections();
        assertEquals(total(expected, "INS:"), total(sent, "INS:"));
        assertEquals("INS:1", sent.get(0));
        assertEquals("INS:1 UPD_C:1", sent.get(1));
    }

    private static int total(List<String> sections, String kind) {
        int total = 0;
        for (String packet : sections) {
            for (String section : packet.split(" ")) {
                if (section.startsWith(kind)) {
                    total += Integer.parseInt(section.substring(kind.length()));
                }
            }
        }
        return total;
    }

    @Test
    void shouldIgnoreDeferAsTheStockKernel() {
        Rerun rerun = rerun("24-defer", quick().timeouts(60, 10).defer());
        for (int i = 0; i < 5; i++) {
            Flow flow = Flow.udp(CLIENT, 4900 + i, SERVER, 7777);
            rerun.at(-1.08, () -> rerun.exchange(flow, 1));
        }
        Talker tcp = new Talker(rerun.host, Flow.tcp(CLIENT, 41_000, SERVER, 7777));
        rerun.at(-1.07, tcp::open).at(1.08, () -> tcp.exchange(10));
        rerun.run(3);
        assertSame(rerun);
    }

    @Test
    void shouldSendMoreOftenTheSmallerMaxupd() {
        for (int maxUpdates : new int[] {1, 4, 128}) {
            PfHostSettings settings = quick().timeouts(60, 10).maxUpdates(maxUpdates);
            Rerun rerun = rerun("16-maxupd-" + maxUpdates, settings);
            Talker tcp = new Talker(rerun.host, Flow.tcp(CLIENT, 41_100, SERVER, 7777));
            rerun.at(-1.0, tcp::open);
            double from = maxUpdates == 1 ? 1.5 : 0.5;
            for (int i = 0; i < 40; i++) {
                rerun.at(from + i * 0.0525, () -> tcp.exchange(10));
            }
            rerun.run(from + 3.5);
            int recorded = (int) before(rerun, from + 3.5);
            int sent = rerun.host.counters().sentOf(org.pfsyncd.wire.MessageKind.UPD_C);
            assertTrue(
                    Math.abs(sent - recorded) <= Math.max(4, recorded / 4),
                    () -> "maxupd " + maxUpdates + ": " + sent + " UPD_C, recorded " + recorded);
        }
    }

    private static long before(Rerun rerun, double untilS) {
        return rerun.recorded.packets.stream()
                .filter(packet -> packet.atS() < untilS && packet.payload().length == 112)
                .count();
    }
}
