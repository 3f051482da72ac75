package org.pfsyncd.sim;

import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.pfsyncd.agent.DaemonView;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.wire.StateRecord;

/**
 * What was seen in one node's table at the last look, to tell whether anything in it went backward
 * or got lost.
 */
final class TableImage {
    private final SimNode node;
    private Long2ObjectHashMap<Sides> seen = new Long2ObjectHashMap<>();
    private Long2ObjectHashMap<Sides> previous = new Long2ObjectHashMap<>();
    private long digest;
    private long size;
    private long swept;
    private boolean hasSwept;

    private record Sides(
            int srcState,
            long srcSeq,
            int dstState,
            long dstSeq,
            long expiresAtMs,
            long insertOrdinal) {
        static Sides of(StateRecord record) {
            return new Sides(
                    record.src().state(),
                    record.src().seqlo(),
                    record.dst().state(),
                    record.dst().seqlo(),
                    record.expiresAtMs(),
                    record.insertOrdinal());
        }

        boolean isBehind(Sides earlier) {
            return isBehind(srcState, srcSeq, earlier.srcState, earlier.srcSeq)
                    || isBehind(dstState, dstSeq, earlier.dstState, earlier.dstSeq);
        }

        private static boolean isBehind(int state, long seq, int earlier, long earlierSeq) {
            return state != earlier ? state < earlier : (int) (seq - earlierSeq) < 0;
        }
    }

    /** Called for each record of a sample. */
    interface Look {
        void at(StateRecord record);
    }

    TableImage(SimNode node) {
        this.node = node;
    }

    /** All records of a table. */
    static void forEach(MirrorTable table, Look look) {
        for (int segment = 0; segment < table.segmentCount(); segment++) {
            table.readSegment(segment, look::at);
        }
    }

    /** Looks again: nothing that is still there may have gone backward. */
    void sample(DaemonView view) {
        long sweptNow = view.counters().get(NodeCounter.SWEPT);
        hasSwept = sweptNow != swept;
        swept = sweptNow;
        Long2ObjectHashMap<Sides> now = new Long2ObjectHashMap<>();
        forEach(
                view.table(),
                record -> {
                    long rule = Flows.key(record);
                    Sides sides = Sides.of(record);
                    Sides earlier = seen.get(rule);
                    if (earlier != null && sides.isBehind(earlier) && !isBack(earlier, sides)) {
                        throw new Violation(
                                Invariant.NO_REGRESSION,
                                node.name()
                                        + String.format(
                                                ": state %016x/%08x",
                                                record.id(), record.creatorId())
                                        + " went from "
                                        + earlier
                                        + " to "
                                        + sides);
                    }
                    now.put(rule, sides);
                });
        previous = seen;
        seen = now;
    }

    /** Swept since the last look, then told again by somebody who had an older copy. */
    private boolean isBack(Sides earlier, Sides sides) {
        return hasSwept && earlier.insertOrdinal != sides.insertOrdinal;
    }

    /** Whether the node concluded from silence, since the last look, that states ended. */
    boolean hasSwept() {
        return hasSwept;
    }

    /**
     * Whether a state was there at the last look but one, not near its end, and is not any more.
     */
    boolean hasVanished(long rule, long nowMs) {
        Sides before = previous.get(rule);
        return before != null && before.expiresAtMs > nowMs && !seen.containsKey(rule);
    }

    /** Power was lost, or the disk was full: nothing is promised. */
    void forget() {
        seen = new Long2ObjectHashMap<>();
        previous = seen;
        swept = 0;
    }

    boolean holds(long rule) {
        return seen.containsKey(rule);
    }

    /** Whether a state was there and not near its end. */
    boolean livesLonger(long rule, long nowMs) {
        Sides sides = seen.get(rule);
        return sides != null && sides.expiresAtMs > nowMs;
    }

    /** Just before a kill, behind a sample. */
    void noteForRestart(DaemonView view) {
        digest = view.table().digest();
        size = view.table().size();
    }

    /** Just after a restart: the table is as it was at the kill, its times included. */
    void requireAllIn(DaemonView view) {
        Long2ObjectHashMap<Sides> before = seen;
        swept = view.counters().get(NodeCounter.SWEPT);
        sample(view);
        List<Long> missing = new ArrayList<>();
        before.forEachLong(
                (rule, sides) -> {
                    if (!seen.containsKey(rule)) {
                        missing.add(rule);
                    }
                });
        boolean isEqual = view.replayedDigest() == digest;
        if (!missing.isEmpty() || view.table().size() != size || !isEqual) {
            throw new Violation(
                    Invariant.NOTHING_LOST,
                    node.name()
                            + " had "
                            + size
                            + " states when it was killed and has "
                            + view.table().size()
                            + " after the restart, digest "
                            + (isEqual ? "equal" : "different")
                            + ", rules missing "
                            + missing
                            + ", losses \""
                            + view.lossReport()
                            + "\"");
        }
        if (!view.lossReport().isEmpty() && !node.mayHaveLosses()) {
            throw new Violation(
                    Invariant.NOTHING_LOST,
                    node.name() + " reports losses after kill -9: " + view.lossReport());
        }
    }
}
