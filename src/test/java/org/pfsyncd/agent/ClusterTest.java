package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.control.VerifyStatus;
import org.pfsyncd.metrics.NodeCounter;

/** Whole daemons that ship each other their journals. */
@Tag("system")
class ClusterTest {
    @TempDir Path root;

    @Test
    void shouldHoldOnTwoNodesWhatOneAccepts() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 1).mesh(2)) {
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            lab.nodes.get(0).insert(1, 2, 3);
            lab.await("the states", 100, () -> lab.nodes.get(1).table().size() == 3);
            lab.awaitEqual(15_000);
            assertEquals(0, lab.nodes.get(1).peer(0).repair().repaired(), lab::toString);
        }
    }

    @Test
    void shouldApplyOnceWhatComesByTwoPaths() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 2).mesh(3)) {
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            lab.nodes.get(0).insert(1, 2, 3);
            lab.nodes.get(1).insert(4, 5);
            lab.nodes.get(2).insert(6);
            lab.await(
                    "the states",
                    100,
                    () -> lab.nodes.stream().allMatch(n -> n.table().size() == 6));
            lab.awaitEqual(15_000);
            for (ClusterLab.Node node : lab.nodes) {
                assertEquals(6, node.table().size());
                assertEquals(6, node.count(NodeCounter.INSERTED));
            }
        }
    }

    @Test
    void shouldConfirmAfterARestartWhatAPeerHasConfirmed() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 4).mesh(3)) {
            ClusterLab.Node node = lab.nodes.get(1);
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            lab.nodes.get(0).insert(1, 2, 3);
            lab.await("the states", 100, () -> node.table().size() == 3);
            lab.runMs(100);
            node.stop();
            node.start();
            assertEquals(3, node.table().unconfirmed());
            lab.await("confirmation", 15_000, () -> node.table().unconfirmed() == 0);
        }
    }

    @Test
    void shouldConfirmNothingThatNobodyHasConfirmedSince() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 5).mesh(2)) {
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            lab.nodes.get(0).insert(1, 2, 3);
            lab.await("the states", 100, () -> lab.nodes.get(1).table().size() == 3);
            lab.runMs(100);
            lab.nodes.get(0).stop();
            lab.nodes.get(1).stop();
            lab.nodes.get(0).start();
            lab.nodes.get(1).start();
            lab.awaitEqual(15_000);
            lab.runMs(2_000);
            for (ClusterLab.Node node : lab.nodes) {
                assertEquals(3, node.table().unconfirmed(), "node " + node.index);
            }
        }
    }

    @Test
    void shouldTellHowFarAPeerThatIsDownIsBehind() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 6).mesh(2)) {
            ClusterLab.Node node = lab.nodes.get(0);
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            node.insert(1);
            lab.awaitEqual(15_000);
            lab.nodes.get(1).stop();
            lab.runMs(3_500);
            assertFalse(node.isUp());
            long before = PeerStatuses.of(node.daemon.syncAgent()).get(0).lagMessages();
            node.insert(2, 3, 4);
            lab.runMs(10);
            long lag = PeerStatuses.of(node.daemon.syncAgent()).get(0).lagMessages();
            assertEquals(before + 3, lag);
        }
    }

    @Test
    void shouldNotCallEqualWhatItsOwnRecordsAreNot() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 8).mesh(2)) {
            ClusterLab.Node node = lab.nodes.get(0);
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            node.insert(1, 2, 3);
            lab.awaitEqual(15_000);
            assertTrue(verify(lab, node).isEqual(), lab::toString);
            assertEquals(0, node.count(NodeCounter.RECOUNT_WRONG));

            spoilOne(node);
            VerifyStatus status = verify(lab, node);
            assertFalse(status.isEqual(), "a record is not what was counted");
            assertEquals(1, status.bucketsDiffering());
            assertEquals(1, node.count(NodeCounter.RECOUNT_WRONG));
            ClusterLab.Node other = lab.nodes.get(1);
            lab.await("a repair", 15_000, () -> other.peer(0).repair().repaired() > 0);
            lab.awaitEqual(15_000);
            assertTrue(verify(lab, node).isEqual(), lab::toString);
            assertEquals(3, node.count(NodeCounter.RECOUNTS));
        }
    }

    private static VerifyStatus verify(ClusterLab lab, ClusterLab.Node node) throws IOException {
        SyncAgent agent = node.daemon.syncAgent();
        String peer = node.peer(0).link().settings().name();
        long round = PeerStatuses.startVerify(agent, peer);
        lab.await("the result", 15_000, () -> PeerStatuses.verify(agent, peer, round).isDone());
        return PeerStatuses.verify(agent, peer, round);
    }

    /** A later end of one state's life, as bad memory makes it. */
    private static void spoilOne(ClusterLab.Node node) {
        boolean[] isSpoilt = new boolean[1];
        for (int segment = 0; segment < node.table().segmentCount(); segment++) {
            node.table()
                    .readSegment(
                            segment,
                            record -> {
                                if (!isSpoilt[0]) {
                                    record.expiresAtMs(record.expiresAtMs() + 1);
                                }
                                isSpoilt[0] = true;
                            });
        }
    }

    @Test
    void shouldWriteDigestsThatAnOlderVersionReads() {
        assertEquals(8_216, Equality.contentLength(1));
        assertEquals(8_344, Equality.contentLength(2));
    }

    @Test
    void shouldWriteNoSlicesOfAnEmptyTableAndReplayWhatCameMeanwhile() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 7)) {
            ClusterLab.Node node = lab.add().start();
            lab.step();
            node.insert(1, 2, 3);
            lab.await("the snapshot", 100, () -> node.count(NodeCounter.SNAPSHOTS) == 1);
            lab.runMs(10);
            assertEquals(3, node.table().size());
            assertEquals(0, node.count(NodeCounter.SNAPSHOT_SLICES));
            long digest = node.table().digest();
            node.stop();
            node.start();
            assertEquals(digest, node.table().digest());
            lab.await("another snapshot", 100, () -> node.count(NodeCounter.SNAPSHOTS) == 1);
            assertTrue(node.count(NodeCounter.SNAPSHOT_SLICES) > 0);
        }
    }

    @Test
    void shouldTellOfANodeWithOurNeighboursIdThatOnlyAnotherHears() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 3)) {
            lab.add(1, 2).start();
            lab.add(0).start();
            lab.add(0, 3).start();
            lab.runMs(1_500);
            lab.nodes.get(1).stop();
            Files.createDirectories(root.resolve("data3"));
            Files.copy(root.resolve("data1/node-id"), root.resolve("data3/node-id"));
            lab.nodes.get(1).start();
            lab.add(2).start();
            lab.await(
                    "the conflict",
                    30_000,
                    () -> lab.nodes.get(0).peer(1).conflict().reason() != null);
            String reason = lab.nodes.get(0).peer(1).conflict().reason();
            assertTrue(reason.contains("10.9.0.4") && reason.contains("10.9.0.2"), reason);
            assertTrue(reason.contains("one id"), reason);
        }
    }
}
