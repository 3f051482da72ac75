package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Turns a writer's name ids into ours: each NAME delta says what an id means from there on. Owned
 * by the thread that owns the table.
 */
final class NameMap {
    static final int UNMAPPED = -1;

    private static final int NAME_IDS = 1 << 16;

    private final NameTable names;
    private final int[] localIds = new int[NAME_IDS];
    private final UnsafeBuffer name = new UnsafeBuffer(new byte[NameTable.NAME_LENGTH_LIMIT + 1]);

    NameMap(NameTable names) {
        this.names = names;
        clear();
    }

    /** Forgets what the writer said; 0 stays the empty name. */
    void clear() {
        Arrays.fill(localIds, UNMAPPED);
        localIds[0] = 0;
    }

    /** Our id, or {@link #UNMAPPED}. */
    int local(int writersId) {
        return localIds[writersId];
    }

    /** Takes a NAME in; false if it is too long or there is no room. */
    boolean define(DeltaReader delta) {
        if (delta.nameLength() > NameTable.NAME_LENGTH_LIMIT) {
            return false;
        }
        name.setMemory(0, name.capacity(), (byte) 0);
        delta.getName(name);
        int localId = names.intern(name, 0, name.capacity());
        if (localId < 0) {
            return false;
        }
        localIds[delta.nameId()] = localId;
        return true;
    }

    /** Rewrites every name of a whole record; false if one of them was never given. */
    boolean localise(StateRecord record) {
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
