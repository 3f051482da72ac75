package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.HostState;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.pfhost.Talk;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/** What a group has to withstand, each thing alone: whole daemons and scripted firewalls. */
@Tag("system")
class WithstandTest {
    private static final int A = 0x11111111;
    private static final int B = 0x22222222;
    private static final int C = 0x33333333;
    private static final String MEMBER = ":role = \"member\"";

    @TempDir private Path root;

    private record Pair(long id, int creatorId) {}

    private static Set<Pair> states(MirrorTable table) {
        Set<Pair> all = new HashSet<>();
        for (int segment = 0; segment < table.segmentCount(); segment++) {
            table.readSegment(segment, r -> all.add(new Pair(r.id(), r.creatorId())));
        }
        return all;
    }

    private static Set<Pair> states(PfHost... hosts) {
        Set<Pair> all = new HashSet<>();
        for (PfHost host : hosts) {
            for (HostState state : host.states()) {
                all.add(new Pair(state.record.id(), state.record.creatorId()));
            }
        }
        return all;
    }

    private static List<Flow> open(BridgeLab lab, PfHost host, int first, int count) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            flows.add(lab.open(host, first + i));
        }
        return flows;
    }

    private static boolean isInSync(BridgeLab.Relay node) {
        return node.daemon.syncAgent().groups()[0].group().isInSync();
    }

    private static Map<MessageKind, Integer> sent(BridgeLab.Relay node, String segment) {
        Map<MessageKind, Integer> counts = new EnumMap<>(MessageKind.class);
        for (Talk.Said said : node.talk.get(segment).all()) {
            counts.merge(said.kind(), 1, Integer::sum);
        }
        return counts;
    }

    private static long ends(BridgeLab.Relay node) {
        return node.talk.get("left").all().stream()
                .filter(s -> s.kind() == MessageKind.BUS && s.id() == BulkStatusDecoder.END)
                .count();
    }

    @Test
    void shouldHoldTheUnionOfThreeDialectsAndGiveItBackInAnyOfThem() throws IOException {
        for (PfSystem booting :
                List.of(PfSystem.FREEBSD_12, PfSystem.FREEBSD_14, PfSystem.FREEBSD_15)) {
            try (BridgeLab lab = new BridgeLab(root.resolve(booting.name()), 31)) {
                PfHost a = lab.host("a", PfSystem.FREEBSD_12, "left", A);
                PfHost b = lab.host("b", PfSystem.FREEBSD_14, "left", B);
                PfHost c = lab.host("c", PfSystem.FREEBSD_15, "left", C);
                BridgeLab.Relay member = lab.relay(1, "left" + MEMBER).start();
                lab.await("a proven table", 20_000, () -> isInSync(member));
                open(lab, a, 0, 30);
                open(lab, b, 100, 30);
                open(lab, c, 200, 30);
                lab.runMs(3_000);
                assertEquals(180, member.table().size());
                // Only the member can answer now; a lived with what it could not read.
                Set<Pair> union = states(member.table());
                lab.remove("a");
                lab.remove("b");
                lab.remove("c");
                PfHost boots = lab.host("d", booting, "left", 0x44444444);
                boots.boot(false);
                open(lab, boots, 300, 20); // FreeBSD 12 asks when the packet is full (8.7)
                lab.await("its table", 60_000, () -> !boots.isAsking());
                assertFalse(boots.hasBulkFailed(), lab.toString());
                assertTrue(states(boots).containsAll(union), booting + lab.toString());
                assertEquals(220, boots.states().size());
                assertEquals(0, boots.counters().badAction, "in a format that it reads");
                assertEquals(0, boots.counters().badValue);
            }
        }
    }

    @Test
    void shouldNotBeProvenByAHostThatRebootsInTheMiddleOfItsBulk() throws IOException {
        rebootInTheMiddleOfABulk(20_000);
    }

    /** The member has given up meanwhile, and does not wait for five minutes. */
    @Test
    void shouldAskAgainAtOnceAHostThatNeededLongToReboot() throws IOException {
        rebootInTheMiddleOfABulk(150_000);
    }

    private void rebootInTheMiddleOfABulk(int outageMs) throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 32)) {
            PfHost host = lab.host("a", PfSystem.OPENBSD, "left", A);
            open(lab, host, 0, 400);
            lab.runMs(3_000); // said before anybody listens
            BridgeLab.Relay member = lab.relay(1, "left" + MEMBER + "\ndialect = \"v6\"").start();
            lab.await("half of it", 5_000, () -> member.table().size() > 300);
            assertTrue(member.table().size() < 800, "in the middle");
            host.powerOff();
            lab.runMs(outageMs);
            assertFalse(isInSync(member), "half a table is no table");
            assertEquals(0, ends(member), "and proves nobody");
            host.boot(false);
            List<Flow> since = open(lab, host, 1000, 5);
            lab.await("a proven table", 20_000, () -> isInSync(member));
            lab.await("its own table", 120_000, () -> !host.isAsking());
            lab.runMs(15_000);
            assertEquals(states(host), states(member.table()), lab.toString());
            assertTrue(since.stream().allMatch(host::has));
        }
    }

    @Test
    void shouldCarryTheStatesOfAHostThatHasOurCreatoridAndSaySo() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 33)) {
            PfHost left = lab.host("a", PfSystem.OPENBSD, "left", A);
            PfHost right = lab.host("b", PfSystem.FREEBSD_14, "right", B);
            String ours = "\ncreatorid = \"11111111\"";
            BridgeLab.Relay relay =
                    lab.relay(1, "left:dialect = \"v6\"" + ours, "right:dialect = \"1400\"" + ours)
                            .start();
            lab.await("its turn", 40_000, relay::isActive);
            List<Flow> flows = open(lab, left, 0, 40);
            lab.await("inserts", 5_000, () -> flows.stream().allMatch(right::has));
            assertEquals(80, relay.count("left", GroupCounter.OWN_CREATORID));
            assertEquals(0, relay.count("right", GroupCounter.OWN_CREATORID));
            assertEquals(80, relay.said("right", MessageKind.INS, A), "each once");
            assertEquals(0, relay.said("left", MessageKind.INS, A), "no echo");
            left.kill(state -> true);
            lab.await("deletes", 5_000, () -> flows.stream().noneMatch(right::has));
            lab.runMs(30_000);
            assertTrue(relay.isActive(), "nobody takes its turn" + lab);
            assertEquals(0, left.counters().badState, "no kernel minds its signs of life");
        }
    }

    @Test
    void shouldHoldOneOfTwoStatesThatCollideByKeyAndTheOtherWhenThatIsGone() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 34)) {
            PfHost a = lab.host("a", PfSystem.OPENBSD, "left", A);
            PfHost b = lab.host("b", PfSystem.OPENBSD, "left", B);
            BridgeLab.Relay member = lab.relay(1, "left" + MEMBER).start();
            lab.await("a proven table", 20_000, () -> isInSync(member));
            Flow flow = lab.open(a, 7);
            lab.open(b, 7); // the same packets by both, before either has heard of the other
            lab.runMs(3_000);
            assertEquals(2, member.table().size(), "one connection, two states");
            assertEquals(2, member.count("left", GroupCounter.INS_COLLISION));
            Set<Pair> held = states(member.table());
            PfHost loser = held.equals(states(a)) ? b : a;
            PfHost winner = loser == a ? b : a;
            assertEquals(states(winner), held, "both of one host");
            winner.kill(state -> true);
            int at = 0;
            while (!states(member.table()).equals(states(loser)) && at < 20) {
                lab.data(loser, flow, at++ * 100);
                lab.runMs(700);
            }
            assertEquals(states(loser), states(member.table()), lab.toString());
            assertEquals(2, states(loser).size());
        }
    }

    /** Each answers, as each firewall would; neither ends before the other has said all. */
    @Test
    void shouldEndBehindTheLastStateOfEitherOfTwoHolders() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 35)) {
            PfHost firewall = lab.host("a", PfSystem.FREEBSD_14, "left", A);
            BridgeLab.Relay fast = lab.relay(1, "left" + MEMBER).start();
            BridgeLab.Relay slow = lab.relay(2, "left" + MEMBER + "\nanswer-rate = 100").start();
            lab.await("proven tables", 40_000, () -> isInSync(fast) && isInSync(slow));
            open(lab, firewall, 0, 200);
            lab.runMs(3_000);
            Set<Pair> all = states(firewall);
            assertEquals(all, states(fast.table()));
            assertEquals(all, states(slow.table()));
            lab.remove("a");
            PfHost boots = lab.host("b", PfSystem.FREEBSD_14, "left", B);
            boots.boot(false);
            lab.await("its table", 60_000, () -> !boots.isAsking());
            assertFalse(boots.hasBulkFailed(), lab.toString());
            assertEquals(all, states(boots), lab.toString());
            lab.runMs(10_000);
            assertEquals(1, ends(fast), "no dump more than once");
            assertEquals(1, ends(slow));
            long lastNs = Math.max(lastNs(fast, MessageKind.UPD), lastNs(slow, MessageKind.UPD));
            assertTrue(lastNs(fast, MessageKind.BUS) > lastNs);
            assertTrue(lastNs(slow, MessageKind.BUS) > lastNs);
        }
    }

    /** When a node last said something of a kind on the left segment. */
    private static long lastNs(BridgeLab.Relay node, MessageKind kind) {
        return node.talk.get("left").all().stream()
                .filter(said -> said.kind() == kind)
                .mapToLong(Talk.Said::ns)
                .max()
                .orElseThrow();
    }

    @Test
    void shouldOutliveAStormOfRequests() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 36)) {
            PfHost firewall = lab.host("a", PfSystem.FREEBSD_14, "left", A);
            BridgeLab.Relay member = lab.relay(1, "left" + MEMBER).start();
            lab.await("a proven table", 40_000, () -> isInSync(member));
            List<Flow> flows = open(lab, firewall, 0, 200);
            lab.runMs(3_000);
            SimPort stranger = lab.raw("left");
            member.talk.get("left").forget();
            for (int i = 0; i < 2_000; i++) {
                BridgeLab.send(stranger, lab.frame(Dialect.V1400).bulkRequest());
                BridgeLab.send(stranger, lab.frame(Dialect.V1400).updateRequest(i, 0x66666666));
                if (i % 10 == 0) {
                    lab.step();
                }
            }
            lab.runMs(20_000);
            assertTrue(ends(member) <= 2, ends(member) + " dumps for 2,000 requests");
            assertEquals(2_000, member.count("left", GroupCounter.BULK_ASKED));
            Map<MessageKind, Integer> sent = sent(member, "left");
            assertTrue(sent.getOrDefault(MessageKind.UPD, 0) <= 2 * 400, sent.toString());
            firewall.kill(state -> true);
            lab.await("deletes", 3_000, () -> member.table().size() == 0);
            assertTrue(isInSync(member));
            assertFalse(flows.isEmpty());
        }
    }

    /** Everything that each role sends while the same things happen, message by message. */
    @Test
    void shouldSendWhatEachRoleSaysAndNothingElse() throws IOException {
        assertEquals(Map.of(MessageKind.UPD_REQ, 1), sentAs("listen"));
        assertEquals(
                Map.of(MessageKind.UPD_REQ, 1, MessageKind.BUS, 2, MessageKind.UPD, 160),
                sentAs("member"));
        Map<MessageKind, Integer> relay = sentAs("relay");
        int signs = relay.remove(MessageKind.INS_ACK);
        assertTrue(signs >= 100 && signs <= 140, "two signs of life a second: " + signs);
        assertEquals(
                Map.of(
                        MessageKind.UPD_REQ, 1,
                        MessageKind.BUS, 2,
                        MessageKind.UPD, 160,
                        MessageKind.INS, 80,
                        MessageKind.UPD_C, 80,
                        MessageKind.DEL_C, 80),
                relay);
    }

    /**
     * Both segments' firewalls open 40 connections; those of the right one make progress and end,
     * before that somebody on the left boots while nobody else can answer.
     */
    private Map<MessageKind, Integer> sentAs(String role) throws IOException {
        try (BridgeLab lab = new BridgeLab(root.resolve(role), 37)) {
            PfHost left = lab.host("a", PfSystem.OPENBSD, "left", A);
            PfHost right = lab.host("b", PfSystem.FREEBSD_14, "right", B);
            BridgeLab.Relay node =
                    lab.relay(
                                    1,
                                    "left:role = \"" + role + "\"\ndialect = \"v6\"",
                                    "right:role = \"listen\"\ndialect = \"1400\"")
                            .start();
            lab.runMs(10_000);
            open(lab, left, 0, 40);
            List<Flow> far = open(lab, right, 1000, 40);
            lab.runMs(3_000);
            lab.remove("a");
            PfHost boots = lab.host("c", PfSystem.OPENBSD, "left", C);
            boots.boot(false);
            lab.runMs(40_000);
            far.forEach(flow -> lab.data(right, flow, 0));
            lab.runMs(3_000);
            right.kill(state -> true);
            lab.runMs(3_000);
            return sent(node, "left");
        }
    }
}
