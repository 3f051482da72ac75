package org.pfsyncd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.FakeControlNode;

/** What keeps a node from being ready. */
class NodeStatusTest {
    @Test
    void shouldNotBeReadyWithAFullTable() {
        assertEquals("", withStates(999).unreadyReason());
        assertEquals(
                "the table is full: 1000 of 1000 states; raise node.capacity",
                withStates(1_000).unreadyReason());
    }

    private static NodeStatus withStates(long states) {
        NodeStatus well = FakeControlNode.status(List.of(), List.of(), false);
        return new NodeStatus(
                well.node(),
                well.version(),
                well.pid(),
                well.startedMs(),
                well.nowMs(),
                new NodeStatus.Table(states, 1_000, 0, 0, 0),
                well.journal(),
                well.groups(),
                well.peers(),
                well.syncCycleMaxNs(),
                well.clockAheadMs(),
                well.clockOffsetMs());
    }
}
