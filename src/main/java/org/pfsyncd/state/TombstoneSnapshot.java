package org.pfsyncd.state;

import org.agrona.DirectBuffer;
import org.pfsyncd.wire.NameTable;

/**
 * The tombstones of a table as deltas, each batch with the names it needs: what a snapshot holds
 * beside the living ({@code src/docs/state.md} 8.6). Owned by the table's owner.
 */
public final class TombstoneSnapshot {
    private final Tombstones tombstones;
    private final NameMap names;
    private final DeltaReader deltas = new DeltaReader();
    private final Tombstone dead = new Tombstone();

    TombstoneSnapshot(Tombstones tombstones, NameTable names) {
        this.tombstones = tombstones;
        this.names = new NameMap(names);
    }

    /**
     * Appends tombstones in the order of death.
     *
     * @param from 0, or what the last call returned.
     * @param limit how many at most, of 44 bytes each and a name now and then.
     * @return where to go on: {@link #end} if there are no more.
     */
    public long append(long from, int limit, DeltaBatch into) {
        return tombstones.append(from, limit, into);
    }

    /** Where {@link #append} has no more at this moment. */
    public long end() {
        return tombstones.end();
    }

    /**
     * Remembers the dead that a snapshot names; states are not touched, and no tombstone gives way.
     *
     * @return inconsistencies, as of {@link MirrorTable#apply}.
     */
    public int recall(DirectBuffer buffer, int offset, int length) {
        int inconsistencies = 0;
        names.clear();
        deltas.wrap(buffer, offset, length);
        while (deltas.next()) {
            inconsistencies += recallOne() ? 0 : 1;
        }
        return inconsistencies + (deltas.isMalformed() ? 1 : 0);
    }

    private boolean recallOne() {
        if (deltas.type() == DeltaType.NAME) {
            return names.define(deltas);
        }
        if (deltas.type() != DeltaType.TOMBSTONE) {
            return false;
        }
        int realm = names.local(deltas.realm());
        if (realm == NameMap.UNMAPPED) {
            return false;
        }
        tombstones.recall(dead.from(deltas, realm));
        return true;
    }
}
