package org.pfsyncd.support;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Predicate;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Builds pfsync frames for tests, sound or broken.
 *
 * <pre>
 *   FrameBuilder.of(Dialect.V6).insert(record).deleteCompressed(7, CREATOR).bytes();
 *   FrameBuilder.of(Dialect.V1301).region(17, 0, 1).hex("00 00").bytes();
 * </pre>
 *
 * Equal consecutive messages share a region. What {@link #region} and {@link #hex} add goes out as
 * it is. The result has exactly its length, so that a read beyond it fails.
 */
public final class FrameBuilder {
    private static final int HEADER_LENGTH = 20;
    private static final int SUBHEADER_LENGTH = 4;
    private static final int EOF = 12;
    private static final int NONE = -1;

    private final Dialect dialect;
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[0x1_0000]);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private NameTable names = new NameTable();
    private long nowMs = StateRecords.NOW_MS;
    private byte[] fingerprint = new byte[16];
    private int version;
    private int length = NONE;
    private boolean hasEof;
    private int regionAt = NONE;
    private int regionAction = NONE;
    private int regionCount;

    private FrameBuilder(Dialect dialect) {
        this.dialect = dialect;
        version = dialect.headerVersion();
        hasEof = version == 5;
    }

    /** A frame of the dialect's version, with the end-of-frame mark that version 5 wants. */
    public static FrameBuilder of(Dialect dialect) {
        return new FrameBuilder(dialect);
    }

    /** The table that the records' names are in; needed before any state or clear by name. */
    public FrameBuilder names(NameTable table) {
        names = table;
        return this;
    }

    /** The instant that age and seconds left are counted from. */
    public FrameBuilder nowMs(long now) {
        nowMs = now;
        return this;
    }

    public FrameBuilder insert(StateRecord record) {
        return state(MessageKind.INS, record);
    }

    public FrameBuilder update(StateRecord record) {
        return state(MessageKind.UPD, record);
    }

    /** DEL with a full state. */
    public FrameBuilder delete(StateRecord record) {
        return state(MessageKind.DEL, record);
    }

    public FrameBuilder updateCompressed(StateRecord record) {
        return message(e -> e.addUpdateCompressed(record));
    }

    public FrameBuilder insertAck(long id, int creatorId) {
        return message(e -> e.addInsertAck(id, creatorId));
    }

    public FrameBuilder updateRequest(long id, int creatorId) {
        return message(e -> e.addUpdateRequest(id, creatorId));
    }

    public FrameBuilder bulkRequest() {
        return updateRequest(0, 0);
    }

    public FrameBuilder deleteCompressed(long id, int creatorId) {
        return message(e -> e.addDeleteCompressed(id, creatorId));
    }

    /** CLR; an empty name is every interface. */
    public FrameBuilder clear(int creatorId, String ifname) {
        return message(e -> e.addClear(creatorId, names.intern(ifname), names));
    }

    public FrameBuilder bulkStart(int creatorId) {
        return message(e -> e.addBulkStatus(creatorId, 0, BulkStatusDecoder.START));
    }

    /** START or END of a member that does not know whether its table is complete. */
    public FrameBuilder bulkUnproven(int creatorId, int status) {
        return message(e -> e.addBulkStatus(creatorId, 0, status, false));
    }

    public FrameBuilder bulkEnd(int creatorId, long endTimeS) {
        return message(e -> e.addBulkStatus(creatorId, endTimeS, BulkStatusDecoder.END));
    }

    /** A subheader as given; {@code words} is the v6 length of one message in words of 4 bytes. */
    public FrameBuilder region(int action, int words, int count) {
        regionAction = NONE;
        body.write(action);
        body.write(words);
        body.write(count >> 8);
        body.write(count);
        return this;
    }

    /** Bytes as given, in hexadecimal with or without blanks. */
    public FrameBuilder hex(String hex) {
        return raw(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    /** Bytes as given. */
    public FrameBuilder raw(byte[] bytes) {
        regionAction = NONE;
        body.writeBytes(bytes);
        return this;
    }

    /** Another first byte. */
    public FrameBuilder version(int firstByte) {
        version = firstByte;
        return this;
    }

    /** Another value in the header's length field than the true one. */
    public FrameBuilder length(int headerLength) {
        length = headerLength;
        return this;
    }

    public FrameBuilder fingerprint(byte[] sixteen) {
        fingerprint = sixteen.clone();
        return this;
    }

    public FrameBuilder withoutEof() {
        hasEof = false;
        return this;
    }

    /** The frame: the IP payload, nothing before and nothing after. */
    public byte[] bytes() {
        int total = HEADER_LENGTH + body.size() + (hasEof ? SUBHEADER_LENGTH : 0);
        byte[] frame = new byte[total];
        UnsafeBuffer view = new UnsafeBuffer(frame);
        view.putByte(0, (byte) version);
        view.putShort(2, (short) (length == NONE ? total : length), BIG_ENDIAN);
        view.putBytes(4, fingerprint);
        view.putBytes(HEADER_LENGTH, bodyBytes());
        if (hasEof) {
            view.putByte(total - SUBHEADER_LENGTH, (byte) EOF);
            view.putShort(total - 2, (short) 1, BIG_ENDIAN);
        }
        return frame;
    }

    /** {@link #bytes} in a buffer that checks bounds. */
    public UnsafeBuffer buffer() {
        return new UnsafeBuffer(bytes());
    }

    private byte[] bodyBytes() {
        byte[] bytes = body.toByteArray();
        if (regionAction != NONE) {
            new UnsafeBuffer(bytes).putShort(regionAt + 2, (short) regionCount, BIG_ENDIAN);
        }
        return bytes;
    }

    private FrameBuilder state(MessageKind kind, StateRecord record) {
        return message(e -> e.addState(kind, record, names, nowMs));
    }

    /** Encodes one message alone and moves it here, into the open region if it is of its action. */
    private FrameBuilder message(Predicate<FrameEncoder> add) {
        encoder.begin(scratch, 0, dialect, scratch.capacity());
        if (!add.test(encoder)) {
            throw new IllegalArgumentException("the message does not fit");
        }
        int end = encoder.finish() - (dialect.headerVersion() == 5 ? SUBHEADER_LENGTH : 0);
        int action = scratch.getByte(HEADER_LENGTH);
        if (action != regionAction) {
            byte[] closed = bodyBytes();
            body.reset();
            body.writeBytes(closed);
            regionAction = action;
            regionAt = body.size();
            regionCount = 0;
            body.writeBytes(slice(HEADER_LENGTH, HEADER_LENGTH + SUBHEADER_LENGTH));
        }
        body.writeBytes(slice(HEADER_LENGTH + SUBHEADER_LENGTH, end));
        regionCount++;
        return this;
    }

    private byte[] slice(int from, int to) {
        return Arrays.copyOfRange(scratch.byteArray(), from, to);
    }
}
