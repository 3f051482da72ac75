package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.net.SimFaults;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.pfhost.Talk;
import org.pfsyncd.wire.MessageKind;

/** Bridging under loss, with two relays, over crashes, and through a rolling upgrade. */
@Tag("system")
@Tag("apart")
class BridgeTroubleTest {
    private static final int LEFT = 0x11111111;
    private static final int RIGHT = 0x22222222;

    /** Of {@link #traffic}: a minute's silence, the announcement's second and two rounds. */
    private static final int HEAL_ROUNDS = 90;

    private static final String V6 = ":dialect = \"v6\"\nrepeat-deletes = true";
    private static final String V1400 = ":dialect = \"1400\"\nrepeat-deletes = true";

    private static final List<MessageKind> ANNOUNCEMENTS =
            List.of(MessageKind.INS, MessageKind.UPD_C, MessageKind.DEL_C);

    @TempDir private Path root;

    private static SimFaults loss(int percent) {
        return new SimFaults(100_000, 200_000, percent * 10_000, 0, 0, 0);
    }

    private static void relaysReady(BridgeLab lab) {
        lab.await(
                "one relay's turn",
                40_000,
                () -> lab.relays.stream().anyMatch(r -> r.daemon != null && r.isActive()));
    }

    /** Traffic on all connections, 700 ms a round. */
    private static void traffic(BridgeLab lab, PfHost host, List<Flow> flows, int rounds, int at) {
        for (int round = 0; round < rounds; round++) {
            for (Flow flow : flows) {
                lab.data(host, flow, at + round * 100);
            }
            lab.runMs(700);
        }
    }

    /**
     * Traffic without loss until the far host has all states. Under loss no round count suffices: a
     * state whose insert and four requests or their answers were lost is not asked for again for a
     * minute (spec pfsync.md section 20.5), and that minute's requests may be lost too. When loss
     * ends, that minute and the second of the announcement are the bound.
     */
    private static void awaitAll(BridgeLab lab, PfHost from, PfHost to, List<Flow> flows, int at) {
        lab.network.faults(SimFaults.NONE);
        for (int i = 0; i < HEAL_ROUNDS && !flows.stream().allMatch(to::has); i++) {
            traffic(lab, from, flows, 1, at + i * 100);
        }
        assertTrue(flows.stream().allMatch(to::has), lab.toString());
    }

