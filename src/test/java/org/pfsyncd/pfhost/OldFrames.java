package org.pfsyncd.pfhost;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;

/**
 * Frames of OpenBSD 4.5 and 4.6: those of FreeBSD 9, but for states of 240 bytes that lack the two
 * spare bytes at 235, and 24 for IPv6 (4.3).
 */
final class OldFrames {
    static final int STATE_LENGTH = 240;

    private static final int NEW_LENGTH = Dialect.V1301.stateLength();
    private static final int HEADER = 20;
    private static final int SUBHEADER = 4;
    private static final int AF = 232;
    private static final int SPARE = 235;
    private static final int SPARE_LENGTH = 2;
    private static final int[] LENGTHS = {
        20, STATE_LENGTH, 12, STATE_LENGTH, 84, 12, STATE_LENGTH, 12, 0, 0, 12, 48, 0
    };

    private OldFrames() {}

    /** MTU for a frame that is written with states of 242 bytes first. */
    static int roomFor(PfHostSettings settings) {
        boolean isOld = settings.system == PfSystem.OPENBSD_45;
        return settings.mtu + (isOld ? settings.mtu / STATE_LENGTH * SPARE_LENGTH : 0);
    }

    private static boolean hasStates(int action) {
        return action == Action.INS_1301 || action == Action.UPD_1301 || action == Action.DEL;
    }

    /** Turns a frame of FreeBSD's into one of OpenBSD's, in place; returns its length. */
    static int shrink(MutableDirectBuffer frame, int length) {
        int from = HEADER;
        int to = HEADER;
        while (length - from >= SUBHEADER) {
            int action = frame.getByte(from) & 0xFF;
            int count = frame.getShort(from + 2, BIG_ENDIAN) & 0xFFFF;
            frame.putBytes(to, frame, from, SUBHEADER);
            from += SUBHEADER;
            to += SUBHEADER;
            for (int i = 0; i < count; i++) {
                int size = LENGTHS[action];
                if (hasStates(action)) {
                    int tail = STATE_LENGTH - SPARE;
                    frame.putBytes(to, frame, from, SPARE);
                    frame.putBytes(to + SPARE, frame, from + SPARE + SPARE_LENGTH, tail);
                    family(frame, to + AF, 28, 24);
                    from += NEW_LENGTH;
                } else {
                    frame.putBytes(to, frame, from, size);
                    from += size;
                }
                to += size;
            }
        }
        frame.putShort(2, (short) to, BIG_ENDIAN);
        return to;
    }

    /** The way back, into another buffer; returns the length, or 0 if the frame is not sound. */
    static int grow(DirectBuffer frame, int offset, int length, MutableDirectBuffer into) {
        int from = HEADER;
        int to = HEADER;
        into.putBytes(0, frame, offset, HEADER);
        while (length - from >= SUBHEADER) {
            int action = frame.getByte(offset + from) & 0xFF;
            int count = frame.getShort(offset + from + 2, BIG_ENDIAN) & 0xFFFF;
            into.putBytes(to, frame, offset + from, SUBHEADER);
            from += SUBHEADER;
            to += SUBHEADER;
            if (action >= LENGTHS.length || count * LENGTHS[action] > length - from) {
                return 0;
            }
            for (int i = 0; i < count; i++) {
                int size = LENGTHS[action];
                if (hasStates(action)) {
                    int tail = STATE_LENGTH - SPARE;
                    into.putBytes(to, frame, offset + from, SPARE);
                    into.setMemory(to + SPARE, SPARE_LENGTH, (byte) 0);
                    into.putBytes(to + SPARE + SPARE_LENGTH, frame, offset + from + SPARE, tail);
                    family(into, to + AF, 24, 28);
                    to += NEW_LENGTH;
                } else {
                    into.putBytes(to, frame, offset + from, size);
                    to += size;
                }
                from += size;
            }
        }
        into.putShort(2, (short) to, BIG_ENDIAN);
        return to;
    }

    private static void family(MutableDirectBuffer frame, int at, int from, int to) {
        if ((frame.getByte(at) & 0xFF) == from) {
            frame.putByte(at, (byte) to);
        }
    }
}
