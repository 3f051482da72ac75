package org.pfsyncd.state;

/**
 * How far this table contains what other nodes' tables contained: node id to (incarnation,
 * sequence). Grows with the journal's POSITION deltas and is rebuilt from them. Owned by the sync
 * agent, or by the one thread that replays; nothing is allocated after construction.
 *
 * <p>To forget a node is safe: what it says is then joined again, from a snapshot on.
 */
public final class Knowledge {
    /** Most nodes that are remembered; a further one takes the place of the one longest quiet. */
    public static final int NODES_LIMIT = 64;

    private final long[] nodeIds = new long[NODES_LIMIT];
    private final long[] incarnations = new long[NODES_LIMIT];
    private final long[] sequences = new long[NODES_LIMIT];
    private final long[] movedAt = new long[NODES_LIMIT];
    private final long[] peerIds = new long[NODES_LIMIT / 2];
    private long moves;
    private long forgotten;
    private int size;
    private long ownId;

    /** This node's own id: what it made itself is always known. 0 for a tool. */
    public void ownId(long id) {
        ownId = id;
    }

    public long ownId() {
        return ownId;
    }

    /**
     * A node this one is in conversation with is not forgotten.
     *
     * @param peer number of the peer, whose former node id may go; only the first 32 are kept.
     */
    public void keep(int peer, long nodeId) {
        if (peer < peerIds.length) {
            peerIds[peer] = nodeId;
        }
    }

    /** Nodes forgotten, or not taken in, for want of room. */
    public long forgotten() {
        return forgotten;
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
     * @return true.
     */
    public boolean advance(long nodeId, long incarnation, long sequence) {
        if (nodeId == ownId) {
            return true;
        }
        int i = indexOf(nodeId);
        if (i < 0) {
            i = size < NODES_LIMIT ? size++ : longestQuiet();
            nodeIds[i] = nodeId;
            incarnations[i] = incarnation;
            sequences[i] = sequence;
            movedAt[i] = ++moves;
        } else if (compare(incarnation, sequence, incarnations[i], sequences[i]) > 0) {
            incarnations[i] = incarnation;
            sequences[i] = sequence;
            movedAt[i] = ++moves;
        }
        return true;
    }

    /**
     * Of those that are no peers the one that moved longest ago; there are more nodes than peers.
     */
    private int longestQuiet() {
        int found = -1;
        for (int i = 0; i < size; i++) {
            if (!isPeer(nodeIds[i]) && (found < 0 || movedAt[i] < movedAt[found])) {
                found = i;
            }
        }
        forgotten++;
        return found;
    }

    private boolean isPeer(long nodeId) {
        for (long peerId : peerIds) {
            if (peerId == nodeId) {
                return true;
            }
        }
        return false;
    }

    /** By incarnation, then by sequence. */
    public static int compare(
            long leftIncarnation, long leftSequence, long rightIncarnation, long rightSequence) {
        return leftIncarnation != rightIncarnation
                ? Long.compare(leftIncarnation, rightIncarnation)
                : Long.compare(leftSequence, rightSequence);
    }
}
