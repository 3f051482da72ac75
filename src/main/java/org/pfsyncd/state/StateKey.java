package org.pfsyncd.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.SizedReader;
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

    /** Reads the fields as {@link Access} writes them. */
    @SuppressWarnings("rawtypes") // Chronicle's interface names the raw type.
    static final class Reader implements SizedReader<StateKey> {
        @Override
        public StateKey read(Bytes in, long size, StateKey using) {
            StateKey key = using == null ? new StateKey() : using;
            long id = in.readLong();
            int creatorId = in.readInt();
            return key.set(in.readInt(), id, creatorId);
        }
    }

    /**
     * A key as the map takes it in: the fields as they stand in a record, the two bytes behind the
     * realm zero. The map compares and copies two words, without a way through a serializer.
     */
    @SuppressWarnings("rawtypes") // Chronicle's interface names the raw type.
    static final class Access extends AbstractData<StateKey> implements DataAccess<StateKey> {
        private final BytesStore<?, ?> bytes =
                BytesStore.wrap(
                        ByteBuffer.allocateDirect(StateRecord.KEY_LENGTH)
                                .order(ByteOrder.nativeOrder()));
        private final long address = bytes.addressForRead(0);
        private long first;
        private long second;

        @Override
        public Data<StateKey> getData(StateKey key) {
            first = key.id;
            second = ((long) key.realm << Integer.SIZE) | (key.creatorId & 0xFFFF_FFFFL);
            bytes.writeLong(0, first);
            bytes.writeLong(Long.BYTES, second);
            return this;
        }

        @Override
        public RandomDataInput bytes() {
            return bytes;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long size() {
            return StateRecord.KEY_LENGTH;
        }

        @Override
        public long hash(LongHashFunction function) {
            return function.hashMemory(address, StateRecord.KEY_LENGTH);
        }

        @Override
        public boolean equivalent(RandomDataInput source, long at) {
            return source.readLong(at) == first && source.readLong(at + Long.BYTES) == second;
        }

        @Override
        public void writeTo(RandomDataOutput target, long at) {
            target.writeLong(at, first);
            target.writeLong(at + Long.BYTES, second);
        }

        @Override
        public StateKey get() {
            return getUsing(null);
        }

        @Override
        public StateKey getUsing(StateKey using) {
            StateKey key = using == null ? new StateKey() : using;
            return key.set((int) (second >>> Integer.SIZE), first, (int) second);
        }

        @Override
        public void uninit() {}

        @Override
        public DataAccess<StateKey> copy() {
            return new Access();
        }
    }
}
