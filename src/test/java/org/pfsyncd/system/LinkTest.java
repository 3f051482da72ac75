package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
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
class LinkTest {
    private static final int PAUSE_MS = 10_000;

    /** A fifth of a second of one sender's documents. */
    private static final long LAG_LIMIT = 400;

    @TempDir Path directory;

    @Test
    void shouldConvergeWhenEveryTwentiethPacketIsLost() throws IOException {
        assumeNft();
        try (LinkLab lab = new LinkLab(directory, 3).mesh()) {
            LinkLab.Node one = lab.node(1).loaded();
            LinkLab.Node two = lab.node(2).loaded();
            lab.start();
            for (LinkLab.Node node : lab.nodes) {
                node.nft("add table ip lossy");
                node.nft("add chain ip lossy input { type filter hook input priority 0; }");
                node.nft(
                        "add rule ip lossy input iifname sync0 ip protocol 253"
                                + " numgen random mod 100 < 5 counter drop");
            }
            load(lab, 3_000, one, two);
            lab.awaitEqual(one.load.sent() + two.load.sent());
            for (LinkLab.Node node : lab.nodes) {
                Matcher lost =
                        Pattern.compile("counter packets (\\d+)").matcher(node.nft("list ruleset"));
                assertTrue(lost.find() && Long.parseLong(lost.group(1)) > 20, "too few lost");
                assertTrue(node.daemon.counter("link-resent-bytes") > 0);
                assertEquals(0, node.daemon.counter("link-states-repaired"), lab::toString);
            }
            assertVerified(one, two);
            assertVerified(lab.node(3), one);
        }
    }

