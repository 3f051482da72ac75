package org.pfsyncd.agent;

import java.util.List;
import org.agrona.DirectBuffer;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.journal.JournalStore;
import org.pfsyncd.link.Hello;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.LinkNode;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.Knowledge;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.Recount;

/**
 * All conversations of a node, on the sync agent's side: frames in, entries into the table,
 * acknowledgements out. Owned by the sync agent.
 */
final class Peers implements LinkNode {
    /** Causes of log lines. */
    static final int LOG_CAUSES = 6;

    private static final int FRAMES_PER_CYCLE = 64;
    private static final int DRAIN_BUDGET = 64 * 1024;
    private static final long CHECK_NS = 1_000_000_000L;
    private static final int CAUSE_UP = 0;
    private static final int CAUSE_DOWN = 1;
    private static final int CAUSE_REPAIR = 2;
    private static final int CAUSE_REFUSED = 3;
    private static final int CAUSE_CLOCK = 4;
    private static final int CAUSE_RECOUNT = 5;

    private final Identity identity;
    private final NodeClock clock;
    private final ClusterClock clusterClock;
    private final JournalPublisher publisher;
    private final JournalStore store;
    private final DeltaBatch batch;
    private final Knowledge knowledge;
    private final Recount recount;
    private long recounts;
    private long wrongSums;
    private final CounterSet<NodeCounter> counters;
    private final EventLog log;
    private final FrameHandler handler = this::onFrame;
    private PeerRuntime[] peers = {};
    private PeerPort[] ports = {};
    private long nowNs;
    private long nowMs;
    private long checkedNs;
    private boolean hasChecked;
    private boolean isJournalSpoilt;

    /**
     * Who this node is among others.
     *
     * @param nodeId random, of the data directory.
     * @param name {@code node.name}.
     */
    record Identity(long nodeId, String name) {}

    /** What the node's conversations work with. */
    record Parts(
            NodeClock clock,
            ClusterClock clusterClock,
            JournalPublisher publisher,
            JournalStore store,
            DeltaBatch batch,
            MirrorTable table,
            CounterSet<NodeCounter> counters,
            EventLog log) {}

    Peers(Identity identity, Parts parts) {
        this.identity = identity;
        clock = parts.clock();
        clusterClock = parts.clusterClock();
        publisher = parts.publisher();
        store = parts.store();
        batch = parts.batch();
        knowledge = parts.table().knowledge();
        recount = parts.table().recount();
        counters = parts.counters();
        log = parts.log();
    }

    /** Wiring: the conversations need this node, and this node the conversations. */
    void wire(List<PeerRuntime> runtimes, List<PeerPort> peerPorts) {
        peers = runtimes.toArray(PeerRuntime[]::new);
        ports = peerPorts.toArray(PeerPort[]::new);
    }

    CounterSet<NodeCounter> counters() {
        return counters;
    }

    PeerRuntime[] runtimes() {
        return peers;
    }

    ClusterClock clusterClock() {
        return clusterClock;
    }

    /** Receives frames; entries wait in the windows until {@link #take}. */
    int poll(long cycleNs, long cycleMs) {
        clusterClock.onCycle(cycleNs);
        nowNs = cycleNs;
        nowMs = cycleMs;
        int workCount = 0;
        for (PeerPort port : ports) {
            workCount += port.poll(handler, FRAMES_PER_CYCLE);
        }
        return workCount;
    }

