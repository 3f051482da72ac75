package org.pfsyncd.system;

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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.Heard;
import org.pfsyncd.pfhost.LiveHost;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfHostSettings;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.pfhost.Segment;
import org.pfsyncd.pfhost.Talk;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/** Roles member and relay as real processes, raw sockets on real segments, scripted firewalls. */
@Tag("system")
@Tag("apart")
@Tag("privileged")
@Timeout(90)
class RolesTest {
    private static final int STATES = 600;
    private static final int LEFT = 0x11111111;
    private static final int RIGHT = 0x22222222;
    private static final int THIRD = 0x33333333;
    private static final int FIRST_RELAY = 0x0e000001;
    private static final int SECOND_RELAY = 0x0e000002;
    private static final Map<String, Dialect> SPOKEN =
            Map.of("left", Dialect.V6, "right", Dialect.V1400, "third", Dialect.V1500);

    private static final List<String> ASKED =
            List.of(
                    "bulk-requests-sent",
                    "bulk-updates-completed",
                    "bulk-answers-begun",
                    "bulk-answers-asked",
                    "bulk-ends-lost",
                    "socket-drops");

    @TempDir Path directory;

    private LinkLab lab;

    private static PfHostSettings settings(String name, PfSystem system, int hostId) {
        return PfHostSettings.of(name, system).hostId(hostId).firstId((long) hostId << 32 | 0x100);
    }

    private static String group(String name, String role, int creatorId) {
        return """
        [[group]]
        name = "%s"
        syncdev = "%s"
        realm = "firewalls"
        role = "%s"
        dialect = "%s"
        creatorid = "%08x"
        answer-rate = 100000
        """
                .formatted(name, name, role, SPOKEN.get(name).label(), creatorId);
    }

