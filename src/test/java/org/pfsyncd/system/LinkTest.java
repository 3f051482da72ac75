package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.Program;

/** Nodes that ship each other their journals, as real processes over real sockets, in trouble. */
@Tag("system")
@Tag("privileged")
@Timeout(120)
@Tag("apart")
class LinkTest {
    private static final int PAUSE_MS = 10_000;

    /** A bit more than a second of one firewall's frames. */
    private static final long LAG_LIMIT = 150;

    @TempDir static Path shared;

    /** Three that know each other, two of them under load, and a fourth that nobody knows. */
    private static LinkLab mesh;

    private static LinkLab.Node one;
    private static LinkLab.Node two;
    private static LinkLab.Node three;

    @TempDir Path directory;

    @BeforeAll
    static void startMesh() throws IOException {
        mesh = new LinkLab(shared, 4).mesh(3);
        one = mesh.node(1).loaded();
        two = mesh.node(2).loaded();
        three = mesh.node(3);
        LinkLab.start(List.of(one, two, three));
    }

    @AfterAll
    static void stopMesh() throws IOException {
        if (mesh != null) {
            mesh.close();
        }
    }

    @BeforeEach
    void awaitMesh() {
        mesh.awaitUp();
    }

    @AfterEach
    void stopLoad() {
        one.load.stop();
        two.load.stop();
    }

    @Test
    void shouldConvergeWhenEveryTwentiethPacketIsLost() throws IOException {
        assumeNft();
        long repaired = sum("link-states-repaired");
        long resent = sum("link-resent-bytes");
        for (LinkLab.Node node : mesh.running()) {
            node.nft("add table ip lossy");
            node.nft("add chain ip lossy input { type filter hook input priority 0; }");
            node.nft(
                    "add rule ip lossy input iifname sync0 ip protocol 253"
                            + " numgen random mod 100 < 5 counter drop");
        }
        loadMesh(2_000);
        awaitMeshEqual();
        for (LinkLab.Node node : mesh.running()) {
            Matcher lost =
                    Pattern.compile("counter packets (\\d+)").matcher(node.nft("list ruleset"));
            assertTrue(lost.find() && Long.parseLong(lost.group(1)) > 20, "too few lost");
            node.nft("delete table ip lossy");
        }
        assertTrue(sum("link-resent-bytes") > resent);
        assertEquals(repaired, sum("link-states-repaired"), mesh::toString);
        assertVerified(one, two);
        assertVerified(three, one);
    }

    private static void assumeNft() throws IOException {
        Assumptions.assumeTrue(
                Program.run("sh", "-c", "command -v nft").exitCode() == 0,
                "skipped: losing packets needs nft(8) (nftables)");
    }

    @Test
    void shouldGetOnlyWhatItMissedAfterAKill() throws IOException {
        loadMesh(500);
        awaitMeshEqual();
        one.load.start();
        two.load.start();
        long snapshots = snapshotsSent();
        long had = three.received(one) + three.received(two);
        three.kill();
        awaitAcknowledged(mesh, one, 500);
        three.start();
        loadMesh(500);
        awaitMeshEqual();
        assertEquals(snapshots, snapshotsSent(), mesh::toString);
        long taken = three.daemon.counter("link-documents");
        long missed = one.sequence() + two.sequence() - had;
        assertTrue(taken > 0 && taken <= missed, taken + " taken of " + missed + " missed");
        assertVerified(one, three);
    }

    private static long snapshotsSent() {
        return one.daemon.counter("link-snapshots-sent")
                + two.daemon.counter("link-snapshots-sent");
    }

    @Test
    void shouldConvergeAfterAnInterfaceWasDown() throws IOException {
        one.load.start();
        two.load.start();
        two.setLink("down");
        mesh.await("peers that are down", () -> !one.isUp(two) && !two.isUp(one));
        assertTrue(one.isUp(three), "the others still talk");
        two.setLink("up");
        mesh.awaitUp();
        loadMesh(0);
        awaitMeshEqual();
        assertVerified(two, three);
    }

    /** A peer that stands still costs the others nothing. */
    @Test
    void shouldReplicateBetweenTheOthersWhileOneStandsStill() throws IOException {
        one.load.start();
        two.load.start();
        long clocksSet = clocksSet();
        long before = two.received(one);
        three.daemon.signal("STOP");
        long[] lags = {0, 0};
        Await.until(
                PAUSE_MS,
                () -> {
                    lags[0] = Math.max(lags[0], one.sequence() - two.received(one));
                    lags[1] = Math.max(lags[1], two.sequence() - one.received(two));
                    return false;
                });
        long shipped = two.received(one) - before;
        three.daemon.signal("CONT");
        loadMesh(0);
        assertTrue(shipped > 300, () -> "documents shipped: " + shipped);
        assertTrue(
                Math.max(lags[0], lags[1]) < LAG_LIMIT,
                () -> "documents behind: " + lags[0] + " and " + lags[1]);
        awaitMeshEqual();
        assertEquals(clocksSet, clocksSet(), mesh::toString);
        assertVerified(three, one);
    }

    private static long clocksSet() {
        return mesh.running().stream()
                .flatMap(node -> node.daemon.log().lines())
                .filter(line -> line.contains("clock set by"))
                .count();
    }

