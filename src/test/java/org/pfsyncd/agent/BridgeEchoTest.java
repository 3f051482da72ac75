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
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.pfhost.Talk;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.StateRecord;

/** What a relay must not say again, must not believe, and must not leave out. */
class BridgeEchoTest {
    private static final int LEFT = 0x11111111;
    private static final int RIGHT = 0x22222222;
    private static final int MADE = 0x33333333;
    private static final String V6 = ":dialect = \"v6\"";
    private static final String V1400 = ":dialect = \"1400\"";

    @TempDir private Path root;

    private static boolean isActiveEverywhere(BridgeLab lab) {
        for (String segment : List.of("left", "right")) {
            if (lab.relays.stream().noneMatch(relay -> relay.side(segment).isActive())) {
                return false;
            }
        }
        return true;
    }

    private static long saidByAll(BridgeLab lab, String segment, MessageKind kind) {
        return lab.relays.stream().mapToLong(relay -> relay.said(segment, kind, LEFT)).sum();
    }

    @Test
    void shouldNotSayAgainWhatCameBackOverTheLink() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            lab.relay(1, "left" + V6, "right" + V1400).linked(2).start();
            lab.relay(2, "left" + V6, "right" + V1400).linked(1).start();
            lab.await("a relay's turn", 20_000, () -> isActiveEverywhere(lab));
            lab.runMs(5_000);
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            lab.data(left, flow, 100);
            lab.runMs(5_000);
            lab.relays.forEach(relay -> relay.talk.get("right").forget());
            lab.runMs(20_000);
            assertEquals(0, saidByAll(lab, "right", MessageKind.UPD_C), "nothing has happened");
            assertEquals(2, lab.relays.get(1).table().size());
            lab.data(left, flow, 200);
            lab.await(
                    "the next update",
                    3_000,
                    () -> BridgeLab.isEqual(left.in(flow), right.in(flow)));
        }
    }

    @Test
    void shouldNotEchoWhatARelayOfBothSegmentsSaid() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 2)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            String first = "\ncreatorid = \"0e000001\"";
            String second = "\ncreatorid = \"0e000002\"";
            BridgeLab.Relay one = lab.relay(1, "left" + V6 + second, "right" + V1400 + first);
            BridgeLab.Relay other = lab.relay(2, "left" + V6 + first, "right" + V1400 + second);
            one.start();
            other.start();
            lab.runMs(20_000);
            assertTrue(one.side("right").isActive() && !one.side("left").isActive());
            assertTrue(other.side("left").isActive() && !other.side("right").isActive());
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            lab.runMs(61_000); // the creator itself is no longer heard
            lab.relays.forEach(relay -> relay.talk.values().forEach(Talk::forget));
            lab.data(left, flow, 100);
            lab.await("the update", 3_000, () -> BridgeLab.isEqual(left.in(flow), right.in(flow)));
            lab.runMs(20_000);
            assertEquals(0, saidByAll(lab, "left", MessageKind.UPD_C), "an echo");
            assertTrue(saidByAll(lab, "right", MessageKind.UPD_C) <= 2, "each state once");
            assertTrue(other.count("left", GroupCounter.ANNOUNCE_LEFT_TO_RIVAL) > 0);
        }
    }

    /** Both segments have the states, and nobody heard the creator itself. */
    @Test
    void shouldNotBelieveADeleteWhileTheCreatorsHomeIsUnknown() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 3)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost standby = lab.host("standby", PfSystem.OPENBSD, "left", LEFT + 1);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            List<Flow> flows = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                flows.add(lab.open(left, i));
            }
            lab.await("inserts", 3_000, () -> flows.stream().allMatch(right::has));
            relay.stop();
            lab.remove("left");
            relay.start();
            lab.await("the relay's turn", 30_000, relay::isActive);
            assertTrue(
                    relay.side("left").isSeen(LEFT, lab.nowNs)
                            && relay.side("right").isSeen(LEFT, lab.nowNs));
            right.kill(state -> true);
            lab.runMs(5_000);
            assertEquals(0, relay.said("left", MessageKind.DEL_C, LEFT), "a guess");
            assertTrue(flows.stream().allMatch(standby::has), lab.toString());
        }
    }

    @Test
    void shouldNotBelieveADeleteOfASegmentWithoutARelay() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 4)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            lab.host("third", PfSystem.FREEBSD_14, "third", RIGHT + 1);
            SimPort guess = lab.raw("third");
            String listening = "\nrole = \"listen\"";
            BridgeLab.Relay relay =
                    lab.relay(1, "left" + V6, "right" + V1400, "third" + V1400 + listening).start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            StateRecord state = right.in(flow).record;
            BridgeLab.send(guess, lab.frame(Dialect.V1400).deleteCompressed(state.id(), LEFT));
            lab.runMs(3_000);
            assertEquals(1, relay.table().size(), "we believe it");
            assertEquals(0, relay.said("right", MessageKind.DEL_C, LEFT), "and do not say it");
            assertTrue(right.has(flow));
        }
    }

    @Test
    void shouldSayAfterAHoleInTheJournalWhatHappenedInIt() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 5)) {
            SimPort made = lab.raw("left");
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(1, MADE).record()));
            BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(2, MADE).record()));
            lab.await("the insert", 3_000, () -> right.find(2, MADE) != null);
            makeHole(lab, made, relay);
            BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(3, MADE).record()));
            BridgeLab.send(made, lab.frame(Dialect.V6).deleteCompressed(1, MADE));
            advance(lab, relay);
            assertTrue(relay.daemon.syncAgent().hasHole());
            assertEquals(2, relay.table().size());
            lab.await("the journal goes on", 3_000, () -> !relay.daemon.syncAgent().hasHole());
            lab.await("the insert", 3_000, () -> right.find(3, MADE) != null);
            lab.await("the delete", 3_000, () -> right.find(1, MADE) == null);
        }
    }

    /** Updates until the ring is full: the journal has no turn. */
    private static void makeHole(BridgeLab lab, SimPort made, BridgeLab.Relay relay) {
        long seqlo = 100_000;
        for (int i = 0; i < 40_000 && !relay.daemon.syncAgent().hasHole(); i++) {
            seqlo += 100;
            FrameBuilder frame = lab.frame(Dialect.V6);
            for (int j = 0; j < 17; j++) {
                seqlo += 100;
                frame.updateCompressed(
                        lab.tcp(2, MADE).src(seqlo, seqlo + 10).dst(seqlo, seqlo + 10).record());
            }
            BridgeLab.send(made, frame);
            advance(lab, relay);
        }
        assertTrue(relay.daemon.syncAgent().hasHole(), "the ring is never full");
    }

    private static void advance(BridgeLab lab, BridgeLab.Relay relay) {
        lab.nowNs += 100_000;
        lab.network.advance(lab.nowNs);
        relay.daemon.syncAgent().doWork();
    }

    @Test
    void shouldGaugeNoTurnWhileItCannotSpeakNorWhileItListensAnew() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 6)) {
            lab.host("left", PfSystem.OPENBSD, "left", LEFT);
            lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
            lab.await("the relay's turn", 20_000, relay::isActive);
            assertEquals(1, relay.count("left", GroupCounter.RELAY_ACTIVE));
            relay.ports.get("left").removeInterface();
            lab.await("a deaf port", 10_000, () -> !relay.talk.get("left").isUp());
            lab.runMs(100);
            assertEquals(0, relay.count("left", GroupCounter.RELAY_ACTIVE));
            relay.ports.get("left").createInterface();
            lab.await("a port that hears", 10_000, () -> relay.talk.get("left").isUp());
            lab.runMs(100);
            assertFalse(relay.side("left").isActive(), "it listens first");
            assertEquals(0, relay.count("left", GroupCounter.RELAY_ACTIVE));
            lab.await("its turn", 20_000, () -> relay.side("left").isActive());
            assertEquals(1, relay.count("left", GroupCounter.RELAY_ACTIVE));
        }
    }

    @Test
    void shouldPassOnTheShortUpdatesOfAFrameThatAlsoHoldsAnAnswer() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 7)) {
            SimPort made = lab.raw("left");
            BridgeLab.Relay relay = withTwoStates(lab, made);
            lab.runMs(3_000);
            relay.talk.get("right").forget();
            BridgeLab.send(
                    made,
                    lab.frame(Dialect.V6)
                            .update(lab.tcp(1, MADE).src(9_000, 9_100).record())
                            .updateCompressed(lab.tcp(2, MADE).src(9_000, 9_100).record()));
            lab.runMs(3_000);
            List<Long> said = new ArrayList<>();
            for (Talk.Said one : relay.talk.get("right").all()) {
                if (one.kind() == MessageKind.UPD_C) {
                    said.add(one.id());
                }
            }
            assertEquals(List.of(2L), said);
            assertEquals(1, relay.count("right", GroupCounter.RELAY_ANSWERS));
        }
    }

    @Test
    void shouldSayTheEndOfWhatAnAnswerReplaces() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 8)) {
            SimPort made = lab.raw("left");
            BridgeLab.Relay relay = withTwoStates(lab, made);
            lab.runMs(30_000);
            relay.talk.get("right").forget();
            StateRecord other = lab.tcp(1, MADE).wire("10.1.0.99:99", "10.2.0.10:80").record();
            BridgeLab.send(made, lab.frame(Dialect.V6).update(other));
            lab.runMs(3_000);
            List<String> said = new ArrayList<>();
            for (Talk.Said one : relay.talk.get("right").all()) {
                if (one.creatorId() == MADE) {
                    said.add(one.kind() + " " + one.id());
                }
            }
            assertEquals(List.of("DEL_C 1", "INS 1"), said);
        }
    }

    private static BridgeLab.Relay withTwoStates(BridgeLab lab, SimPort made) throws IOException {
        lab.host("left", PfSystem.OPENBSD, "left", LEFT);
        PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
        BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
        lab.await("the relay's turn", 20_000, relay::isActive);
        BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(1, MADE).record()));
        BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(2, MADE).record()));
        lab.await("the inserts", 3_000, () -> right.find(2, MADE) != null);
        return relay;
    }
}