    /** Connections through a firewall: each is two states, of three packets. */
    private static List<Flow> open(LiveHost host, int first, int count) {
        List<Flow> flows = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            flows.add(Flow.tcp("10.1." + (i >> 8) + ".10", 1024 + i, "10.2.0.10", 80));
        }
        host.tell(pf -> flows.forEach(flow -> open(pf, flow)));
        return flows;
    }

    private static void open(PfHost pf, Flow flow) {
        pf.packet(flow, new Segment(true, Segment.SYN, 1000, 0, 0));
        pf.packet(flow, new Segment(false, Segment.SYN | Segment.ACK, 5000, 1001, 0));
        pf.packet(flow, new Segment(true, Segment.ACK, 1001, 5001, 0));
    }

    private static void data(LiveHost host, List<Flow> flows, int sofar) {
        host.tell(
                pf -> {
                    for (Flow flow : flows) {
                        long client = 1001L + sofar;
                        long server = 5001L + sofar;
                        pf.packet(flow, new Segment(true, Segment.ACK, client, server, 100));
                        pf.packet(flow, new Segment(false, Segment.ACK, server, client + 100, 100));
                    }
                });
    }

    private static boolean hasAll(LiveHost host, List<Flow> flows) {
        return host.ask(pf -> flows.stream().allMatch(pf::has));
    }

    private static boolean hasNone(LiveHost host, List<Flow> flows) {
        return host.ask(pf -> flows.stream().noneMatch(pf::has));
    }

    private void awaitInSync(LinkLab.Node node) {
        lab.await("a proven table", () -> node.daemon.status().get("in_sync").equals(true));
    }

    /** A request that came before a node was proven is answered later, with what it has then. */
    private void awaitAnswered(LinkLab.Node node) {
        lab.await(
                "the end of its answers",
                () ->
                        ((List<?>) node.daemon.status().get("groups"))
                                .stream()
                                        .allMatch(
                                                group ->
                                                        ((Map<?, ?>) group)
                                                                .get("answer")
                                                                .equals("idle")));
    }

    private static Map<MessageKind, Long> heard(LiveHost host, int creatorId) {
        return host.askHeard(
                heard -> {
                    Map<MessageKind, Long> counts = new EnumMap<>(MessageKind.class);
                    for (MessageKind kind : MessageKind.values()) {
                        if (heard.count(kind, creatorId) > 0) {
                            counts.put(kind, heard.count(kind, creatorId));
                        }
                    }
                    return counts;
                });
    }

    /** On two segments at once: OpenBSD on one, FreeBSD 15 on the other. */
    @Test
    void shouldGiveItsTablesToAListenerAndToFirewallsThatBoot() throws IOException {
        try (LinkLab made = new LinkLab(directory, 4)) {
            lab = made;
            LinkLab.Node member = onBoth(1).configured(groups("member"));
            LinkLab.Node firewalls = onBoth(2);
            try (LiveHost left = firewalls.host("left", settings("l", PfSystem.OPENBSD, LEFT));
                    LiveHost third =
                            firewalls.host("third", settings("t", PfSystem.FREEBSD_15, THIRD))) {
                for (LiveHost host : List.of(left, third)) {
                    host.tell(PfHost::upInSync);
                    open(host, 0, STATES / 2);
                }
                LinkLab.start(List.of(member));
                awaitInSync(member);
            }
            Set<Object> told = ids(member);
            assertEquals(2 * STATES, told.size(), "all of both firewalls");
            LinkLab.Node late = onBoth(3).configured(groups("listen"));
            LinkLab.start(List.of(late));
            awaitInSync(late);
            assertEquals(told, ids(late));
            assertEquals(2, member.daemon.counter("bulk-answers-completed"), "nobody else could");
            LinkLab.Node booting = onBoth(4);
            try (LiveHost left = booting.host("left", settings("m", PfSystem.OPENBSD, RIGHT));
                    LiveHost third =
                            booting.host("third", settings("u", PfSystem.FREEBSD_15, RIGHT))) {
                left.tell(PfHost::up);
                third.tell(PfHost::up);
                requireReseeded(left, "left");
                requireReseeded(third, "third");
            }
            assertEquals(4, member.daemon.counter("bulk-answers-completed"));
        }
    }

    private LinkLab.Node onBoth(int number) throws IOException {
        return lab.node(number).on("left").on("third");
    }

    /** Two realms: neither segment hears of the other's states. */
    private static String groups(String role) {
        return group("left", role, FIRST_RELAY)
                + group("third", role, FIRST_RELAY).replace("\"firewalls\"", "\"others\"");
    }

    private static Set<Object> ids(LinkLab.Node node) throws IOException {
        Set<Object> ids = new HashSet<>();
        node.daemon.states().forEach(state -> ids.add(state.get("id")));
        return ids;
    }

    private void requireReseeded(LiveHost boots, String segment) {
        lab.await("the table of a firewall that boots", () -> !boots.ask(PfHost::isAsking));
        assertFalse(boots.ask(PfHost::hasBulkFailed), "its wait ended by our END");
        assertEquals(STATES, (int) boots.ask(pf -> pf.states().size()));
        requireEndLast(boots.askHeard(Heard::all));
        requireDialect(boots, segment);
    }

    /** START, every state once, END; nothing of it before or behind. */
    private static void requireEndLast(List<Talk.Said> all) {
        List<Talk.Said> answer =
                all.stream()
                        .filter(s -> s.kind() == MessageKind.BUS || s.kind() == MessageKind.UPD)
                        .toList();
        assertEquals(STATES + 2, answer.size(), () -> twice(answer));
        Talk.Said first = answer.get(0);
        Talk.Said last = answer.get(answer.size() - 1);
        assertEquals(MessageKind.BUS, first.kind());
        assertEquals(BulkStatusDecoder.START, first.id());
        assertEquals(MessageKind.BUS, last.kind());
        assertEquals(BulkStatusDecoder.END, last.id());
        assertEquals(
                STATES, answer.stream().map(Talk.Said::id).filter(id -> id > 2).distinct().count());
    }

    private static String twice(List<Talk.Said> answer) {
        Set<Object> seen = new HashSet<>();
        return answer.stream()
                .filter(said -> !seen.add(said.kind() + " " + said.id()))
                .map(Object::toString)
                .collect(Collectors.joining("\n", "said more than once:\n", ""));
    }

    @Test
    void shouldBridgeTwoDialectsAndTakeOverFromARelayThatIsKilled() throws IOException {
        try (LinkLab made = new LinkLab(directory, 4)) {
            lab = made;
            LinkLab.Node one = relay(1, FIRST_RELAY);
            LinkLab.Node two = relay(2, SECOND_RELAY);
            try (LiveHost left = firewall(3, "left", PfSystem.OPENBSD, LEFT);
                    LiveHost right = firewall(4, "right", PfSystem.FREEBSD_14, RIGHT)) {
                left.tell(PfHost::upInSync);
                right.tell(PfHost::upInSync);
                LinkLab.start(List.of(one, two));
                awaitInSync(one);
                awaitInSync(two); // else its request is answered with what comes now
                awaitAnswered(one);
                awaitAnswered(two);
                lab.await(
                        "the first relay's turn, and its alone",
                        () ->
                                one.daemon.counter("relay-active") == 2
                                        && two.daemon.counter("relay-active") == 0);
                List<Flow> fromLeft = open(left, 0, 50);
                List<Flow> fromRight = open(right, 1000, 50);
                lab.await("inserts", () -> hasAll(right, fromLeft) && hasAll(left, fromRight));
                data(left, fromLeft, 0);
                lab.await(
                        "updates",
                        () -> heard(right, LEFT).getOrDefault(MessageKind.UPD_C, 0L) >= 100);
                left.tell(pf -> pf.kill(s -> s.record.creatorId() == LEFT));
                lab.await("deletes", () -> hasNone(right, fromLeft));
                assertEquals(
                        Map.of(
                                MessageKind.INS, 100L,
                                MessageKind.UPD_C, 100L,
                                MessageKind.DEL_C, 100L),
                        heard(right, LEFT),
                        () -> asked(one, two));
                assertEquals(
                        Map.of(MessageKind.INS, 100L), heard(left, RIGHT), () -> asked(one, two));
                one.kill();
                List<Flow> orphans = open(left, 100, 50);
                lab.await("the second relay's turn", () -> two.daemon.counter("relay-active") == 2);
                lab.await("what nobody said", () -> hasAll(right, orphans));
                assertEquals(200, heard(right, LEFT).get(MessageKind.INS), "each once");
                assertTrue(hasAll(left, fromRight), "and what was there still is");
                requireNoEcho(left, LEFT);
                requireNoEcho(right, RIGHT);
                requireDialect(left, "left");
                requireDialect(right, "right");
            }
        }
    }

    /** Who asked for what, of both groups: an answer with the whole table says states again. */
    private static String asked(LinkLab.Node... relays) {
        StringBuilder out = new StringBuilder();
        for (LinkLab.Node relay : relays) {
            for (String name : ASKED) {
                out.append(relay.name() + " " + name + "=" + relay.daemon.counter(name) + " ");
            }
        }
        return out.toString();
    }

    private LiveHost firewall(int number, String segment, PfSystem system, int hostId)
            throws IOException {
        return lab.node(number).on(segment).host(segment, settings(segment, system, hostId));
    }

    private LinkLab.Node relay(int number, int creatorId) throws IOException {
        return lab.node(number)
                .on("left")
                .on("right")
                .configured(group("left", "relay", creatorId))
                .configured(group("right", "relay", creatorId));
    }

    /** Nobody speaks of a firewall's own states on its own segment. */
    private static void requireNoEcho(LiveHost host, int creatorId) {
        assertEquals(Map.of(), heard(host, creatorId));
    }

    private static void requireDialect(LiveHost host, String segment) {
        Dialect dialect = SPOKEN.get(segment);
        assertEquals(Set.of(dialect), host.askHeard(Heard::dialects));
        assertEquals(Set.of(dialect.headerVersion()), host.askHeard(Heard::versions));
    }

    @Test
    void shouldBridgeARealmThatAlsoHasAPeer() throws IOException {
        try (LinkLab made = new LinkLab(directory, 5).pair(1, 2)) {
            lab = made;
            LinkLab.Node here = relay(1, FIRST_RELAY);
            LinkLab.Node there =
                    lab.node(2).on("third").configured(group("third", "relay", SECOND_RELAY));
            try (LiveHost left = firewall(3, "left", PfSystem.OPENBSD, LEFT);
                    LiveHost right = firewall(4, "right", PfSystem.FREEBSD_14, RIGHT);
                    LiveHost third = firewall(5, "third", PfSystem.FREEBSD_15, THIRD)) {
                for (LiveHost host : List.of(left, right, third)) {
                    host.tell(PfHost::upInSync);
                }
                LinkLab.start(List.of(here, there));
                lab.awaitUp();
                lab.await(
                        "their turns",
                        () ->
                                here.daemon.counter("relay-active") == 2
                                        && there.daemon.counter("relay-active") == 1);
                List<Flow> near = open(left, 0, 40);
                List<Flow> far = open(third, 1000, 40);
                lab.await(
                        "the near ones everywhere",
                        () -> hasAll(right, near) && hasAll(third, near));
                lab.await("the far ones everywhere", () -> hasAll(left, far) && hasAll(right, far));
                lab.awaitEqual(160);
                third.tell(pf -> pf.kill(s -> s.record.creatorId() == THIRD));
                lab.await("their ends", () -> hasNone(left, far) && hasNone(right, far));
                lab.awaitEqual(80);
                Map<MessageKind, Long> gone = Map.of(MessageKind.INS, 80L, MessageKind.DEL_C, 80L);
                assertEquals(gone, heard(left, THIRD));
                assertEquals(gone, heard(right, THIRD));
                assertEquals(Map.of(MessageKind.INS, 80L), heard(right, LEFT));
                assertEquals(Map.of(MessageKind.INS, 80L), heard(third, LEFT));
                requireNoEcho(left, LEFT);
                requireNoEcho(third, THIRD);
                requireDialect(left, "left");
                requireDialect(right, "right");
                requireDialect(third, "third");
            }
        }
    }
}
