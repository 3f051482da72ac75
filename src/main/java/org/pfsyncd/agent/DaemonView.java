package org.pfsyncd.agent;

import org.pfsyncd.journal.JournalStore;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.wire.NameTable;

/**
 * A stepped daemon from within, for simulations; read-only. Used by the thread that steps it,
 * between steps.
 */
public final class DaemonView {
    private final Daemon daemon;

    DaemonView(Daemon daemon) {
        this.daemon = daemon;
    }

    public MirrorTable table() {
        return daemon.syncAgent().table();
    }

    /** Ids in the table's records. */
    public NameTable names() {
        return daemon.replayed().names();
    }

    /** Counters of the node. */
    public CounterSet<NodeCounter> counters() {
        return daemon.counters();
    }

    public int peerCount() {
        return daemon.peers().runtimes().length;
    }

    /** Counters of one conversation. */
    public CounterSet<PeerCounter> peerCounters(int peer) {
        return runtime(peer).link().counters();
    }

    /** Digest of the table that the start rebuilt from journal and ring. */
    public long replayedDigest() {
        return daemon.replayedDigest();
    }

    /** What the start's replay found missing; empty for nothing. */
    public String lossReport() {
        return daemon.replayed().lossReport();
    }

    /** The node's epoch clock, milliseconds. */
    public long timeMs() {
        return daemon.nodeClock().time();
    }

    public long incarnation() {
        return daemon.syncAgent().publisher().incarnation();
    }

    /** Sequence of the newest document published. */
    public long sequence() {
        return daemon.syncAgent().publisher().sequence();
    }

    /** Share of the journal ring in use, 0 to 1. */
    public double ringFill() {
        return daemon.syncAgent().publisher().fill();
    }

    /** The journal as the node's own writer sees it. */
    public JournalStore store() {
        return daemon.store();
    }

    /** Whether everything in the table is in journal or ring, so that a replay must come to it. */
    public boolean isJournaled() {
        return !daemon.syncAgent().hasHole()
                && !daemon.syncAgent().isHoleUncovered()
                && counters().get(NodeCounter.JOURNAL_STOPPED) == 0
                && !daemon.peers().clusterClock().isShiftDue();
    }

    /** Whether every conversation is up and has proven the tables equal. */
    public boolean isProven(long nowNs) {
        for (PeerRuntime peer : daemon.peers().runtimes()) {
            if (!peer.link().isUp() || !peer.equality().isProven(nowNs)) {
                return false;
            }
        }
        return true;
    }

    /** States put right because digests differed. */
    public long repaired() {
        long repaired = 0;
        for (PeerRuntime peer : daemon.peers().runtimes()) {
            repaired += peer.repair().repaired();
        }
        return repaired;
    }

    /** The first half of {@link Daemon#step}: what it published is in the ring only. */
    public int stepSync() {
        return daemon.syncAgent().doWork();
    }

    /** The other half. */
    public int stepBehindSync() {
        return daemon.stepBehindSync();
    }

    /** The conversations in a few words each. */
    public String describe(long nowNs) {
        StringBuilder out = new StringBuilder();
        for (PeerRuntime peer : daemon.peers().runtimes()) {
            out.append(" [")
                    .append(peer.link().settings().name())
                    .append(peer.link().isUp() ? " up" : " down: " + peer.link().reason())
                    .append(" differing=")
                    .append(peer.equality().differing())
                    .append(peer.equality().isListing() ? " listing" : "")
                    .append(" unproven=")
                    .append(peer.equality().unprovenSince(nowNs - Equality.PROOF_NS))
                    .append(" repaired=")
                    .append(peer.repair().repaired())
                    .append(']');
        }
        return out.toString();
    }

    private PeerRuntime runtime(int peer) {
        return daemon.peers().runtimes()[peer];
    }
}
