package org.pfsyncd.state;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
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
    static final class Marshaller implements SizedReader<MappedRecord>, SizedWriter<MappedRecord> {
        private final UnsafeBuffer target = new UnsafeBuffer(0, 0);

        @Override
        public long size(MappedRecord value) {
            return StateRecord.LENGTH;
        }

        @Override
        public void write(Bytes out, long size, MappedRecord value) {
            target.wrap(out.addressForWrite(out.writePosition()), StateRecord.LENGTH);
            target.putBytes(0, value.buffer, 0, StateRecord.LENGTH);
            out.writeSkip(StateRecord.LENGTH);
        }

        @Override
        public MappedRecord read(Bytes in, long size, MappedRecord using) {
            MappedRecord value = using == null ? new MappedRecord() : using;
            value.wrap(in.addressForRead(in.readPosition()));
            in.readSkip(StateRecord.LENGTH);
            return value;
        }
    }
}
