package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.HostState;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.wire.MessageKind;

/** One relay between two segments: scripted firewalls of every dialect, whole daemon, no loss. */
class BridgeTest {
    private static final int LEFT = 0x11111111;
    private static final int RIGHT = 0x22222222;

    @TempDir private Path root;

    @ParameterizedTest
    @CsvSource({
        "OPENBSD, FREEBSD_12",
        "OPENBSD, FREEBSD_14",
        "OPENBSD, FREEBSD_15",
        "OPENBSD_57, FREEBSD_14",
        "FREEBSD_12, FREEBSD_14",
        "FREEBSD_12, FREEBSD_15",
        "FREEBSD_14, FREEBSD_15"
    })
    void shouldBringEachStateOnceAndItsEndBothWays(PfSystem one, PfSystem other)
            throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            PfHost left = lab.host("left", one, "left", LEFT);
            PfHost right = lab.host("right", other, "right", RIGHT);
            BridgeLab.Relay relay =
                    lab.relay(1, "left:" + dialect(one), "right:" + dialect(other)).start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            bothWays(lab, relay, left, right);
            bothWays(lab, relay, right, left);
            assertEquals(0, left.counters().collisions + right.counters().collisions);
            assertEquals(0, left.counters().badAction + right.counters().badAction);
            assertEquals(0, left.counters().badValue + right.counters().badValue);
            assertEquals(0, left.counters().badVersion + right.counters().badVersion);
        }
    }

    private static String dialect(PfSystem system) {
        return "dialect = \"" + system.dialect().label() + "\"";
    }

    private static void bothWays(BridgeLab lab, BridgeLab.Relay relay, PfHost from, PfHost to) {
        String there = to.name();
        int creator = creator(from);
        int first = from.name().equals("left") ? 0 : 1000;
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            flows.add(lab.open(from, first + i));
        }
        lab.await("inserts", 3_000, () -> flows.stream().allMatch(to::has));
        for (int round = 0; round < 5; round++) {
            for (Flow flow : flows) {
                lab.data(from, flow, round * 100);
            }
            lab.runMs(700);
        }
        lab.await(
                "equal values",
                3_000,
                () ->
                        flows.stream()
                                .allMatch(
                                        flow ->
                                                BridgeLab.isEqual(from.in(flow), to.in(flow))
                                                        && BridgeLab.isEqual(
                                                                from.out(flow), to.out(flow))));
        assertEquals(80, relay.said(there, MessageKind.INS, creator), "each state once");
        from.kill(state -> state.record.creatorId() == creator);
        lab.await("deletes", 3_000, () -> flows.stream().noneMatch(to::has));
        lab.runMs(2_000);
        assertEquals(80, relay.said(there, MessageKind.DEL_C, creator), "each end once");
        assertEquals(0, relay.said(there, MessageKind.UPD, creator), "nobody had to ask");
        assertEquals(0, relay.said(from.name(), MessageKind.INS, creator), "no echo");
        assertEquals(0, relay.said(from.name(), MessageKind.UPD_C, creator), "no echo");
        assertEquals(0, relay.said(from.name(), MessageKind.DEL_C, creator), "no echo");
        assertEquals(0, to.states().size(), "nothing is left");
        assertEquals(0, relay.table().size());
    }

    private static int creator(PfHost host) {
        return host.name().equals("left") ? LEFT : RIGHT;
    }

    @Test
    void shouldSayNothingButItsSignsOfLifeWhileNothingHappens() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay =
                    lab.relay(1, "left:dialect = \"v6\"", "right:dialect = \"1400\"").start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            relay.talk.get("left").forget();
            lab.runMs(60_000);
            List<Talkative> said = new ArrayList<>();
            relay.talk
                    .get("left")
                    .all()
                    .forEach(s -> said.add(new Talkative(s.kind(), s.creatorId())));
            assertEquals(120, said.size(), "two signs of life a second");
            assertTrue(
                    said.stream()
                            .allMatch(
                                    s -> s.kind == MessageKind.INS_ACK && s.creator == 0xe000001));
            assertEquals(0, lab.hosts.get("left").counters().badState, "no kernel minds them");
            assertEquals(0, lab.hosts.get("right").counters().badState);
        }
    }

    private record Talkative(MessageKind kind, int creator) {}

    @Test
    void shouldNotTellASegmentThatWasThereBeforeWhatItKnows() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            List<Flow> flows = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                flows.add(lab.open(left, i));
                flows.add(lab.open(right, 1000 + i));
            }
            lab.runMs(5_000);
            BridgeLab.Relay relay =
                    lab.relay(1, "left:dialect = \"v6\"", "right:dialect = \"1400\"").start();
            lab.await("the relay's turn", 30_000, relay::isActive);
            lab.runMs(3_000);
            assertEquals(0, relay.said("left", MessageKind.INS, LEFT));
            assertEquals(0, relay.said("right", MessageKind.INS, RIGHT));
            assertTrue(flows.stream().allMatch(left::has), lab.toString());
            assertTrue(flows.stream().allMatch(right::has), lab.toString());
            assertEquals(60, relay.said("left", MessageKind.INS, RIGHT));
            assertEquals(60, relay.said("right", MessageKind.INS, LEFT));
        }
    }

    @Test
    void shouldNeverConcludeForOthers() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay =
                    lab.relay(1, "left:dialect = \"v6\"", "right:dialect = \"1400\"").start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            Flow flow = Flow.udp("10.1.0.10", 5000, "10.2.0.10", 53);
            left.packet(flow, org.pfsyncd.pfhost.Segment.datagram(true, 10));
            lab.await("the insert", 3_000, () -> right.has(flow));
            HostState there = right.in(flow);
            left.down(); // its DEL_C is never heard
            lab.await("our own timer", 200_000, () -> relay.table().size() == 0);
            lab.runMs(3_000);
            assertEquals(0, relay.said("right", MessageKind.DEL_C, LEFT));
            assertEquals(0, relay.said("left", MessageKind.DEL_C, LEFT));
            assertTrue(
                    relay.count("right", GroupCounter.RELAY_CONCLUDED) > 0
                            || right.find(there.record.id(), LEFT) == null);
            assertFalse(right.has(flow), "the host's own timer ended it");
        }
    }

    @Test
    void shouldRenameInterfacesBothWays() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            PfHost left = lab.host("left", PfSystem.FREEBSD_14, "left", LEFT);
            lab.host("right", PfSystem.FREEBSD_15, "right", RIGHT);
            BridgeLab.Relay relay =
                    lab.relay(
                                    1,
                                    "left:dialect = \"1400\"\nnames = { all = \"any\" }",
                                    "right:dialect = \"1500\"\nnames = { all = \"any\" }")
                            .start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> lab.hosts.get("right").has(flow));
            assertEquals(2, relay.table().size());
            assertTrue(relay.daemon.replayed().names().intern("any") > 0);
        }
    }

    @Test
    void shouldSayAtOnceWhatHoldsAPacketBack() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay =
                    lab.relay(1, "left:dialect = \"v6\"", "right:dialect = \"1400\"").start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            lab.remove("left");
            assertFalse(left.isOn());
            PfHost deferring = lab.deferringHost("left2", PfSystem.OPENBSD, "left", LEFT);
            Flow flow = lab.open(deferring, 1);
            lab.await("the out state", 20, () -> right.out(flow) != null);
            assertEquals(
                    0, right.out(flow).record.stateFlags() & 0x10, "we do not ask for an answer");
        }
    }
}
