package org.pfsyncd.agent;

import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.group.PfsyncGroup;
import org.pfsyncd.journal.Cause;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalAgent;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.journal.OpenPayload;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.DutyCycleTracker;
import org.pfsyncd.metrics.LatencyLog;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.wire.ClockShift;

/**
 * Owns the table and is its only writer: frames in, judged, batched, published to the ring,
 * answered; then timers and snapshots. Every step bounded.
 *
 * <p>A received frame becomes at most one journal document, and nothing it caused leaves before
 * that document is in the ring.
 */
public final class SyncAgent implements Agent {
    private static final int FRAMES_PER_CYCLE = 64;
    private static final int TABLE_BUDGET = 256;
    private static final double OPEN_FILL_LIMIT = 0.5;
    private static final long CYCLE_THRESHOLD_NS = 1_000_000L;

    private final NanoClock clock;
    private final NodeClock nodeClock;
    private final MirrorTable table;
    private final DeltaBatch batch;
    private final JournalPublisher publisher;
    private final JournalAgent journal;
    private final Snapshotter snapshotter;
    private final SyncCommands commands;
    private final Peers peers;
    private final ClusterClock clusterClock;
    private final GroupRuntime[] groups;
    private final FrameHandler[] handlers;
    private final Bridge bridge;
    private final CounterSet<NodeCounter> counters;
    private final DutyCycleTracker tracker;
    private final LatencyLog latencies;
    private final Cause cause = new Cause();
    private final UnsafeBuffer open = new UnsafeBuffer(new byte[OpenPayload.LENGTH]);
    private long cycleNs;
    private long cycleMs;
    private boolean didWork;
    private boolean hasHole;
    private boolean isHoleUncovered;

    SyncAgent(SyncParts parts, List<GroupRuntime> groups, Snapshotter snapshotter) {
        clock = parts.clock();
        nodeClock = parts.nodeClock();
        table = parts.table();
        batch = parts.batch();
        publisher = parts.publisher();
        journal = parts.journal();
        commands = parts.commands();
        peers = parts.peers();
        clusterClock = peers.clusterClock();
        counters = parts.counters();
        latencies = parts.latencies();
        this.snapshotter = snapshotter;
        this.groups = groups.toArray(GroupRuntime[]::new);
        tracker =
                new DutyCycleTracker(
                        counters,
                        NodeCounter.SYNC_CYCLE_MAX_NS,
                        NodeCounter.SYNC_CYCLE_OVER,
                        CYCLE_THRESHOLD_NS);
        handlers = new FrameHandler[groups.size()];
        bridge = new Bridge(groups);
        for (int i = 0; i < handlers.length; i++) {
            int index = i;
            handlers[i] =
                    (buffer, offset, length, info) -> onFrame(index, buffer, offset, length, info);
        }
    }

    @Override
    public String roleName() {
        return "sync";
    }

    @Override
    public int doWork() {
        long nowNs =
                clock.nanoTime(); // the cycle's clock reading; an answer takes one more for its
        // latency
        tracker.begin(nowNs, didWork);
        cycleNs = nowNs;
        cycleMs = nodeClock.advance(nowNs);
        int workCount = commands.drain(this, nowNs, cycleMs);
        workCount += peers.poll(nowNs, cycleMs);
        cycleMs = nodeClock.time(); // a peer may have set the clock
        if (clusterClock.isShiftDue() && !moveTable()) {
            return workCount; // what came now would be moved with the rest
        }
        workCount += takeFromPeers();
        table.holdExpiry(!clusterClock.isSettled(nowNs));
        table.doubtClock(clusterClock.isDoubtful());
        for (int i = 0; i < groups.length && clusterClock.isOpenForGroups(nowNs); i++) {
            workCount += groups[i].group().poll(handlers[i], FRAMES_PER_CYCLE, nowNs, cycleMs);
        }
        bridge.work(groups);
        for (GroupRuntime runtime : groups) {
            workCount += runtime.group().work(nowNs, cycleMs, !hasHole);
        }
        workCount += table.work(cycleMs, TABLE_BUDGET);
        publishOwnWork();
        boolean isIncarnationDue = journal.wantsIncarnation() || hasHole;
        if (isIncarnationDue && publisher.fill() < OPEN_FILL_LIMIT) {
            continueInNewIncarnation();
        }
        if (!hasHole) {
            if (peers.isSnapshotAwaited()) {
                snapshotter.wantForPeer(nowNs);
            }
            workCount += snapshotter.work(nowNs, cycleMs);
            isHoleUncovered = isHoleUncovered && snapshotter.isWanted();
            workCount += peers.work();
            if (peers.takeJournalSpoilt()) {
                snapshotter.want();
            }
        }
        didWork = workCount > 0;
        return workCount;
    }

    /**
     * The clock was set: the table's times move with it, before anything is taken in that is in the
     * new time already. False while the journal has no room to say so.
     */
    private boolean moveTable() {
        if (publisher.fill() < OPEN_FILL_LIMIT) {
            continueInNewIncarnation();
        }
        return !clusterClock.isShiftDue();
    }

    private int takeFromPeers() {
        int workCount = 0;
        for (PeerRuntime peer : peers.runtimes()) {
            workCount += peers.take(peer);
            if (batch.count() > 0) {
                cause.kind = Document.KIND_BATCH;
                cause.sourceKind =
                        peer.address().family() == 4
                                ? Document.SOURCE_LINK_V4
                                : Document.SOURCE_LINK_V6;
                cause.group = peer.nameId();
                cause.address.putBytes(0, peer.address().bytes(), 0, 16);
                publishBatch(Bridge.FROM_PEER);
            }
        }
        return workCount;
    }

