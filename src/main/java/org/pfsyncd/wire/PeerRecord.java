package org.pfsyncd.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.MutableDirectBuffer;

/**
 * One end of a connection inside a {@link StateRecord} (spec pfsync.md section 3.3): 28 bytes,
 * little-endian.
 */
public final class PeerRecord {
    private static final int SEQLO_OFFSET = 0;
    private static final int SEQHI_OFFSET = 4;
    private static final int SEQDIFF_OFFSET = 8;
    private static final int TS_MOD_OFFSET = 12;
    private static final int MAX_WIN_OFFSET = 16;
    private static final int MSS_OFFSET = 18;
    private static final int SCRUB_FLAGS_OFFSET = 20;
    private static final int SCRUB_TTL_OFFSET = 22;
    private static final int SCRUB_FLAG_OFFSET = 23;
    private static final int STATE_OFFSET = 24;
    private static final int WSCALE_OFFSET = 25;

    private MutableDirectBuffer buffer;
    private int offset;

    public PeerRecord wrap(MutableDirectBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    /** Copies all bytes of another peer. */
    public PeerRecord copyFrom(PeerRecord other) {
        buffer.putBytes(offset, other.buffer, other.offset, StateRecord.PEER_LENGTH);
        return this;
    }

    /** Compares all bytes as one unsigned number: below 0, 0, or above 0. */
    public int compareBytes(PeerRecord other) {
        for (int i = 0; i < StateRecord.PEER_LENGTH; i += Integer.BYTES) {
            int difference =
                    Integer.compareUnsigned(
                            buffer.getInt(offset + i, LITTLE_ENDIAN),
                            other.buffer.getInt(other.offset + i, LITTLE_ENDIAN));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    /** Highest sequence number sent by this end (next expected). */
    public long seqlo() {
        return buffer.getInt(offset + SEQLO_OFFSET, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }

    public PeerRecord seqlo(long value) {
        buffer.putInt(offset + SEQLO_OFFSET, (int) value, LITTLE_ENDIAN);
        return this;
    }

    /** Highest value the other end allows. */
    public long seqhi() {
        return buffer.getInt(offset + SEQHI_OFFSET, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }

    public PeerRecord seqhi(long value) {
        buffer.putInt(offset + SEQHI_OFFSET, (int) value, LITTLE_ENDIAN);
        return this;
    }

    /** Sequence modulation offset, 0 none. */
    public long seqdiff() {
        return buffer.getInt(offset + SEQDIFF_OFFSET, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }

    public PeerRecord seqdiff(long value) {
        buffer.putInt(offset + SEQDIFF_OFFSET, (int) value, LITTLE_ENDIAN);
        return this;
    }

    /** Timestamp modulation offset, or the SCTP verification tag. */
    public long tsMod() {
        return buffer.getInt(offset + TS_MOD_OFFSET, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }

    public PeerRecord tsMod(long value) {
        buffer.putInt(offset + TS_MOD_OFFSET, (int) value, LITTLE_ENDIAN);
        return this;
    }

    /** Largest window announced, before scaling. */
    public int maxWin() {
        return buffer.getShort(offset + MAX_WIN_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public PeerRecord maxWin(int value) {
        buffer.putShort(offset + MAX_WIN_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** MSS option. */
    public int mss() {
        return buffer.getShort(offset + MSS_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public PeerRecord mss(int value) {
        buffer.putShort(offset + MSS_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** pfss_flags. */
    public int scrubFlags() {
        return buffer.getShort(offset + SCRUB_FLAGS_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    public PeerRecord scrubFlags(int value) {
        buffer.putShort(offset + SCRUB_FLAGS_OFFSET, (short) value, LITTLE_ENDIAN);
        return this;
    }

    /** Highest TTL seen. */
    public int scrubTtl() {
        return buffer.getByte(offset + SCRUB_TTL_OFFSET) & 0xFF;
    }

    public PeerRecord scrubTtl(int value) {
        buffer.putByte(offset + SCRUB_TTL_OFFSET, (byte) value);
        return this;
    }

    /** 1 if the scrub fields are valid. */
    public int scrubFlag() {
        return buffer.getByte(offset + SCRUB_FLAG_OFFSET) & 0xFF;
    }

    public PeerRecord scrubFlag(int value) {
        buffer.putByte(offset + SCRUB_FLAG_OFFSET, (byte) value);
        return this;
    }

    /** State machine position (5.4). */
    public int state() {
        return buffer.getByte(offset + STATE_OFFSET) & 0xFF;
    }

    public PeerRecord state(int value) {
        buffer.putByte(offset + STATE_OFFSET, (byte) value);
        return this;
    }

    /** Low 4 bits shift count, 0x80 option seen. */
    public int wscale() {
        return buffer.getByte(offset + WSCALE_OFFSET) & 0xFF;
    }

    public PeerRecord wscale(int value) {
        buffer.putByte(offset + WSCALE_OFFSET, (byte) value);
        return this;
    }

    /** Lowest and highest sequence number, the lowest in the lower half. */
    long sequences() {
        return buffer.getLong(offset + SEQLO_OFFSET, LITTLE_ENDIAN);
    }

    /** Sequence difference, and the timestamps' modulator in the upper half. */
    long differenceAndModulator() {
        return buffer.getLong(offset + SEQDIFF_OFFSET, LITTLE_ENDIAN);
    }

    /** From the lowest bit on: window 16, MSS 16, scrub flags 16, scrub TTL 8, scrub flag 8. */
    long windowAndScrub() {
        return buffer.getLong(offset + MAX_WIN_OFFSET, LITTLE_ENDIAN);
    }

    /**
     * Sets all bytes.
     *
     * @param sequences as {@link #sequences} gives them, and so on.
     * @param stateAndScale from the lowest bit on: state 8, window scale 8.
     */
    void set(long sequences, long differenceAndModulator, long windowAndScrub, int stateAndScale) {
        buffer.putLong(offset + SEQLO_OFFSET, sequences, LITTLE_ENDIAN);
        buffer.putLong(offset + SEQDIFF_OFFSET, differenceAndModulator, LITTLE_ENDIAN);
        buffer.putLong(offset + MAX_WIN_OFFSET, windowAndScrub, LITTLE_ENDIAN);
        buffer.putInt(offset + STATE_OFFSET, stateAndScale, LITTLE_ENDIAN);
    }
}