    @Test
    void shouldTakeNothingFromAStranger() throws IOException {
        LinkLab.Node stranger = mesh.node(4);
        stranger.knows(one);
        long before = one.daemon.counter("link-strangers");
        stranger.start();
        try {
            mesh.await("its frames", () -> one.daemon.counter("link-strangers") > before + 2);
            assertFalse(stranger.isUp());
            assertEquals("not heard yet", stranger.reason(one));
        } finally {
            stranger.kill();
        }
    }

    private static long sum(String counter) {
        return mesh.running().stream().mapToLong(node -> node.daemon.counter(counter)).sum();
    }

    private static void loadMesh(int more) {
        load(mesh, more, one, two);
    }

    private static void awaitMeshEqual() {
        mesh.awaitEqual(one.load.sent() + two.load.sent());
    }

    /** Node 2 is the hub; 1, 2 and 3 are a chain whose ends do not know each other. */
    @Test
    void shouldApplyOnceWhatGoesThroughAHub() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 4).pair(1, 2).pair(2, 3).pair(2, 4)) {
            LinkLab.Node left = lab.node(1).loaded();
            LinkLab.Node right = lab.node(3).loaded();
            lab.start();
            load(lab, 1_000, left, right);
            long states = left.load.sent() + right.load.sent();
            lab.awaitEqual(states);
            for (LinkLab.Node node : lab.nodes) {
                assertEquals(states, node.daemon.counter("inserted"), node.name());
            }
        }
    }

    @Test
    void shouldConvergeOverUdp() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 2).carrier("udp").pair(1, 2)) {
            LinkLab.Node source = lab.node(1).loaded();
            lab.start();
            load(lab, 1_000, source);
            lab.awaitEqual(source.load.sent());
            assertVerified(lab.node(2), source);
        }
    }

    @Test
    void shouldRefuseACopyOfANodeNamingBothAddresses() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 3).pair(1, 2).pair(1, 3)) {
            LinkLab.Node hub = lab.node(1);
            LinkLab.Node copy = lab.node(3);
            LinkLab.start(List.of(hub, lab.node(2)));
            lab.await("the first link", () -> hub.isUp(lab.node(2)));
            copyData(lab.node(2), copy);
            copy.start();
            String reason = "the nodes at 10.5.0.3 and 10.5.0.2 have one id";
            lab.await("a refusal", () -> hub.reason(copy).contains(reason));
            lab.await("its news", () -> copy.reason(hub).contains(reason));
            assertFalse(hub.isUp(copy));
            assertTrue(hub.isUp(lab.node(2)), "the first one keeps its link");
        }
    }

    private static void copyData(LinkLab.Node from, LinkLab.Node to) throws IOException {
        String source = from.daemon.dataDir().toString();
        String target = to.daemon.dataDir().toString();
        Program.Result copied = Program.run("cp", "-a", source, target);
        assertEquals(0, copied.exitCode(), copied.out());
    }

    @Test
    void shouldTellOfTwoNodesOfOneNameThatOnlyOthersHear() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 4)) {
            lab.node(3).callsItself("n2");
            assertToldByThoseBetween(lab, () -> {}, "two nodes are called n2");
        }
    }

    @Test
    void shouldTellOfTwoNodesOfOneIdThatOnlyOthersHear() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 4)) {
            assertToldByThoseBetween(lab, () -> copyData(lab.node(2), lab.node(3)), "have one id");
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    /** 2 - 1 - 4 - 3, where 3 comes when all else is up, and 1 and 4 see what is wrong. */
    private static void assertToldByThoseBetween(LinkLab lab, Change before, String reason)
            throws IOException {
        lab.pair(2, 1).pair(1, 4).pair(4, 3);
        LinkLab.Node left = lab.node(1);
        LinkLab.Node right = lab.node(4);
        LinkLab.start(List.of(left, lab.node(2), right));
        lab.await("the links", () -> left.isUp() && lab.node(2).isUp());
        lab.await("nothing to say", () -> left.reason(right).isEmpty());
        before.make();
        lab.node(3).start();
        lab.await("both say so", () -> tells(left, right, reason) && tells(right, left, reason));
        assertTrue(left.isUp(right), "the healthy link stays up");
    }

    private static boolean tells(LinkLab.Node node, LinkLab.Node other, String reason) {
        String why = node.reason(other);
        return why.contains(reason)
                && why.contains("10.5.0.2")
                && why.contains("10.5.0.3")
                && node.daemon.status().get("ready").equals(false);
    }

    /** Every load runs until so much more is acknowledged, and then all of it is. */
    private static void load(LinkLab lab, int more, LinkLab.Node... nodes) {
        for (LinkLab.Node node : nodes) {
            node.load.start();
        }
        for (LinkLab.Node node : nodes) {
            awaitAcknowledged(lab, node, more);
        }
        for (LinkLab.Node node : nodes) {
            lab.await(
                    "every acknowledgement",
                    () -> {
                        node.load.stop();
                        return node.load.acknowledged().size() == node.load.sent();
                    });
        }
    }

    private static void awaitAcknowledged(LinkLab lab, LinkLab.Node node, int more) {
        int least = node.load.acknowledged().size() + more;
        lab.await("acknowledgements", () -> node.load.acknowledged().size() >= least);
    }

    private static void assertVerified(LinkLab.Node node, LinkLab.Node other) throws IOException {
        Program.Result result = node.verify(other);
        assertEquals(0, result.exitCode(), result.out());
    }
}
