package org.pfsyncd.state;

import org.agrona.DirectBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Applies deltas that some table already judged: results, not inputs, so no rule is asked. Owned by
 * the thread that replays.
 *
 * <p>Name ids are the writer's: each NAME says what an id means from there on, so deltas of several
 * incarnations may follow each other.
 */
final class Replay {
    private final Ledger ledger;
    private final Knowledge knowledge;
    private final NameMap names;
    private final Removal removal;
    private final DeltaReader deltas = new DeltaReader();
    private long timeMs;

    Replay(Ledger ledger, Removal removal, Knowledge knowledge, NameTable names) {
        this.ledger = ledger;
        this.removal = removal;
        this.knowledge = knowledge;
        this.names = new NameMap(names);
    }

    /**
     * @return how many deltas could not be applied; behind a malformed one the rest counts as one.
     */
    int apply(DirectBuffer buffer, int offset, int length, boolean isSnapshotPending) {
        int inconsistencies = 0;
        deltas.wrap(buffer, offset, length);
        while (deltas.next()) {
            inconsistencies += applyOne(isSnapshotPending) ? 0 : 1;
        }
        return inconsistencies + (deltas.isMalformed() ? 1 : 0);
    }

    private boolean applyOne(boolean isSnapshotPending) {
        if (deltas.type() == DeltaType.NAME) {
            return names.define(deltas);
        }
        if (deltas.type() == DeltaType.POSITION) {
            return deltas.reason() == DeltaType.OWN
                    || knowledge.advance(deltas.nodeId(), deltas.incarnation(), deltas.sequence());
        }
        int realm = names.local(deltas.realm());
        if (realm == NameMap.UNMAPPED) {
            return false;
        }
        if (deltas.type() == DeltaType.PUT) {
            StateRecord record = deltas.record();
            return names.localise(record) && ledger.put(record);
        }
        StateRecord known = ledger.store().get(realm, deltas.id(), deltas.creatorId());
        if (known == null) {
            return isSnapshotPending || deltas.reason() == Reason.STILL_DEAD;
        }
        if (deltas.type() == DeltaType.UPDATE) {
            return applyUpdate(known);
        }
        removal.replay(known, deltas.reason(), timeMs);
        return true;
    }

    /** When what follows happened: the dead are remembered from then on. */
    void time(long documentMs) {
        timeMs = documentMs;
    }

    private boolean applyUpdate(StateRecord known) {
        StateRecord update = deltas.record();
        int originNode = names.local(update.originNode());
        if (originNode == NameMap.UNMAPPED) {
            return false;
        }
        update.originNode(originNode);
        ledger.takeMutable(known, update);
        return true;
    }
}