    private void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        for (PeerRuntime peer : peers) {
            if (peer.address().is(info.source, info.af)) {
                if (PeerLink.isFrame(buffer, offset, length)) {
                    peer.link().onFrame(buffer, offset, length, nowNs);
                } else {
                    counters.increment(NodeCounter.LINK_HEADERS);
                }
                return;
            }
        }
        counters.increment(NodeCounter.LINK_STRANGERS);
    }

    /**
     * Takes in what has arrived from one peer, a bounded amount; the batch then holds what changed.
     *
     * @return bytes taken.
     */
    int take(PeerRuntime peer) {
        peer.taker().now(nowMs);
        int taken = peer.link().drain(DRAIN_BUDGET);
        if (taken > 0) {
            peer.taker().appendPosition(batch.count() > 0, nowMs);
        }
        return taken;
    }

    /** Whether a peer waits for a snapshot that nobody has begun. */
    boolean isSnapshotAwaited() {
        for (PeerRuntime peer : peers) {
            if (peer.link().mailbox().isSnapshotAwaited()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a record was found that the journal does not have: true once. */
    boolean takeJournalSpoilt() {
        boolean isSpoilt = isJournalSpoilt;
        isJournalSpoilt = false;
        return isSpoilt;
    }

    /** Timers, acknowledgements, digests, listings; after everything taken is published. */
    int work() {
        int workCount = 0;
        for (PeerRuntime peer : peers) {
            workCount += peer.link().work(nowNs);
            if (!peer.taker().isSnapshotRunning()) {
                workCount += peer.equality().work(nowNs);
            }
            workCount += peer.listing().work();
        }
        workCount += recount();
        if (!hasChecked || nowNs - checkedNs >= CHECK_NS) {
            hasChecked = true;
            checkedNs = nowNs;
            for (PeerPort port : ports) {
                port.checkInterface();
            }
        }
        return workCount;
    }

    private int recount() {
        int used = recount.slice(nowMs);
        if (recount.ended() == recounts) {
            return used;
        }
        long wrong = recount.wrong() - wrongSums;
        counters.add(NodeCounter.RECOUNTS, recount.ended() - recounts);
        counters.add(NodeCounter.RECOUNT_WRONG, wrong);
        recounts = recount.ended();
        wrongSums = recount.wrong();
        if (wrong > 0) {
            isJournalSpoilt = true;
            if (log.isDue(CAUSE_RECOUNT, nowNs)) {
                log.warn(
                        CAUSE_RECOUNT,
                        nowNs,
                        "digest was not that of the records wrong="
                                + wrong
                                + " of="
                                + MirrorTable.DIGEST_BUCKETS
                                + " action=\"counted again; test this machine's memory\"");
            }
        }
        return used;
    }

    @Override
    public boolean onEntry(
            PeerLink link, Entry entry, DirectBuffer content, int offset, int length) {
        PeerRuntime peer = runtime(link);
        if (entry.type != LinkEntry.STATES) {
            return peer.onEntry(entry, content, offset, length, nowNs);
        }
        int from = batch.length();
        int changed = peer.repair().onStates(content, offset, length, nowMs);
        if (changed > 0 && log.isDue(CAUSE_REPAIR, nowNs)) {
            log.warn(
                    CAUSE_REPAIR,
                    nowNs,
                    "link repaired peer="
                            + link.settings().name()
                            + " states="
                            + changed
                            + " ids=\""
                            + peer.repair().ids(from)
                            + "\" cause=digests-differed");
        }
        return true;
    }

    private PeerRuntime runtime(PeerLink link) {
        for (PeerRuntime peer : peers) {
            if (peer.link() == link) {
                return peer;
            }
        }
        throw new IllegalStateException("a conversation without a peer");
    }

    @Override
    public void onBegin(PeerLink link) {
        runtime(link).begin(nowNs);
        for (int i = 0; i < peers.length; i++) {
            knowledge.keep(i, peers[i].link().peerId());
        }
        if (log.isDue(CAUSE_UP, nowNs)) {
            log.info(
                    "link up peer="
                            + link.settings().name()
                            + " address="
                            + link.settings().address()
                            + " node_id="
                            + String.format("%016x", link.peerId())
                            + " have="
                            + knownIncarnation(link.peerId())
                            + "/"
                            + knownSequence(link.peerId()));
        }
    }

    @Override
    public void onEnd(PeerLink link) {
        runtime(link).begin(nowNs);
        if (log.isDue(CAUSE_DOWN, nowNs)) {
            log.warn(
                    CAUSE_DOWN,
                    nowNs,
                    "link down peer="
                            + link.settings().name()
                            + " address="
                            + link.settings().address()
                            + " reason=\""
                            + link.reason()
                            + "\" action=greeting-until-it-answers");
        }
    }

    @Override
    public void onClock(PeerLink link, long peerNowMs, long peerClockAgeMs, boolean isGreeting) {
        long movedMs = clusterClock.onPeer(peerNowMs, peerClockAgeMs, nowNs, isGreeting);
        if (movedMs != 0) {
            clusterClock.dueIn(publisher.incarnation() + 1);
        }
        if (clusterClock.isShiftDue()) {
            // A sender that begins before the table has moved must not ship what lies before.
            store.rebased(publisher.incarnation() + 1);
        }
        if (movedMs != 0 && log.isDue(CAUSE_CLOCK, nowNs)) {
            log.warn(
                    CAUSE_CLOCK,
                    nowNs,
                    "clock set by peer="
                            + link.settings().name()
                            + " ms="
                            + movedMs
                            + " reason=its-clock-has-run-longer"
                            + " action=check-the-time-service-of-both");
        }
    }

    @Override
    public String refusal(PeerLink link, Hello hello) {
        String why = Roster.conflict(this, peers, link, hello);
        if (why != null && log.isDue(CAUSE_REFUSED, nowNs)) {
            log.warn(CAUSE_REFUSED, nowNs, "link refused reason=\"" + why + "\"");
        }
        return why;
    }

    @Override
    public void onMembers(PeerLink link, Hello hello) {
        String found = Roster.conflictAmongMembers(this, peers, link, hello);
        runtime(link).conflict().set(found);
        if (found != null && log.isDue(CAUSE_REFUSED, nowNs)) {
            log.warn(
                    CAUSE_REFUSED,
                    nowNs,
                    "link conflict told_by="
                            + link.settings().name()
                            + " reason=\""
                            + found
                            + "\"");
        }
    }

    @Override
    public int members(Hello.Member[] into) {
        int count = 0;
        for (PeerRuntime peer : peers) {
            if (peer.link().isUp() && count < into.length) {
                into[count].nodeId = peer.link().peerId();
                into[count].name = peer.link().settings().name();
                into[count++].address = peer.link().settings().address();
            }
        }
        return count;
    }

    @Override
    public long nodeId() {
        return identity.nodeId();
    }

    @Override
    public String name() {
        return identity.name();
    }

    @Override
    public long nowMs() {
        return clock.time();
    }

    @Override
    public long clockAgeMs() {
        return clusterClock.ageMs();
    }

    @Override
    public long newestIncarnation() {
        return publisher.incarnation();
    }

    @Override
    public long newestSequence() {
        return publisher.sequence();
    }

    @Override
    public long knownIncarnation(long ofNode) {
        int i = knowledge.indexOf(ofNode);
        return i < 0 ? 0 : knowledge.incarnation(i);
    }

    @Override
    public long knownSequence(long ofNode) {
        int i = knowledge.indexOf(ofNode);
        return i < 0 ? 0 : knowledge.sequence(i);
    }

    void close() {
        for (PeerPort port : ports) {
            port.close();
        }
    }
}
