package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.wire.StateRecord;

/**
 * A PUT without its zeros, for the way between nodes: about half of a record is zero. Never in a
 * journal. Pure functions over buffers, little-endian.
 *
 * <pre>
 * header 4 | which of the record's 36 words of 8 bytes are there, 5 | those words
 * </pre>
 */
public final class SparsePut {
    /** Bytes of the longest. */
    public static final int LENGTH_LIMIT =
            DeltaType.HEADER_LENGTH + 5 + StateRecord.JOURNALED_LENGTH;

    static final int LENGTH_MINIMUM = DeltaType.HEADER_LENGTH + 5;

    private static final int WORDS = StateRecord.JOURNALED_LENGTH / Long.BYTES;
    private static final int MASK_OFFSET = DeltaType.HEADER_LENGTH;
    private static final long MASK = (1L << WORDS) - 1;

    private SparsePut() {}

    /**
     * Writes the PUT at {@code from} without its zeros; returns its length. Behind it, within
     * {@link #LENGTH_LIMIT} bytes, up to eight are overwritten.
     */
    public static int encode(MutableDirectBuffer into, int at, DirectBuffer delta, int from) {
        int record = from + DeltaType.HEADER_LENGTH;
        int end = at + LENGTH_MINIMUM;
        long present = 0;
        for (int i = 0; i < WORDS; i++) {
            long word = delta.getLong(record + i * Long.BYTES, LITTLE_ENDIAN);
            // Written in any case, and over it the next: a branch would be guessed wrong too often.
            into.putLong(end, word, LITTLE_ENDIAN);
            boolean isPresent = word != 0;
            present |= isPresent ? 1L << i : 0;
            end += isPresent ? Long.BYTES : 0;
        }
        int length = end - at;
        into.putByte(at + DeltaType.TYPE_OFFSET, (byte) DeltaType.SPARSE_PUT);
        into.putByte(at + DeltaType.REASON_OFFSET, delta.getByte(from + DeltaType.REASON_OFFSET));
        into.putShort(at + DeltaType.LENGTH_OFFSET, (short) length, LITTLE_ENDIAN);
        into.putInt(at + MASK_OFFSET, (int) present, LITTLE_ENDIAN);
        into.putByte(at + MASK_OFFSET + Integer.BYTES, (byte) (present >>> Integer.SIZE));
        return length;
    }

    /** Whether the length is that of the words it says are there. */
    static boolean isLengthRight(DirectBuffer delta, int at, int length) {
        if (length < LENGTH_MINIMUM) {
            return false;
        }
        long present = present(delta, at);
        return (present & ~MASK) == 0
                && length == LENGTH_MINIMUM + Long.bitCount(present) * Long.BYTES;
    }

    /** Writes the record's first {@link StateRecord#JOURNALED_LENGTH} bytes. */
    static void decode(DirectBuffer delta, int at, MutableDirectBuffer record) {
        long present = present(delta, at);
        int from = at + LENGTH_MINIMUM;
        record.setMemory(0, StateRecord.JOURNALED_LENGTH, (byte) 0);
        for (; present != 0; present &= present - 1) {
            int word = Long.numberOfTrailingZeros(present);
            record.putLong(word * Long.BYTES, delta.getLong(from, LITTLE_ENDIAN), LITTLE_ENDIAN);
            from += Long.BYTES;
        }
    }

    private static long present(DirectBuffer delta, int at) {
        long low = delta.getInt(at + MASK_OFFSET, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
        long high = delta.getByte(at + MASK_OFFSET + Integer.BYTES) & 0xFFL;
        return high << Integer.SIZE | low;
    }
}
