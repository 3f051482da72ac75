package org.pfsyncd.cli;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/** Copies of the records of one segment, one behind the other. Owned by the calling thread. */
final class RecordCopies {
    private byte[] bytes = new byte[64 * StateRecord.LENGTH];
    private int length;

    void clear() {
        length = 0;
    }

    void add(StateRecord record) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        new UnsafeBuffer(bytes)
                .putBytes(length, record.buffer(), record.offset(), StateRecord.LENGTH);
        length += StateRecord.LENGTH;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }
}
