package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.group.GroupStatus;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/** What another node brings over the link, announced on the segments of this one. */
class BridgePeersTest {
    private static final int FAR = 0x11111111;
    private static final int RIGHT = 0x22222222;
    private static final int MADE = 0x33333333;
    private static final String V6 = ":dialect = \"v6\"";
    private static final String V1400 = ":dialect = \"1400\"";

    @TempDir private Path root;

    /** Two relays at one site, one far away that alone hears the firewall; all linked. */
    private BridgeLab twoAndOne(long seed) throws IOException {
        BridgeLab lab = new BridgeLab(root, seed);
        lab.host("far", PfSystem.OPENBSD, "third", FAR);
        lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
        lab.host("left", PfSystem.OPENBSD, "left", RIGHT + 1);
        lab.relay(1, "left" + V6, "right" + V1400).linked(2, 3).start();
        lab.relay(2, "left" + V6, "right" + V1400).linked(1, 3).start();
        lab.relay(3, "third" + V6).linked(1, 2).start();
        lab.await("a relay's turn on the right", 30_000, () -> isAnnounced(lab, "right"));
        lab.await("a relay's turn on the left", 30_000, () -> isAnnounced(lab, "left"));
        lab.runMs(5_000);
        return lab;
    }

    private static boolean isAnnounced(BridgeLab lab, String segment) {
        return lab.relays.subList(0, 2).stream().anyMatch(r -> r.side(segment).isActive());
    }

    private static long said(BridgeLab lab, String segment, MessageKind kind) {
        return lab.relays.stream()
                .filter(relay -> relay.talk.containsKey(segment))
                .mapToLong(relay -> relay.said(segment, kind, FAR))
                .sum();
    }

    @Test
    void shouldPassOnAPeersUpdatesBesideARival() throws IOException {
        try (BridgeLab lab = twoAndOne(1)) {
            PfHost far = lab.hosts.get("far");
            PfHost right = lab.hosts.get("right");
            PfHost left = lab.hosts.get("left");
            List<Flow> flows = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                flows.add(lab.open(far, i));
            }
            lab.await("inserts", 5_000, () -> flows.stream().allMatch(right::has));
            for (int round = 1; round <= 3; round++) {
                lab.runMs(3_000);
                int sofar = round * 100;
                flows.forEach(flow -> lab.data(far, flow, sofar));
                lab.await(
                        "round " + round,
                        4_000,
                        () ->
                                flows.stream()
                                        .allMatch(
                                                f ->
                                                        BridgeLab.isEqual(far.in(f), right.in(f))
                                                                && BridgeLab.isEqual(
                                                                        far.in(f), left.in(f))));
            }
        }
    }

    @Test
    void shouldSayNothingMoreWhenThePeersFirewallIsQuiet() throws IOException {
        try (BridgeLab lab = twoAndOne(2)) {
            PfHost far = lab.hosts.get("far");
            Flow flow = lab.open(far, 1);
            lab.await("inserts", 5_000, () -> lab.hosts.get("right").has(flow));
            lab.data(far, flow, 100);
            lab.runMs(5_000);
            lab.relays.forEach(relay -> relay.talk.values().forEach(talk -> talk.forget()));
            lab.runMs(30_000);
            for (String segment : List.of("left", "right", "third")) {
                assertEquals(0, said(lab, segment, MessageKind.UPD_C), "an echo on " + segment);
            }
        }
    }

    /** The listener hears the relay's own words and tells them to it over the link. */
    @Test
    void shouldNotEchoWhatALinkedListenerHeardItSay() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 3)) {
            PfHost left = lab.host("left", PfSystem.OPENBSD, "left", FAR);
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).linked(2).start();
            lab.relay(2, "right" + V1400 + "\nrole = \"listen\"").linked(1).start();
            lab.await("a relay's turn", 30_000, relay::isActive);
            lab.runMs(5_000);
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            lab.data(left, flow, 100);
            lab.runMs(5_000);
            relay.talk.get("right").forget();
            lab.runMs(30_000);
            assertEquals(0, relay.said("right", MessageKind.UPD_C, FAR), "nothing has happened");
        }
    }

    @Test
    void shouldTellASegmentThatSpokeOfTheCreatorLongAgo() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 4)) {
            PfHost right = lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            lab.host("far", PfSystem.OPENBSD, "third", FAR);
            SimPort visitor = lab.raw("right");
            SimPort made = lab.raw("third");
            BridgeLab.Relay relay = lab.relay(1, "right" + V1400).linked(2).start();
            lab.relay(2, "third" + V6).linked(1).start();
            lab.await("a relay's turn", 30_000, relay::isActive);
            lab.runMs(5_000);
            BridgeLab.send(visitor, lab.frame(Dialect.V1400).deleteCompressed(7, MADE));
            lab.runMs(1_000);
            BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(1, MADE).record()));
            lab.runMs(3_000);
            assertTrue(
                    relay.count("right", GroupCounter.RELAY_KEPT_HOME) > 0, "spoken of just now");
            lab.runMs(60_000);
            BridgeLab.send(made, lab.frame(Dialect.V6).insert(lab.tcp(2, MADE).record()));
            lab.await("the insert", 5_000, () -> right.find(2, MADE) != null);
        }
    }

    private static GroupStatus.Announcer announcer(BridgeLab lab, BridgeLab.Relay relay) {
        for (GroupRuntime runtime : relay.daemon.syncAgent().groups()) {
            if (runtime.group().name().equals("right")) {
                return runtime.group().status(lab.nowNs).announcer();
            }
        }
        throw new AssertionError("no such group");
    }

    @Test
    void shouldTellWhoAnnouncesAndSinceWhen() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 5)) {
            lab.host("left", PfSystem.OPENBSD, "left", FAR);
            lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
            BridgeLab.Relay one = lab.relay(1, "left" + V6, "right" + V1400).start();
            BridgeLab.Relay other = lab.relay(2, "left" + V6, "right" + V1400).start();
            lab.runMs(100);
            assertEquals(0, announcer(lab, one).creatorId(), "nobody yet: both listen");
            lab.await("one's turn", 20_000, () -> one.side("right").isActive());
            lab.runMs(10_000);
            GroupStatus.Announcer itself = announcer(lab, one);
            assertTrue(itself.isSelf() && itself.creatorId() == 0x0e000001, itself.toString());
            GroupStatus.Announcer seen = announcer(lab, other);
            assertTrue(!seen.isSelf() && seen.creatorId() == 0x0e000001, seen.toString());
            assertTrue(seen.address().startsWith("10.0.1."), seen.toString());
            assertTrue(itself.sinceNs() >= 10_000_000_000L, itself.toString());
            one.stop();
            lab.await("the other's turn", 10_000, () -> other.side("right").isActive());
            lab.runMs(2_000);
            GroupStatus.Announcer heir = announcer(lab, other);
            assertTrue(heir.isSelf() && heir.creatorId() == 0x0e000002, heir.toString());
            assertTrue(heir.sinceNs() < 2_100_000_000L, heir.toString());
        }
    }
}
