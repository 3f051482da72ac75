package org.pfsyncd.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * pcapng: blocks of a type, a length, a body and the length again. Sections may differ in byte
 * order, each has its own interfaces, unknown blocks are skipped. Owned by the thread that reads.
 */
final class PcapngFormat implements CaptureFormat {
    static final int SECTION_HEADER = 0x0A0D0D0A;

    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int OLD_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int BLOCK_OVERHEAD = 12;
    private static final int INTERFACE_LIMIT = 65_536;

    private final CaptureInput input;
    private final List<PcapngInterface> interfaces = new ArrayList<>();
    private final byte[] scratch = new byte[32];
    private final UnsafeBuffer view = new UnsafeBuffer(scratch);
    private ByteOrder order = LITTLE_ENDIAN;
    private long blockAt;
    private long blockLength;
    private long remaining;

    /** The type of the first section header has been read already. */
    PcapngFormat(CaptureInput input) throws CaptureException {
        this.input = input;
        beginSection();
    }

    @Override
    public boolean next(RawFrame into) throws CaptureException {
        while (!input.isAtEnd()) {
            blockAt = input.offset();
            input.read(scratch, 0, 4, "a block's type");
            int type = view.getInt(0, order);
            if (type == SECTION_HEADER) {
                beginSection();
                continue;
            }
            input.read(scratch, 0, 4, "a block's length");
            beginBlock();
            boolean isPacket = readBody(type, into);
            endBlock();
            if (isPacket) {
                return true;
            }
        }
        return false;
    }

    /** True if the block held a packet. */
    private boolean readBody(int type, RawFrame into) throws CaptureException {
        if (type == ENHANCED_PACKET || type == OLD_PACKET) {
            readPacket(type == OLD_PACKET, into);
            return true;
        }
        if (type == SIMPLE_PACKET) {
            readSimplePacket(into);
            return true;
        }
        if (type == INTERFACE_DESCRIPTION) {
            readInterface();
        }
        return false;
    }

    /** Length and byte order of a section; the length can be read only once the order is known. */
    private void beginSection() throws CaptureException {
        blockAt = input.offset() - 4;
        input.read(scratch, 0, 8, "a section header");
        if (view.getInt(4, BIG_ENDIAN) == BYTE_ORDER_MAGIC) {
            order = BIG_ENDIAN;
        } else if (view.getInt(4, LITTLE_ENDIAN) == BYTE_ORDER_MAGIC) {
            order = LITTLE_ENDIAN;
        } else {
            throw input.error(blockAt + 8, "no byte-order magic in a pcapng section header");
        }
        beginBlock();
        remaining -= 4;
        need(12, "section header");
        int major = view.getShort(0, order) & 0xFFFF;
        if (major != 1) {
            throw input.error(blockAt + 12, "pcapng version " + major + ", only 1 is known");
        }
        interfaces.clear();
        endBlock();
    }

    private void beginBlock() throws CaptureException {
        blockLength = view.getInt(0, order) & 0xFFFF_FFFFL;
        if (blockLength < BLOCK_OVERHEAD || blockLength % 4 != 0) {
            throw input.error(
                    blockAt + 4,
                    "block of "
                            + blockLength
                            + " bytes, not a multiple of 4 of at least "
                            + BLOCK_OVERHEAD);
        }
        remaining = blockLength - BLOCK_OVERHEAD;
    }

    private void endBlock() throws CaptureException {
        input.skip(remaining, "a block");
        input.read(scratch, 0, 4, "a block's second length");
        long again = view.getInt(0, order) & 0xFFFF_FFFFL;
        if (again != blockLength) {
            throw input.error(
                    blockAt + blockLength - 4,
                    "block length " + again + " at its end, " + blockLength + " at its start");
        }
    }

    private void readInterface() throws CaptureException {
        if (interfaces.size() == INTERFACE_LIMIT) {
            throw input.error(blockAt, "more than " + INTERFACE_LIMIT + " interfaces");
        }
        need(8, "interface description");
        PcapngInterface description =
                new PcapngInterface(view.getShort(0, order) & 0xFFFF, view.getInt(4, order));
        boolean isMore = true;
        while (isMore && remaining >= 4) {
            isMore = readOption(description);
        }
        interfaces.add(description);
    }

    private boolean readOption(PcapngInterface description) throws CaptureException {
        need(4, "option");
        int code = view.getShort(0, order) & 0xFFFF;
        int length = view.getShort(2, order) & 0xFFFF;
        int padded = (length + 3) & ~3;
        if (padded > remaining) {
            throw input.error(
                    input.offset() - 2,
                    "option of " + length + " bytes, " + remaining + " are left in its block");
        }
        if (code == PcapngInterface.OPTION_TSRESOL && length == 1) {
            need(4, "option");
            description.resolution(view.getByte(0) & 0xFF);
        } else if (code == PcapngInterface.OPTION_TSOFFSET && length == 8) {
            need(8, "option");
            description.offsetS(view.getLong(0, order));
        } else {
            input.skip(padded, "an option");
            remaining -= padded;
        }
        return code != 0;
    }

    private void readPacket(boolean isOld, RawFrame into) throws CaptureException {
        need(20, "packet");
        long index = isOld ? view.getShort(0, order) & 0xFFFF : view.getInt(0, order) & 0xFFFFFFFFL;
        PcapngInterface from = interfaceAt(index);
        long ticks =
                (view.getInt(4, order) & 0xFFFF_FFFFL) << 32
                        | (view.getInt(8, order) & 0xFFFF_FFFFL);
        into.timestampNs = from.nanos(ticks);
        long captured = view.getInt(12, order) & 0xFFFF_FFFFL;
        checkCaptured(captured, blockAt + 20);
        into.lengths(captured, view.getInt(16, order) & 0xFFFF_FFFFL);
        readFrame(from, into);
    }

    /** Has no captured length: it follows from the interface's snapshot length. */
    private void readSimplePacket(RawFrame into) throws CaptureException {
        need(4, "packet");
        PcapngInterface from = interfaceAt(0);
        long sent = view.getInt(0, order) & 0xFFFF_FFFFL;
        into.timestampNs = 0;
        long captured = Math.min(sent, from.snapLength());
        checkCaptured(captured, blockAt + 8);
        into.lengths(captured, sent);
        readFrame(from, into);
    }

    private PcapngInterface interfaceAt(long index) throws CaptureException {
        if (index >= interfaces.size()) {
            throw input.error(
                    blockAt + 8,
                    "packet of interface " + index + ", " + interfaces.size() + " were described");
        }
        return interfaces.get((int) index);
    }

    private void checkCaptured(long captured, long at) throws CaptureException {
        if (captured > RawFrame.LIMIT || captured > remaining) {
            throw input.error(
                    at,
                    "packet of "
                            + captured
                            + " bytes, limit is "
                            + Math.min(RawFrame.LIMIT, remaining));
        }
    }

    private void readFrame(PcapngInterface from, RawFrame into) throws CaptureException {
        into.linkType = from.linkType();
        input.read(into.bytes, 0, into.length, "the last packet");
        remaining -= into.length;
    }

    /** Reads {@code length} bytes of the body to the start of the scratch. */
    private void need(int length, String what) throws CaptureException {
        if (length > remaining) {
            throw input.error(
                    blockAt + 4,
                    what + " needs " + length + " bytes, " + remaining + " are left in its block");
        }
        input.read(scratch, 0, length, "a block");
        remaining -= length;
    }
}
