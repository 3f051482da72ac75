package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.control.LoadOutcome;
import org.pfsyncd.control.TableEditor;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** An operator's loads and clears among nodes that ship each other their journals. */
@Tag("system")
@Tag("apart")
class OperatorEditsTest {
    private static final int STATES = 40;

    @TempDir Path root;

    private final NameTable names = new NameTable();

    @Test
    void shouldClearOnEveryNodeAndNotComeBackByRepair() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 11).mesh(2)) {
            fill(lab);
            ClusterLab.Node a = lab.nodes.get(0);
            int bound = a.group.sent.size();
            assertEquals(STATES, clearAll(lab, a));
            lab.await("the clear on b", 1_000, () -> lab.nodes.get(1).table().size() == 0);
            lab.awaitEqual(15_000);
            lab.runMs(70_000); // beyond every tombstone, through many comparisons
            for (ClusterLab.Node node : lab.nodes) {
                assertEquals(0, node.table().size(), lab::toString);
                assertEquals(0, node.peer(0).repair().repaired(), lab::toString);
            }
            assertEquals(STATES, a.count(NodeCounter.OPERATOR_CLEARED));
            assertOnlyRequests(a, bound);
        }
    }

    @Test
    void shouldLetAFirewallBringBackWhatItStillHas() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 12).mesh(2)) {
            fill(lab);
            ClusterLab.Node a = lab.nodes.get(0);
            clearAll(lab, a);
            lab.await("the clear on b", 1_000, () -> lab.nodes.get(1).table().size() == 0);
            lab.runMs(61_000);
            a.insert(1);
            lab.await("the state", 200, () -> lab.nodes.get(1).table().size() == 1);
            lab.awaitEqual(15_000);
        }
    }

    @Test
    void shouldClearOnANodeThatWasDownMeanwhile() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 13).mesh(2)) {
            fill(lab);
            ClusterLab.Node b = lab.nodes.get(1);
            b.stop();
            clearAll(lab, lab.nodes.get(0));
            lab.runMs(70_000);
            b.start();
            lab.await("the link", 15_000, b::isUp);
            lab.awaitEqual(15_000);
            assertEquals(0, b.table().size());
        }
    }

    @Test
    void shouldSpreadALoadUnconfirmedAndAReseedConfirmed() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 14).mesh(2)) {
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            ClusterLab.Node a = lab.nodes.get(0);
            ClusterLab.Node b = lab.nodes.get(1);
            load(lab, a, false, LoadOutcome.INSERTED);
            lab.await("the states", 1_000, () -> b.table().size() == STATES);
            lab.awaitEqual(15_000);
            lab.runMs(5_000);
            assertEquals(STATES, a.table().unconfirmed());
            assertEquals(STATES, b.table().unconfirmed(), "nobody living has vouched");
            load(lab, a, false, LoadOutcome.KNOWN);
            load(lab, a, true, LoadOutcome.MERGED);
            lab.await("confirmation", 1_000, () -> b.table().unconfirmed() == 0);
            assertEquals(0, a.table().unconfirmed());
            lab.awaitEqual(15_000);
            assertEquals(2L * STATES, a.count(NodeCounter.OPERATOR_LOADED));
            a.insert(1);
            lab.runMs(100);
            assertEquals(STATES, a.table().size(), "a firewall's own copy is the same state");
        }
    }

    @Test
    void shouldKeepJournalAndMirrorEqual() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 15).mesh(2)) {
            lab.awaitUp(2_000);
            lab.runMs(1_000);
            ClusterLab.Node a = lab.nodes.get(0);
            load(lab, a, false, LoadOutcome.INSERTED);
            a.insert(1_001, 1_002);
            lab.runMs(100);
            List<StateRecord> half = records(a).subList(0, STATES / 2);
            stepped(lab, () -> a.daemon.control().editor().remove(half));
            lab.runMs(100);
            long digest = a.table().digest();
            long size = a.table().size();
            assertEquals(STATES / 2 + 2, size);
            a.daemon.abandon();
            a.daemon = null;
            a.start();
            assertEquals(digest, a.daemon.replayedDigest());
            assertEquals(size, a.table().size());
        }
    }

    private void fill(ClusterLab lab) {
        lab.awaitUp(2_000);
        lab.runMs(1_000);
        for (int i = 1; i <= STATES; i++) {
            lab.nodes.get(i % 2).insert(i);
        }
        lab.await(
                "the states",
                1_000,
                () -> lab.nodes.stream().allMatch(n -> n.table().size() == STATES));
        lab.awaitEqual(15_000);
    }

    private int clearAll(ClusterLab lab, ClusterLab.Node node) {
        return stepped(lab, () -> node.daemon.control().editor().remove(records(node)));
    }

    private void load(
            ClusterLab lab, ClusterLab.Node node, boolean isReseed, LoadOutcome expected) {
        List<StateRecord> records = new ArrayList<>();
        StateRecords states = new StateRecords(names, StateRecords.NOW_MS);
        for (int i = 1; i <= STATES; i++) {
            StateRecord record =
                    states.tcp(i, ClusterLab.CREATOR)
                            .wire("10.1." + (i >> 14) + ".1:" + (1 + i % 16_384), "10.2.0.10:80")
                            .record();
            record.realm(names.intern("g")).marks(StateRecord.MARK_CONFIRMED);
            record.createdAtMs(lab.wallMs).expiresAtMs(lab.wallMs + 86_400_000);
            record.lastActivityMs(lab.wallMs);
            records.add(record);
        }
        TableEditor.Batch batch =
                new TableEditor.Batch(records, names, "", lab.wallMs, isReseed, false);
        List<LoadOutcome> outcomes = stepped(lab, () -> node.daemon.control().editor().load(batch));
        assertEquals(java.util.Collections.nCopies(STATES, expected), outcomes);
    }

    private static List<StateRecord> records(ClusterLab.Node node) {
        List<StateRecord> records = new ArrayList<>();
        for (int i = 0; i < node.table().segmentCount(); i++) {
            node.table()
                    .readSegment(
                            i,
                            record ->
                                    records.add(
                                            new StateRecord()
                                                    .wrap(
                                                            new UnsafeBuffer(
                                                                    new byte[StateRecord.LENGTH]),
                                                            0)
                                                    .copyFrom(record)));
        }
        return records;
    }

    /** Runs a command on another thread while this one steps the nodes. */
    private static <T> T stepped(ClusterLab lab, Callable<T> command) {
        CompletableFuture<T> answer =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return command.call();
                            } catch (Exception e) {
                                throw new CompletionException(e);
                            }
                        });
        lab.await("the answer", 60_000, answer::isDone);
        return answer.join();
    }

    /** The segment hears nothing of a clear: bulk requests and acknowledgements only. */
    private static void assertOnlyRequests(ClusterLab.Node node, int from) {
        for (byte[] frame : node.group.sent.subList(from, node.group.sent.size())) {
            int action = frame[20] & 0xFF;
            assertTrue(action == 2 || action == 5, "sent action " + action);
        }
    }
}