    private static List<Flow> open(BridgeLab lab, PfHost host, int first, int count) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            flows.add(lab.open(host, first + i));
        }
        return flows;
    }

    /**
     * After 14 s, of 80 connections with two states each, those lack whose insert (loss p) and four
     * requests and answers (each lost with 1 - (1 - p)^2) were lost: none at 5 %, 0.1 at 15 %, 3.2
     * at 30 % in the mean. Losses of one frame hit many: over 50 seeds 3.8 were measured at 30 %,
     * 15 at most.
     */
    @ParameterizedTest
    @CsvSource({"5, 0", "15, 4", "30, 20"})
    void shouldBringEveryStateUnderLoss(int percent, int lackingLimit) throws IOException {
        long seed = Long.getLong("pfsyncd.bridge-seed", 4711L + percent);
        System.out.println("seed=" + seed + " loss=" + percent + "%");
        try (BridgeLab lab = new BridgeLab(root, seed)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
            relaysReady(lab);
            lab.network.faults(loss(percent));
            List<Flow> fromLeft = open(lab, left, 0, 40);
            List<Flow> fromRight = open(lab, right, 1000, 40);
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 40; i++) {
                    lab.data(left, fromLeft.get(i), round * 100);
                    lab.data(right, fromRight.get(i), round * 100);
                }
                lab.runMs(700);
            }
            long lacking =
                    fromLeft.stream().filter(flow -> !right.has(flow)).count()
                            + fromRight.stream().filter(flow -> !left.has(flow)).count();
            System.out.println("lacking=" + lacking);
            assertTrue(lacking <= lackingLimit, lacking + " connections lack" + lab);
            awaitAll(lab, left, right, fromLeft, 2_000);
            awaitAll(lab, right, left, fromRight, 2_000);
            noDoublesAndEchoes(relay, LEFT, "right", "left");
            noDoublesAndEchoes(relay, RIGHT, "left", "right");
            left.kill(state -> state.record.creatorId() == LEFT);
            lab.await("deletes", 5_000, () -> fromLeft.stream().noneMatch(right::has));
            assertTrue(fromRight.stream().allMatch(right::has), "nobody else's went");
        }
    }

    /** Deletes are said twice, and the first hop is the firewall's own, which says them once. */
    @Test
    void shouldLoseFewDeletesWhereOnlyTheFarSegmentIsLossy() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 99)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
            relaysReady(lab);
            List<Flow> flows = open(lab, left, 0, 500);
            lab.await("inserts", 5_000, () -> flows.stream().allMatch(right::has));
            left.kill(state -> state.record.creatorId() == LEFT);
            lab.runMs(5_000);
            assertEquals(2_000, relay.said("right", MessageKind.DEL_C, LEFT), "each twice");
            assertEquals(0, right.states().size());
            assertEquals(0, relay.said("left", MessageKind.DEL_C, LEFT));
        }
    }

    private static void noDoublesAndEchoes(
            BridgeLab.Relay relay, int creator, String far, String near) {
        Map<Long, Integer> inserts = new HashMap<>();
        for (Talk.Said said : relay.talk.get(far).all()) {
            if (said.kind() == MessageKind.INS && said.creatorId() == creator) {
                inserts.merge(said.id(), 1, Integer::sum);
            }
        }
        assertTrue(inserts.values().stream().allMatch(n -> n == 1), "doubles: " + inserts);
        for (MessageKind kind : ANNOUNCEMENTS) {
            assertEquals(0, relay.said(near, kind, creator), "echo of " + kind);
        }
    }

    @Test
    void shouldLetOneOfTwoRelaysAnnounce() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 5)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay low = lab.relay(1, "left" + V6, "right" + V1400).start();
            BridgeLab.Relay high = lab.relay(2, "left" + V6, "right" + V1400).start();
            lab.runMs(20_000);
            assertTrue(low.isActive(), lab.toString());
            assertFalse(high.side("left").isActive());
            assertFalse(high.side("right").isActive());
            List<Flow> fromLeft = open(lab, left, 0, 40);
            List<Flow> fromRight = open(lab, right, 1000, 40);
            lab.await("inserts", 3_000, () -> fromLeft.stream().allMatch(right::has));
            lab.await("inserts", 3_000, () -> fromRight.stream().allMatch(left::has));
            traffic(lab, left, fromLeft, 10, 0);
            left.kill(state -> true);
            lab.await("deletes", 3_000, () -> fromLeft.stream().noneMatch(right::has));
            lab.runMs(10_000);
            assertTrue(
                    fromRight.stream().allMatch(right::has),
                    "the left one forgot them, but they are the right one's own");
            assertEquals(80, low.said("right", MessageKind.INS, LEFT));
            assertEquals(80, low.said("left", MessageKind.INS, RIGHT));
            for (String side : List.of("left", "right")) {
                for (Talk.Said said : high.talk.get(side).all()) {
                    assertFalse(ANNOUNCEMENTS.contains(said.kind()), "it said " + said);
                }
                assertEquals(0, high.side(side).announcer().waiting(), "nothing piles up");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 30})
    void shouldTakeOverFromARelayThatDiesAndGiveWayWhenItReturns(int percent) throws IOException {
        long seed = 77L + percent;
        System.out.println("seed=" + seed + " loss=" + percent + "%");
        try (BridgeLab lab = new BridgeLab(root, seed)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay low = lab.relay(1, "left" + V6, "right" + V1400).start();
            BridgeLab.Relay high = lab.relay(2, "left" + V6, "right" + V1400).start();
            lab.runMs(20_000);
            lab.network.faults(loss(percent));
            List<Flow> flows = open(lab, left, 0, 20);
            traffic(lab, left, flows, 6, 0);
            lab.runMs(2_000);
            flows.addAll(open(lab, left, 100, 20));
            lab.await(
                    "the second in which they wait",
                    3_000,
                    () -> low.side("right").announcer().waiting() > 0);
            long dead = low.said("right", MessageKind.INS, LEFT);
            low.kill();
            assertTrue(percent > 0 || dead < 80, "it did not say all: " + dead);
            lab.runMs(6_000);
            assertTrue(high.isActive(), lab.toString());
            long heir = high.said("right", MessageKind.INS, LEFT);
            assertTrue(percent > 0 || dead + heir == 80, "the rest, and no more: " + heir);
            awaitAll(lab, left, right, flows, 600);
            lab.network.faults(loss(percent));
            low.start();
            lab.runMs(30_000);
            assertTrue(low.isActive(), "it is preferred again" + lab);
            assertFalse(high.side("right").isActive());
            flows.addAll(open(lab, left, 200, 20));
            awaitAll(lab, left, right, flows, 30_000);
            assertEquals(0, low.said("left", MessageKind.INS, LEFT), "no echo");
            assertEquals(0, high.said("left", MessageKind.INS, LEFT), "no echo");
        }
    }

    @Test
    void shouldNotAnnounceWhatAReplayBroughtUntilASegmentVouchesForIt() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 6)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
            relaysReady(lab);
            List<Flow> flows = open(lab, left, 0, 20);
            lab.runMs(3_000);
            relay.stop();
            left.kill(state -> true); // nobody hears of it
            lab.runMs(1_000);
            lab.hosts.get("right").kill(state -> true);
            relay.start();
            assertEquals(40, relay.table().size(), "replayed");
            lab.runMs(40_000);
            assertEquals(0, relay.said("right", MessageKind.INS, LEFT), lab.toString());
            assertEquals(0, relay.said("left", MessageKind.INS, LEFT));
            assertTrue(flows.stream().noneMatch(lab.hosts.get("right")::has));
            assertEquals(0, relay.table().size(), "swept");
            assertEquals(0, relay.said("right", MessageKind.DEL_C, LEFT), "and not told");
        }
    }

    @Test
    void shouldCarryAPairThroughARollingUpgrade() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 8)) {
            // Two FreeBSD 13 on one wire; the relay has a wire for each release.
            PfHost master = lab.host("a13", PfSystem.FREEBSD_12, "left", 0xa13);
            lab.host("b13", PfSystem.FREEBSD_12, "left", 0xb13);
            lab.relay(
                            1,
                            "left:dialect = \"1301\"",
                            "right:dialect = \"1400\"",
                            "third:dialect = \"1500\"")
                    .start();
            lab.runMs(70_000); // two of its wires are empty: asking there has to fail first
            List<Flow> flows = open(lab, master, 0, 30);
            traffic(lab, master, flows, 3, 0);
            PfHost standby = upgrade(lab, "b13", "b14", PfSystem.FREEBSD_14, "right");
            assertTrue(flows.stream().allMatch(standby::has), "b14 may take over" + lab);
            traffic(lab, standby, flows, 3, 300);
            List<Flow> more = open(lab, standby, 100, 30);
            lab.await("new ones on a13", 5_000, () -> more.stream().allMatch(master::has));
            flows.addAll(more);
            PfHost second = upgrade(lab, "a13", "a14", PfSystem.FREEBSD_14, "right");
            assertTrue(flows.stream().allMatch(second::has), "a14" + lab);
            traffic(lab, standby, more, 3, 600);
            PfHost third = upgrade(lab, "a14", "a15", PfSystem.FREEBSD_15, "third");
            assertTrue(flows.stream().allMatch(third::has), "a15 may take over" + lab);
            flows.addAll(open(lab, third, 200, 30));
            lab.await("new ones on b14", 5_000, () -> flows.stream().allMatch(standby::has));
            PfHost last = upgrade(lab, "b14", "b15", PfSystem.FREEBSD_15, "third");
            assertTrue(flows.stream().allMatch(last::has), "b15" + lab);
            for (Flow flow : more) {
                lab.data(third, flow, 900);
            }
            lab.runMs(3_000);
            assertTrue(
                    more.stream().allMatch(f -> BridgeLab.isEqual(third.in(f), last.in(f))),
                    "and they go on");
            for (PfHost host : List.of(standby, second, third, last)) {
                assertEquals(0, host.counters().blocked, "no packet was refused on the way");
                assertEquals(0, host.counters().outOfWindow, host.name());
            }
        }
    }

    /** The host leaves; its successor boots on another wire and waits for its table. */
    private static PfHost upgrade(
            BridgeLab lab, String old, String name, PfSystem system, String wire) {
        lab.remove(old);
        lab.runMs(2_000);
        PfHost host = lab.host(name, system, wire, name.hashCode());
        host.boot(false);
        lab.await(name + "'s table", 120_000, () -> !host.isAsking());
        assertFalse(host.hasBulkFailed(), name + " gave up waiting" + lab);
        return host;
    }
}
