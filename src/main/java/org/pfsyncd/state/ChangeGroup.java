package org.pfsyncd.state;

/**
 * Whose change the deltas at hand are, and how the batch says so: {@code src/docs/state.md} 9.8. A
 * reused part of a {@link Join}.
 */
final class ChangeGroup {
    private final DeltaBatch batch;
    private long causeNodeId;
    private long causeIncarnation;
    private long causeSequence;
    private boolean isMarked;
    long nodeId;
    long incarnation;
    long sequence;

    /** All of it is in the table, by another path. */
    boolean isKnown;

    ChangeGroup(DeltaBatch batch) {
        this.batch = batch;
    }

    void enter(long atNodeId, long atIncarnation, long atSequence) {
        nodeId = atNodeId;
        incarnation = atIncarnation;
        sequence = atSequence;
        causeNodeId = 0;
        isMarked = false;
    }

    /** Its writer says what it was joining when it came to this change; all 0 if nothing. */
    void cause(long causedById, long atIncarnation, long atSequence) {
        causeNodeId = causedById;
        causeIncarnation = atIncarnation;
        causeSequence = atSequence;
    }

    /** What is appended next is this change, or a part of it. */
    void mark(boolean isPart) {
        if (!isMarked) {
            isMarked = true;
            int kind = isPart ? DeltaType.OWN : DeltaType.ORIGIN;
            batch.appendPosition(kind, nodeId, incarnation, sequence);
        }
    }

    /** What is appended next is something this table says of its own, and known to nobody yet. */
    void contradict() {
        batch.appendPosition(DeltaType.OWN, 0, 0, 0);
        isMarked = false;
    }

    /**
     * What is appended next changed nothing here, and others must hear it all the same. It keeps
     * the numbers it came with on every path, and ends where they are known.
     *
     * @return false if it ends here.
     */
    boolean passOn(Knowledge knowledge, boolean isPart) {
        if (causeNodeId == 0) {
            mark(isPart);
            return true;
        }
        if (knowledge.covers(causeNodeId, causeIncarnation, causeSequence)) {
            return false;
        }
        batch.appendPosition(DeltaType.OWN, causeNodeId, causeIncarnation, causeSequence);
        isMarked = false;
        return true;
    }

    /** The batch is another from here on. */
    void unmark() {
        isMarked = false;
    }
}
