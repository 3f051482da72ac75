package org.pfsyncd.journal;

import org.agrona.DirectBuffer;
import org.pfsyncd.wire.Crc32c;

/** CRC32C of documents, without allocation. Owned by one thread. */
final class Checksum {
    private final Crc32c crc = new Crc32c();

    /**
     * Checksum of the document at {@code offset}, of {@code length} bytes, but for its own field.
     */
    int of(DirectBuffer document, int offset, int length) {
        return crc.of(document, offset, length, Document.CRC_OFFSET);
    }
}
