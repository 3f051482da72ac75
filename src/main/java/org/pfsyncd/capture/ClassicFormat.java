package org.pfsyncd.capture;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Classic pcap: a header of 24 bytes, then records of 16 bytes and a frame; either byte order,
 * micro- or nanoseconds, told apart by the magic number. Owned by the thread that reads.
 */
final class ClassicFormat implements CaptureFormat {
    static final int MAGIC_MICROS = 0xA1B2C3D4;
    static final int MAGIC_NANOS = 0xA1B23C4D;

    private static final int HEADER_LENGTH = 24;
    private static final int RECORD_LENGTH = 16;

    private final CaptureInput input;
    private final byte[] header = new byte[HEADER_LENGTH];
    private final UnsafeBuffer view = new UnsafeBuffer(header);
    private final ByteOrder order;
    private final long nanosPerUnit;
    private final int linkType;

    /** The magic number has been read already. */
    ClassicFormat(CaptureInput input, ByteOrder order, boolean isNanos) throws CaptureException {
        this.input = input;
        this.order = order;
        nanosPerUnit = isNanos ? 1 : 1000;
        input.read(header, 4, HEADER_LENGTH - 4, "the file header");
        int major = view.getShort(4, order) & 0xFFFF;
        if (major != 2) {
            throw input.error(4, "pcap version " + major + ", only 2 is known");
        }
        // The upper half tells the length of a checksum behind each frame, which lengths exclude.
        linkType = view.getInt(20, order) & 0xFFFF;
    }

    @Override
    public boolean next(RawFrame into) throws CaptureException {
        if (input.isAtEnd()) {
            return false;
        }
        long at = input.offset();
        input.read(header, 0, RECORD_LENGTH, "the header of the last packet");
        long captured = view.getInt(8, order) & 0xFFFF_FFFFL;
        if (captured > RawFrame.LIMIT) {
            throw input.error(
                    at + 8, "packet of " + captured + " bytes, limit is " + RawFrame.LIMIT);
        }
        into.lengths(captured, view.getInt(12, order) & 0xFFFF_FFFFL);
        into.linkType = linkType;
        into.timestampNs =
                (view.getInt(0, order) & 0xFFFF_FFFFL) * 1_000_000_000L
                        + (view.getInt(4, order) & 0xFFFF_FFFFL) * nanosPerUnit;
        input.read(into.bytes, 0, into.length, "the last packet");
        return true;
    }
}
