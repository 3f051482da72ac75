package org.pfsyncd.support;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.pfsyncd.control.ControlNode;
import org.pfsyncd.control.NodeStatus;
import org.pfsyncd.control.TableEditor;
import org.pfsyncd.control.VerifyStatus;
import org.pfsyncd.wire.NameTable;

/** A node that answers what the test gave it. Asked by one connection at a time. */
public final class FakeControlNode implements ControlNode {
    /** A peer with nothing to complain of. */
    public static final NodeStatus.Peer PEER =
            new NodeStatus.Peer(
                    "fw2",
                    "192.0.2.2",
                    "raw 253",
                    true,
                    true,
                    "",
                    false,
                    3,
                    1234,
                    2,
                    45_600,
                    7,
                    99,
                    0,
                    0,
                    400_000_000L,
                    0,
                    0,
                    5,
                    false);

    private static final String KNOWN_PEER = "fw2";
    private static final long ROUND = 5;

    private final Queue<VerifyStatus> rounds = new ArrayDeque<>();
    private volatile NodeStatus status;
    private volatile boolean isLive;
    private volatile long behindMs;
    private final AtomicInteger startCount = new AtomicInteger();

    /** A node as it is when all is well, with these groups and peers. */
    public static NodeStatus status(
            List<NodeStatus.Group> groups, List<NodeStatus.Peer> peers, boolean isStopped) {
        return new NodeStatus(
                "fw1",
                "1.0",
                42,
                1_000_000,
                1_061_000,
                new NodeStatus.Table(600, 1000, 0, 0xabcL, 0),
                new NodeStatus.Journal(3, 1236, 1236, isStopped, 0, ""),
                groups,
                peers,
                5000,
                0,
                0);
    }

    /** A segment, in sync or not. */
    public static NodeStatus.Group group(boolean isInSync) {
        return new NodeStatus.Group(
                "lan",
                "listen",
                "em1",
                isInSync,
                isInSync ? "" : "silent for too long",
                1_000_000_000L,
                "idle",
                "",
                null,
                List.of());
    }

    public FakeControlNode show(NodeStatus shown) {
        status = shown;
        return this;
    }

    /** From now on its time is the machine's, less this. */
    public FakeControlNode behindBy(long ms) {
        behindMs = ms;
        isLive = true;
        return this;
    }

    /** What the polls of a round give, in this order; the last one stays. */
    public FakeControlNode verify(VerifyStatus... answers) {
        rounds.addAll(List.of(answers));
        return this;
    }

    public int startCount() {
        return startCount.get();
    }

    @Override
    public NodeStatus status() {
        NodeStatus shown = status;
        return isLive
                ? new NodeStatus(
                        shown.node(),
                        shown.version(),
                        shown.pid(),
                        shown.startedMs(),
                        System.currentTimeMillis() - behindMs,
                        shown.table(),
                        shown.journal(),
                        shown.groups(),
                        shown.peers(),
                        shown.syncCycleMaxNs(),
                        shown.clockAheadMs(),
                        shown.clockOffsetMs())
                : shown;
    }

    @Override
    public int segmentCount() {
        return 0;
    }

    @Override
    public byte[] copySegment(int segment) {
        return new byte[0];
    }

    @Override
    public NameTable names() {
        return new NameTable(1);
    }

    @Override
    public TableEditor editor() {
        throw new UnsupportedOperationException("this node has no table");
    }

    @Override
    public long nowMs() {
        return status.nowMs();
    }

    @Override
    public String requestSync(String group) {
        return group;
    }

    @Override
    public long startVerify(String peer) {
        if (!peer.equals(KNOWN_PEER)) {
            throw new IllegalArgumentException(
                    "no peer is called " + peer + "; peers here: " + KNOWN_PEER);
        }
        startCount.incrementAndGet();
        return ROUND;
    }

    @Override
    public VerifyStatus verifyStatus(String peer, long round) {
        if (round != ROUND || !peer.equals(KNOWN_PEER)) {
            throw new IllegalArgumentException("no round " + round + " with peer " + peer);
        }
        return rounds.size() > 1 ? rounds.remove() : rounds.element();
    }
}
