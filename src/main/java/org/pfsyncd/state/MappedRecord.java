package org.pfsyncd.state;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.SizedReader;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/**
 * A record where it lies in the map's memory. Owned by the sync agent, the map's only user, which
 * is why it may be changed in place: one map operation an update, no copy. Valid until the entry is
 * removed.
 */
final class MappedRecord {
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private final StateRecord record = new StateRecord().wrap(buffer, 0);

    StateRecord record() {
        return record;
    }

    void wrap(long address) {
        buffer.wrap(address, StateRecord.LENGTH);
    }

    /** For the one copy that is put: views a record wherever it is. */
    void wrap(StateRecord other) {
        buffer.wrap(other.buffer(), other.offset(), StateRecord.LENGTH);
    }

    /** Reading captures the address; only writing copies. */
    @SuppressWarnings("rawtypes") // Chronicle's interface names the raw type.
    static final class Reader implements SizedReader<MappedRecord> {
        @Override
        public MappedRecord read(Bytes in, long size, MappedRecord using) {
            MappedRecord value = using == null ? new MappedRecord() : using;
            value.wrap(in.addressForRead(in.readPosition()));
            in.readSkip(StateRecord.LENGTH);
            return value;
        }
    }

    /** A record as the map takes it in: one copy, without a way through a serializer. */
    @SuppressWarnings("rawtypes") // Chronicle's interface names the raw type.
    static final class Access extends AbstractData<MappedRecord>
            implements DataAccess<MappedRecord> {
        private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
        private MappedRecord value;

        @Override
        public Data<MappedRecord> getData(MappedRecord record) {
            value = record;
            return this;
        }

        /** A copy: the map asks for it only to compare values, which the table never does. */
        @Override
        public RandomDataInput bytes() {
            byte[] copy = new byte[StateRecord.LENGTH];
            value.buffer.getBytes(0, copy);
            return Bytes.wrapForRead(copy);
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long size() {
            return StateRecord.LENGTH;
        }

        @Override
        public void writeTo(RandomDataOutput into, long at) {
            target.wrap(into.addressForWrite(at), StateRecord.LENGTH);
            target.putBytes(0, value.buffer, 0, StateRecord.LENGTH);
        }

        @Override
        public MappedRecord get() {
            return value;
        }

        @Override
        public MappedRecord getUsing(MappedRecord using) {
            return value;
        }

        @Override
        public void uninit() {
            value = null;
        }

        @Override
        public DataAccess<MappedRecord> copy() {
            return new Access();
        }
    }
}
