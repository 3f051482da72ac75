package org.pfsyncd.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What the first document of an incarnation says of what came before it: 56 bytes, little-endian.
 *
 * @param previousIncarnation the one before, 0 if this is the first.
 * @param previousPublished its newest sequence.
 * @param previousRecorded the newest of its sequences known to be recorded; less than published
 *     means a hole.
 * @param states in the table at this point.
 * @param digest of the table at this point.
 * @param clockShiftMs what is added to every time in the table, because the clock went back; not
 *     above 0.
 * @param isContinuing whether the process went on (after a write error or a full disk): the states
 *     stay confirmed.
 */
public record OpenPayload(
        long previousIncarnation,
        long previousPublished,
        long previousRecorded,
        long states,
        long digest,
        long clockShiftMs,
        boolean isContinuing) {

    public static final int LENGTH = 56;

    /** Reads the payload of an OPEN document. */
    public static OpenPayload decode(DirectBuffer from, int at) {
        return new OpenPayload(
                from.getLong(at, LITTLE_ENDIAN),
                from.getLong(at + 8, LITTLE_ENDIAN),
                from.getLong(at + 16, LITTLE_ENDIAN),
                from.getLong(at + 24, LITTLE_ENDIAN),
                from.getLong(at + 32, LITTLE_ENDIAN),
                from.getLong(at + 40, LITTLE_ENDIAN),
                from.getLong(at + 48, LITTLE_ENDIAN) != 0);
    }

    /** Writes the payload; returns {@link #LENGTH}. */
    public int encode(MutableDirectBuffer into, int at) {
        into.putLong(at, previousIncarnation, LITTLE_ENDIAN);
        into.putLong(at + 8, previousPublished, LITTLE_ENDIAN);
        into.putLong(at + 16, previousRecorded, LITTLE_ENDIAN);
        into.putLong(at + 24, states, LITTLE_ENDIAN);
        into.putLong(at + 32, digest, LITTLE_ENDIAN);
        into.putLong(at + 40, clockShiftMs, LITTLE_ENDIAN);
        into.putLong(at + 48, isContinuing ? 1 : 0, LITTLE_ENDIAN);
        return LENGTH;
    }

    /** Whether documents of the previous incarnation were never recorded. */
    public boolean hasHole() {
        return previousRecorded < previousPublished;
    }
}