    private void onFrame(int index, DirectBuffer buffer, int offset, int length, FrameInfo info) {
        GroupRuntime runtime = groups[index];
        PfsyncGroup group = runtime.group();
        group.onFrame(buffer, offset, length, info);
        if (batch.count() > 0) {
            cause.kind = Document.KIND_BATCH;
            cause.sourceKind = info.af == 4 ? Document.SOURCE_GROUP_V4 : Document.SOURCE_GROUP_V6;
            cause.group = runtime.nameId();
            cause.address.putBytes(0, info.source, 0, 16);
            publishBatch(index);
        }
        bridge.passEnds(index, cycleNs);
        if (hasHole) {
            // Even a frame that changed nothing may confirm what was lost in the hole.
            group.withhold(cycleNs);
            return;
        }
        if (group.release() > 0) {
            latencies.record(clock.nanoTime() - cycleNs);
        }
    }

    /** What an operator's command changed goes into a document of its own, before anything else. */
    void publishCommand() {
        if (batch.count() > 0) {
            cause.ofNode(Document.KIND_BATCH, cycleMs, 0);
            cause.sourceKind = Document.SOURCE_OPERATOR;
            publishBatch(Bridge.FROM_NODE);
        }
    }

    /** Whether an operator's changes have to wait for the journal. */
    boolean isJournalBehind() {
        return hasHole || publisher.fill() >= OPEN_FILL_LIMIT;
    }

    private void publishOwnWork() {
        if (batch.count() > 0) {
            cause.ofNode(Document.KIND_BATCH, cycleMs, 0);
            publishBatch(Bridge.FROM_NODE);
        }
    }

    private void publishBatch(int source) {
        clusterClock.onWrite();
        cause.deltaCount = batch.count();
        cause.timeMs = cycleMs;
        // Behind a hole nothing more may be published into this incarnation: its sequence would
        // hide the hole.
        hasHole = hasHole || publisher.publish(cause, batch.buffer(), 0, batch.length()) < 0;
        if (!hasHole) {
            snapshotter.onDeltas(batch.length());
        }
        // Behind a hole too: nothing leaves while it lasts, and then what the table holds does.
        bridge.feed(batch, source, cycleNs);
        batch.reset();
    }

    /**
     * After a full disk, a write error or a full ring: what follows goes to a new incarnation,
     * which a snapshot makes whole.
     */
    private void continueInNewIncarnation() {
        ClockShift shift = clusterClock.takeShift();
        if (!shift.isNone()) {
            table.shiftTimes(shift);
        }
        long previous = publisher.incarnation();
        long published = publisher.sequence() + (hasHole ? 1 : 0);
        long recorded =
                journal.wantsIncarnation()
                        ? counters.get(NodeCounter.JOURNAL_APPENDED)
                        : publisher.sequence();
        OpenPayload payload =
                new OpenPayload(
                        previous, published, recorded, table.size(), table.digest(), shift, true);
        hasHole = false;
        isHoleUncovered = isHoleUncovered || payload.hasHole();
        publisher.startIncarnation(previous + 1);
        publishOpen(payload);
        journal.onIncarnationPublished();
    }

    /** Publishes the first document of an incarnation and asks for a snapshot. */
    void publishOpen(OpenPayload payload) {
        int length = payload.encode(open, 0);
        if (!payload.clockShift().isNone()) {
            journal.rebased(publisher.incarnation());
        }
        cause.version = payload.version();
        publisher.publish(cause.ofNode(Document.KIND_OPEN, cycleMs, 0), open, 0, length);
        cause.version = Document.COMMON_VERSION;
        batch.forgetNames();
        snapshotter.want();
    }

    /** Sets the time of what is published before the first cycle. */
    void prime(long nowNs) {
        cycleNs = nowNs;
        cycleMs = nodeClock.advance(nowNs);
    }

    Peers peers() {
        return peers;
    }

    MirrorTable table() {
        return table;
    }

    JournalPublisher publisher() {
        return publisher;
    }

    GroupRuntime[] groups() {
        return groups;
    }

    long cycleNs() {
        return cycleNs;
    }

    long cycleMs() {
        return cycleMs;
    }

    /** A clean end: everything is published, and a CLOSE says that nothing follows. */
    @Override
    public void onClose() {
        publishOwnWork();
        clusterClock.close();
        UnsafeBuffer end = new UnsafeBuffer(new byte[16]);
        end.putLong(0, table.digest(), java.nio.ByteOrder.LITTLE_ENDIAN);
        end.putLong(8, table.size(), java.nio.ByteOrder.LITTLE_ENDIAN);
        if (!hasHole) {
            publisher.publish(
                    cause.ofNode(Document.KIND_CLOSE, cycleMs, 0), end, 0, end.capacity());
        }
        abandon();
    }

    /** Closes the ports; nothing is published. */
    void abandon() {
        for (GroupRuntime runtime : groups) {
            runtime.port().close();
        }
        peers.close();
    }

    /** Whether something could not be journaled and no new incarnation has begun since. */
    boolean hasHole() {
        return hasHole;
    }

    /** Whether what a hole swallowed is in no complete snapshot yet. */
    boolean isHoleUncovered() {
        return isHoleUncovered;
    }
}
