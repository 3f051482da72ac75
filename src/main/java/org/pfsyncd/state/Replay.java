package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
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
    private static final int NAME_IDS = 1 << 16;
    private static final int UNMAPPED = -1;

    private final Ledger ledger;
    private final NameTable names;
    private final DeltaReader deltas = new DeltaReader();
    private final int[] localIds = new int[NAME_IDS];
    private final UnsafeBuffer name = new UnsafeBuffer(new byte[NameTable.NAME_LENGTH_LIMIT + 1]);

    Replay(Ledger ledger, NameTable names) {
        this.ledger = ledger;
        this.names = names;
        Arrays.fill(localIds, UNMAPPED);
        localIds[0] = 0;
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
            return applyName();
        }
        int realm = localIds[deltas.realm()];
        if (realm == UNMAPPED) {
            return false;
        }
        if (deltas.type() == DeltaType.PUT) {
            StateRecord record = deltas.record();
            return localise(record) && ledger.put(record);
        }
        StateRecord known = ledger.store().get(realm, deltas.id(), deltas.creatorId());
        if (known == null) {
            return isSnapshotPending;
        }
        if (deltas.type() == DeltaType.UPDATE) {
            return applyUpdate(known);
        }
        ledger.remove(known);
        return true;
    }

    private boolean applyName() {
        int length = deltas.nameLength();
        if (length > NameTable.NAME_LENGTH_LIMIT) {
            return false;
        }
        name.setMemory(0, name.capacity(), (byte) 0);
        deltas.getName(name);
        int localId = names.intern(name, 0, name.capacity());
        if (localId < 0) {
            return false;
        }
        localIds[deltas.nameId()] = localId;
        return true;
    }

    private boolean applyUpdate(StateRecord known) {
        StateRecord update = deltas.record();
        int originNode = localIds[update.originNode()];
        if (originNode == UNMAPPED) {
            return false;
        }
        update.originNode(originNode);
        long formerExpiresAtMs = known.expiresAtMs();
        long token = ledger.beginUpdate(known);
        boolean isConfirmed = update.isConfirmed();
        update.marks(known.marks());
        known.buffer()
                .putBytes(
                        known.offset() + StateRecord.MUTABLE_OFFSET,
                        update.buffer(),
                        update.offset() + StateRecord.MUTABLE_OFFSET,
                        StateRecord.MUTABLE_LENGTH);
        ledger.endUpdate(known, token, formerExpiresAtMs);
        ledger.confirm(known, isConfirmed);
        return true;
    }

    /** Turns the writer's name ids into ours; false if one of them was never given a name. */
    private boolean localise(StateRecord record) {
        return localise(record, StateRecord.REALM_OFFSET)
                && localise(record, StateRecord.RT_IFNAME_OFFSET)
                && localise(record, StateRecord.IFNAME_OFFSET)
                && localise(record, StateRecord.ORIG_IFNAME_OFFSET)
                && localise(record, StateRecord.TAG_OFFSET)
                && localise(record, StateRecord.ORIGIN_NODE_OFFSET);
    }

    private boolean localise(StateRecord record, int field) {
        int at = record.offset() + field;
        int localId = localIds[record.buffer().getShort(at, LITTLE_ENDIAN) & 0xFFFF];
        record.buffer().putShort(at, (short) localId, LITTLE_ENDIAN);
        return localId != UNMAPPED;
    }
}
