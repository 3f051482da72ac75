package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.StateRecord;

/** A node that starts with a wrong clock, out of reach of its peers, and hears firewalls. */
@Tag("system")
class WrongClockTest {
    private static final int HOUR_MS = 3_600_000;
    private static final int TOLERANCE_MS = 2_000;

    private static final long CREATED_MS = StateRecords.NOW_MS + 37_000;

    private static final int OLD = 1;
    private static final int TOUCHED = 2;
    private static final int ENDED = 3;
    private static final int NEW = 4;
    private static final int NEW_AND_ENDED = 5;

    @TempDir Path root;

    @ParameterizedTest
    @ValueSource(ints = {HOUR_MS, -HOUR_MS})
    void shouldHaveTheRightTimesOnceAPeerHasToldTheTime(int offMs) throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 1).mesh(2)) {
            ClusterLab.Node right = lab.nodes.get(0);
            ClusterLab.Node wrong = lab.nodes.get(1);
            startWrong(lab, offMs);
            lab.network.heal();
            lab.awaitUp(5_000);
            assertRight(lab, wrong);
            long offsetMs = wrong.daemon.nodeClock().offsetMs();
            assertTrue(Math.abs(offsetMs + offMs) < TOLERANCE_MS, "kept at " + offsetMs + " ms");
            lab.awaitEqual(15_000);
            assertRight(lab, right);
            assertEquals(3, right.table().size(), lab::toString);
            assertEquals(0, right.peer(0).repair().repaired(), lab::toString);
            assertEquals(0, wrong.peer(0).repair().repaired(), lab::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {HOUR_MS, -HOUR_MS})
    void shouldReplayWhatWasSetRight(int offMs) throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 2).mesh(2)) {
            ClusterLab.Node wrong = lab.nodes.get(1);
            startWrong(lab, offMs);
            lab.network.heal();
            lab.awaitUp(5_000);
            long digest = wrong.table().digest();
            wrong.stop();
            wrong.wallOffsetMs = 0;
            wrong.start();
            assertEquals(digest, wrong.daemon.replayedDigest());
            assertRight(lab, wrong);
            lab.awaitUp(5_000);
            wrong.offer(wrong.frame().insert(created(wrong.state(ENDED))));
            wrong.offer(wrong.frame().insert(created(wrong.state(NEW_AND_ENDED))));
            lab.runMs(100);
            assertEquals(3, wrong.table().size(), "the dead are remembered at the right time");
        }
    }

    @Test
    void shouldNotDeclareAStateDeadBecauseItsOwnClockIsWrong() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 3).mesh(2)) {
            ClusterLab.Node right = lab.nodes.get(0);
            startWrong(lab, HOUR_MS);
            lab.network.heal();
            lab.awaitEqual(20_000);
            right.offer(right.frame().updateCompressed(further(right, TOUCHED, 9_000)));
            lab.runMs(100);
            for (ClusterLab.Node node : lab.nodes) {
                assertEquals(9_000, read(node, TOUCHED).src().seqlo(), "node " + node.index);
                assertEquals(0, node.count(NodeCounter.LINK_DEAD_REFUSED), "node " + node.index);
            }
        }
    }

    /** Both hold three states; one dies, comes back with a wrong clock, alone, and hears more. */
    private void startWrong(ClusterLab lab, int offMs) throws IOException {
        ClusterLab.Node right = lab.nodes.get(0);
        ClusterLab.Node wrong = lab.nodes.get(1);
        lab.awaitUp(2_000);
        lab.runMs(30_000);
        for (int id : new int[] {OLD, TOUCHED, ENDED}) {
            right.offer(right.frame().insert(created(right.state(id))));
        }
        lab.await("the states", 100, () -> wrong.table().size() == 3);
        lab.runMs(3_000);
        wrong.stop();
        lab.network.partition(right.address(), wrong.address());
        wrong.wallOffsetMs = offMs;
        wrong.start();
        wrong.offer(wrong.frame().update(further(wrong, TOUCHED, 5_000)));
        wrong.offer(wrong.frame().insert(created(wrong.state(NEW))));
        wrong.offer(wrong.frame().insert(created(wrong.state(NEW_AND_ENDED))));
        wrong.offer(wrong.frame().delete(wrong.state(ENDED)));
        wrong.offer(wrong.frame().delete(wrong.state(NEW_AND_ENDED)));
        lab.runMs(4_000);
        assertEquals(3, wrong.table().size(), lab::toString);
    }

    private static StateRecord further(ClusterLab.Node node, int id, int seq) {
        StateRecord state = created(node.state(id));
        state.src().seqlo(seq);
        return state;
    }

    private static StateRecord created(StateRecord state) {
        return state.createdAtMs(CREATED_MS);
    }

    private void assertRight(ClusterLab lab, ClusterLab.Node node) {
        long nowMs = StateRecords.NOW_MS + lab.nowNs / 1_000_000;
        for (int id : new int[] {OLD, TOUCHED, NEW}) {
            assertNear(node, id, nowMs, StateRecord::createdAtMs, HOUR_MS / 2);
            assertNear(node, id, nowMs, StateRecord::lastActivityMs, 60_000);
        }
        long heard = read(node, NEW).lastActivityMs();
        assertTrue(Math.abs(heard - read(node, TOUCHED).lastActivityMs()) < TOLERANCE_MS);
        assertTrue(read(node, OLD).lastActivityMs() < heard - TOLERANCE_MS);
    }

    private static void assertNear(
            ClusterLab.Node node,
            int id,
            long nowMs,
            ToLongFunction<StateRecord> time,
            long toleranceMs) {
        long agoMs = nowMs - time.applyAsLong(read(node, id));
        assertTrue(
                agoMs >= -TOLERANCE_MS && agoMs < toleranceMs,
                "state " + id + " of node " + node.index + ": " + agoMs + " ms ago");
    }

    private static StateRecord read(ClusterLab.Node node, int id) {
        StateRecord record = StateRecords.blank();
        int realm = node.daemon.replayed().names().intern("g");
        assertTrue(
                node.table().get(realm, id, ClusterLab.CREATOR, record),
                "state " + id + " of node " + node.index);
        return record;
    }
}
