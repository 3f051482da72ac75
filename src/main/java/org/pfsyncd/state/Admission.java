package org.pfsyncd.state;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * Lets new states in: spec pfsync.md sections 8.4 and 6.6, and the rules for ids that come again
 * (20.2). Owned by the sync agent.
 */
final class Admission {
    private final Ledger ledger;
    private final DeltaBatch batch;
    private final Lifetime lifetime;
    private final Tombstones tombstones;
    private final Collisions collisions;
    private int originNode;
    private final StateRecord incoming =
            new StateRecord()
                    .wrap(new UnsafeBuffer(ByteBuffer.allocateDirect(StateRecord.LENGTH)), 0);

    Admission(
            Ledger ledger,
            DeltaBatch batch,
            Lifetime lifetime,
            Tombstones tombstones,
            Collisions collisions) {
        this.ledger = ledger;
        this.batch = batch;
        this.lifetime = lifetime;
        this.tombstones = tombstones;
        this.collisions = collisions;
    }

    void originNode(int nameId) {
        originNode = nameId;
    }

    /** True if the message is about a state that died a moment ago. */
    boolean isLate(StateRecord received, long nowMs) {
        return tombstones.covers(received, nowMs);
    }

    /** Inserts a state whose id is not in the table; answers INSERTED, FULL or COLLISION. */
    int admit(StateRecord received, long nowMs) {
        if (ledger.isFull()) {
            return Outcome.FULL;
        }
        if (collisions.isBlocked(received, nowMs)) {
            return Outcome.COLLISION;
        }
        prepare(received, nowMs);
        if (!ledger.insert(incoming)) {
            return Outcome.FULL;
        }
        batch.put(incoming, Reason.INSERT);
        return Outcome.INSERTED;
    }

    /**
     * Inserts a state if nothing speaks against it, with one look-up where the careful way makes
     * two.
     *
     * @return false if that is not known: a state may hold its id or one of its keys, it may have
     *     died a moment ago, or there may be no room. Then nothing was changed.
     */
    boolean admitNew(StateRecord received, long nowMs) {
        if (ledger.isFull() || collisions.mayBeKnown(received) || isLate(received, nowMs)) {
            return false;
        }
        prepare(received, nowMs);
        if (!ledger.insertIfAbsent(incoming)) {
            return false;
        }
        batch.put(incoming, Reason.INSERT);
        return true;
    }

    private void prepare(StateRecord received, long nowMs) {
        incoming.copyFrom(received).marks(StateRecord.MARK_CONFIRMED | StateRecord.MARK_NEW);
        incoming.originNode(originNode);
        lifetime.begin(incoming, nowMs);
    }
}
