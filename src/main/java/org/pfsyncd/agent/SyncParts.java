package org.pfsyncd.agent;

import org.agrona.concurrent.NanoClock;
import org.pfsyncd.journal.JournalAgent;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.LatencyLog;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;

/**
 * What the sync agent works with, gathered by the daemon.
 *
 * @param clock monotonic.
 * @param nodeClock epoch time of the node.
 * @param table owned by the agent.
 * @param batch that the table fills.
 * @param publisher owned by the agent.
 * @param journal tells when a new incarnation may begin.
 * @param commands of other threads.
 * @param peers conversations with other nodes.
 * @param counters of the node.
 * @param latencies frame to answer.
 */
record SyncParts(
        NanoClock clock,
        NodeClock nodeClock,
        MirrorTable table,
        DeltaBatch batch,
        JournalPublisher publisher,
        JournalAgent journal,
        SyncCommands commands,
        Peers peers,
        CounterSet<NodeCounter> counters,
        LatencyLog latencies) {}
