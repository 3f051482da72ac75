package org.pfsyncd.state;

/**
 * How far this table contains what other nodes' tables contained: node id to (incarnation,
 * sequence). Grows with the journal's POSITION deltas and is rebuilt from them. Owned by the sync
 * agent, or by the one thread that replays; nothing is allocated after construction.
 */
public final class Knowledge {
    /** Most nodes that are remembered; further ones are refused. */
    public static final int NODES_LIMIT = 64;

    private final long[] nodeIds = new long[NODES_LIMIT];
    private final long[] incarnations = new long[NODES_LIMIT];
    private final long[] sequences = new long[NODES_LIMIT];
    private int size;
    private long ownId;

    /** This node's own id: what it made itself is always known. 0 for a tool. */
    public void ownId(long id) {
        ownId = id;
    }

    public long ownId() {
        return ownId;
    }

    void clear() {
        size = 0;
    }

    /** Takes all positions over, and forgets them here. */
    void moveTo(Knowledge other) {
        for (int i = 0; i < size; i++) {
            other.advance(nodeIds[i], incarnations[i], sequences[i]);
        }
        clear();
    }

    /** Nodes known of. */
    public int size() {
        return size;
    }

    public long nodeId(int index) {
        return nodeIds[index];
    }

    public long incarnation(int index) {
        return incarnations[index];
    }

    public long sequence(int index) {
        return sequences[index];
    }

    /** Index of a node, or -1. */
    public int indexOf(long nodeId) {
        for (int i = 0; i < size; i++) {
            if (nodeIds[i] == nodeId) {
                return i;
            }
        }
        return -1;
    }

    /** True if everything of that node up to the position is in this table. */
    public boolean covers(long nodeId, long incarnation, long sequence) {
        if (nodeId == ownId) {
            return true;
        }
        int i = indexOf(nodeId);
        return i >= 0 && compare(incarnation, sequence, incarnations[i], sequences[i]) <= 0;
    }

    /**
     * Takes a position in; one that is not ahead of what is known changes nothing.
     *
     * @return false if there is no room for another node.
     */
    public boolean advance(long nodeId, long incarnation, long sequence) {
        if (nodeId == ownId) {
            return true;
        }
        int i = indexOf(nodeId);
        if (i < 0) {
            if (size == NODES_LIMIT) {
                return false;
            }
            i = size++;
            nodeIds[i] = nodeId;
            incarnations[i] = incarnation;
            sequences[i] = sequence;
        } else if (compare(incarnation, sequence, incarnations[i], sequences[i]) > 0) {
            incarnations[i] = incarnation;
            sequences[i] = sequence;
        }
        return true;
    }

    /** By incarnation, then by sequence. */
    public static int compare(
            long leftIncarnation, long leftSequence, long rightIncarnation, long rightSequence) {
        return leftIncarnation != rightIncarnation
                ? Long.compare(leftIncarnation, rightIncarnation)
                : Long.compare(leftSequence, rightSequence);
    }
}
