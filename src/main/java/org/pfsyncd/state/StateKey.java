package org.pfsyncd.state;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import org.pfsyncd.wire.StateRecord;

/**
 * What the map finds a state by: id, creatorid and realm; 16 bytes. Mutable and reused, owned by
 * the sync agent.
 */
final class StateKey {
    private long id;
    private int creatorId;
    private int realm;

    StateKey set(int realm, long id, int creatorId) {
        this.id = id;
        this.creatorId = creatorId;
        this.realm = realm;
        return this;
    }

    StateKey set(StateRecord record) {
        return set(record.realm(), record.id(), record.creatorId());
    }

    /** Writes the fields as they stand in a record, the two bytes behind the realm zero. */
    @SuppressWarnings("rawtypes") // Chronicle's interface names the raw type.
    static final class Marshaller implements SizedReader<StateKey>, SizedWriter<StateKey> {
        @Override
        public long size(StateKey key) {
            return StateRecord.KEY_LENGTH;
        }

        @Override
        public void write(Bytes out, long size, StateKey key) {
            out.writeLong(key.id);
            out.writeInt(key.creatorId);
            out.writeInt(key.realm);
        }

        @Override
        public StateKey read(Bytes in, long size, StateKey using) {
            StateKey key = using == null ? new StateKey() : using;
            long id = in.readLong();
            int creatorId = in.readInt();
            return key.set(in.readInt(), id, creatorId);
        }
    }
}