    @Test
    void shouldGetOnlyWhatItMissedAfterAKill() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 3).mesh()) {
            LinkLab.Node one = lab.node(1).loaded();
            LinkLab.Node two = lab.node(2).loaded();
            LinkLab.Node three = lab.node(3);
            lab.start();
            load(lab, 1_000, one, two);
            lab.awaitEqual(one.load.sent() + two.load.sent());
            one.load.start();
            two.load.start();
            long snapshots = snapshotsSent(lab);
            long had = three.received(one) + three.received(two);
            three.kill();
            awaitAcknowledged(lab, one, 2_000);
            three.start();
            load(lab, 3_000, one, two);
            lab.awaitEqual(one.load.sent() + two.load.sent());
            assertEquals(snapshots, snapshotsSent(lab), lab::toString);
            long taken = three.daemon.counter("link-documents");
            long missed = one.sequence() + two.sequence() - had;
            assertTrue(taken > 0 && taken <= missed, taken + " taken of " + missed + " missed");
            assertVerified(one, three);
        }
    }

    private static void assumeNft() throws IOException {
        Assumptions.assumeTrue(
                Program.run("sh", "-c", "command -v nft").exitCode() == 0,
                "skipped: losing packets needs nft(8) (nftables)");
    }

    private static long snapshotsSent(LinkLab lab) {
        return lab.node(1).daemon.counter("link-snapshots-sent")
                + lab.node(2).daemon.counter("link-snapshots-sent");
    }

    @Test
    void shouldConvergeAfterAnInterfaceWasDown() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 3).mesh()) {
            LinkLab.Node one = lab.node(1).loaded();
            LinkLab.Node two = lab.node(2).loaded();
            lab.start();
            one.load.start();
            two.load.start();
            awaitAcknowledged(lab, two, 2_000);
            two.setLink("down");
            lab.await("peers that are down", () -> !one.isUp(two) && !two.isUp(one));
            assertTrue(one.isUp(lab.node(3)), "the others still talk");
            two.setLink("up");
            lab.await("peers that are up", () -> lab.nodes.stream().allMatch(LinkLab.Node::isUp));
            load(lab, 0, one, two);
            lab.awaitEqual(one.load.sent() + two.load.sent());
            assertVerified(two, lab.node(3));
        }
    }

    /** A peer that stands still costs the others nothing. */
    @Test
    void shouldReplicateBetweenTheOthersWhileOneStandsStill() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 3).mesh()) {
            LinkLab.Node one = lab.node(1).loaded();
            LinkLab.Node two = lab.node(2).loaded();
            LinkLab.Node three = lab.node(3);
            lab.start();
            one.load.start();
            two.load.start();
            awaitAcknowledged(lab, one, 1_000);
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
            long after = two.received(one);
            three.daemon.signal("CONT");
            load(lab, 0, one, two);
            System.out.println("lag of " + lags[0] + " and " + lags[1] + ", " + (after - before));
            assertTrue(after - before > 500, "documents shipped: " + (after - before));
            assertTrue(
                    Math.max(lags[0], lags[1]) < LAG_LIMIT,
                    () -> "documents behind: " + lags[0] + " and " + lags[1]);
            lab.awaitEqual(one.load.sent() + two.load.sent());
            for (LinkLab.Node node : lab.nodes) {
                assertFalse(node.daemon.log().contains("clock set"), node.daemon::log);
            }
            assertVerified(three, one);
        }
    }

    /** Node 2 is the hub; 1, 2 and 3 are a chain whose ends do not know each other. */
    @Test
    void shouldApplyOnceWhatGoesThroughAHub() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 4).pair(1, 2).pair(2, 3).pair(2, 4)) {
            LinkLab.Node one = lab.node(1).loaded();
            LinkLab.Node three = lab.node(3).loaded();
            lab.start();
            load(lab, 2_000, one, three);
            long states = one.load.sent() + three.load.sent();
            lab.awaitEqual(states);
            for (LinkLab.Node node : lab.nodes) {
                assertEquals(states, node.daemon.counter("inserted"), node.name());
            }
        }
    }

    @Test
    void shouldConvergeOverUdp() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 2).carrier("udp").mesh()) {
            LinkLab.Node one = lab.node(1).loaded();
            lab.start();
            load(lab, 2_000, one);
            lab.awaitEqual(one.load.sent());
            assertVerified(lab.node(2), one);
        }
    }

    @Test
    void shouldTakeNothingFromAStranger() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 3).pair(1, 2)) {
            LinkLab.Node stranger = lab.node(3).loaded();
            stranger.knows(lab.node(1));
            LinkLab.start(lab.nodes);
            load(lab, 1_000, stranger);
            lab.await("up", () -> lab.node(1).isUp() && lab.node(2).isUp());
            lab.await("its frames", () -> lab.node(1).daemon.counter("link-strangers") > 2);
            assertFalse(stranger.isUp());
            assertEquals("not heard yet", stranger.reason(lab.node(1)));
            assertEquals(0, LinkLab.number(lab.node(1).daemon.status().get("states")));
        }
    }

    @Test
    void shouldRefuseACopyOfANodeNamingBothAddresses() throws IOException {
        try (LinkLab lab = new LinkLab(directory, 3).pair(1, 2).pair(1, 3)) {
            LinkLab.Node one = lab.node(1);
            LinkLab.Node copy = lab.node(3);
            LinkLab.start(List.of(one, lab.node(2)));
            lab.await("the first link", () -> one.isUp(lab.node(2)));
            copyData(lab.node(2), copy);
            copy.start();
            String reason = "the nodes at 10.5.0.3 and 10.5.0.2 have one id";
            lab.await("a refusal", () -> one.reason(copy).contains(reason));
            lab.await("its news", () -> copy.reason(one).contains(reason));
            assertFalse(one.isUp(copy));
            assertTrue(one.isUp(lab.node(2)), "the first one keeps its link");
        }
    }

    private static void copyData(LinkLab.Node from, LinkLab.Node to) throws IOException {
        String source = from.daemon.dataDir().toString();
        String target = to.daemon.dataDir().toString();
        Program.Result copied = Program.run("cp", "-a", source, target);
        assertEquals(0, copied.exitCode(), copied.out());
    }

    /** The two never hear each other, but nodes that hear one each do. */
    @Test
    void shouldRefuseASecondNodeOfOneNameNamingBothAddresses() throws IOException {
        assumeNft();
        try (LinkLab lab = new LinkLab(directory, 4).pair(1, 2).pair(1, 4)) {
            LinkLab.Node one = lab.node(1);
            LinkLab.Node four = lab.node(4);
            lab.node(3).callsItself("n2");
            lab.pair(3, 4);
            four.nft("add table ip late");
            four.nft("add chain ip late input { type filter hook input priority 0; }");
            four.nft("add rule ip late input ip saddr 10.5.0.1 drop");
            LinkLab.start(lab.nodes);
            lab.await("each its own n2", () -> one.isUp(lab.node(2)) && four.isUp(lab.node(3)));
            four.nft("delete table ip late");
            lab.await("a refusal", () -> isRefusing(one, four) && isRefusing(four, one));
        }
    }

    private static boolean isRefusing(LinkLab.Node node, LinkLab.Node other) {
        String why = node.reason(other);
        return !node.isUp(other)
                && why.contains("two nodes are called n2")
                && why.contains("10.5.0.2")
                && why.contains("10.5.0.3");
    }

    /** Every load runs until so much is acknowledged, and then all of it is. */
    private static void load(LinkLab lab, int least, LinkLab.Node... nodes) {
        for (LinkLab.Node node : nodes) {
            node.load.start();
        }
        for (LinkLab.Node node : nodes) {
            awaitAcknowledged(lab, node, least);
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

    private static void awaitAcknowledged(LinkLab lab, LinkLab.Node node, int least) {
        lab.await("acknowledgements", () -> node.load.acknowledged().size() >= least);
    }

    private static void assertVerified(LinkLab.Node node, LinkLab.Node other) throws IOException {
        Program.Result result = node.verify(other);
        assertEquals(0, result.exitCode(), result.out());
    }
}
