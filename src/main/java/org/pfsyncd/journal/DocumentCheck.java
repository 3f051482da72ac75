package org.pfsyncd.journal;

import java.io.IOException;
import org.agrona.DirectBuffer;

/** Whether bytes are a whole document. Owned by the reading thread. */
final class DocumentCheck {
    private final Checksum checksum = new Checksum();
    private final Document document = new Document();

    /**
     * What is wrong with the document at {@code offset}, of which {@code available} bytes are
     * there; null if it is whole.
     *
     * @throws IOException if a newer program wrote it.
     */
    String damage(DirectBuffer buffer, int offset, int available, String where) throws IOException {
        if (available < Document.HEADER_LENGTH) {
            return "shorter than a header";
        }
        document.wrap(buffer, offset);
        if (document.magic() != Document.MAGIC) {
            return "no magic";
        }
        int length = document.length();
        if (length < Document.HEADER_LENGTH
                || length > available
                || length > Document.LENGTH_LIMIT) {
            return "length " + length + " does not fit";
        }
        if (checksum.of(buffer, offset, length) != document.crc()) {
            return "checksum differs";
        }
        // Only now: a flipped bit in the version is damage, and no reason to refuse a journal.
        if (document.version() > Document.VERSION) {
            throw new IOException(
                    where
                            + ": journal format "
                            + document.version()
                            + " is newer than this program's "
                            + Document.VERSION
                            + "; upgrade pfsyncd");
        }
        return null;
    }
}
