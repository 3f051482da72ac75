package org.pfsyncd.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.wire.ClockShift;

/**
 * What the first document of an incarnation says of what came before it, little-endian: {@link
 * #LENGTH} bytes, or 56 in older journals.
 *
 * @param previousIncarnation the one before, 0 if this is the first.
 * @param previousPublished its newest sequence.
 * @param previousRecorded the newest of its sequences known to be recorded; less than published
 *     means a hole.
 * @param states in the table at this point.
 * @param digest of the table at this point.
 * @param clockShift what is added to the times in the table.
 * @param isContinuing whether the process went on (after a write error or a full disk): the states
 *     stay confirmed.
 * @param isClockContinuing whether the clock went on, so that what is new stays new.
 */
public record OpenPayload(
        long previousIncarnation,
        long previousPublished,
        long previousRecorded,
        long states,
        long digest,
        ClockShift clockShift,
        boolean isContinuing,
        boolean isClockContinuing) {

    /** Of a payload that this program writes. */
    public static final int LENGTH = 80;

    /** Of one before there were two shifts. */
    public static final int OLD_LENGTH = 56;

    private static final int SHIFT_OFFSET = 40;
    private static final int CONTINUING_OFFSET = 48;
    private static final int NEWER_SHIFT_OFFSET = 56;
    private static final int SINCE_OFFSET = 64;
    private static final int CLOCK_CONTINUING_OFFSET = 72;

    /** Of a process that starts or goes on, and with it its clock. */
    public OpenPayload(
            long previousIncarnation,
            long previousPublished,
            long previousRecorded,
            long states,
            long digest,
            ClockShift clockShift,
            boolean isContinuing) {
        this(
                previousIncarnation,
                previousPublished,
                previousRecorded,
                states,
                digest,
                clockShift,
                isContinuing,
                isContinuing);
    }

    /** Reads the payload of an OPEN document. */
    public static OpenPayload decode(Document document) {
        DirectBuffer from = document.buffer();
        int at = document.payloadOffset();
        boolean isOld = document.payloadLength() < LENGTH;
        long shiftMs = from.getLong(at + SHIFT_OFFSET, LITTLE_ENDIAN);
        boolean isContinuing = from.getLong(at + CONTINUING_OFFSET, LITTLE_ENDIAN) != 0;
        return new OpenPayload(
                from.getLong(at, LITTLE_ENDIAN),
                from.getLong(at + 8, LITTLE_ENDIAN),
                from.getLong(at + 16, LITTLE_ENDIAN),
                from.getLong(at + 24, LITTLE_ENDIAN),
                from.getLong(at + 32, LITTLE_ENDIAN),
                isOld ? ClockShift.whole(shiftMs) : shift(from, at, shiftMs),
                isContinuing,
                isOld
                        ? isContinuing
                        : from.getLong(at + CLOCK_CONTINUING_OFFSET, LITTLE_ENDIAN) != 0);
    }

    private static ClockShift shift(DirectBuffer from, int at, long olderMs) {
        return new ClockShift(
                olderMs,
                from.getLong(at + NEWER_SHIFT_OFFSET, LITTLE_ENDIAN),
                from.getLong(at + SINCE_OFFSET, LITTLE_ENDIAN));
    }

    /** Format version of the document: an older program moves all times alike. */
    public int version() {
        return clockShift.isWhole() ? Document.COMMON_VERSION : Document.VERSION;
    }

    /** Writes the payload; returns {@link #LENGTH}. */
    public int encode(MutableDirectBuffer into, int at) {
        into.putLong(at, previousIncarnation, LITTLE_ENDIAN);
        into.putLong(at + 8, previousPublished, LITTLE_ENDIAN);
        into.putLong(at + 16, previousRecorded, LITTLE_ENDIAN);
        into.putLong(at + 24, states, LITTLE_ENDIAN);
        into.putLong(at + 32, digest, LITTLE_ENDIAN);
        into.putLong(at + SHIFT_OFFSET, clockShift.olderMs(), LITTLE_ENDIAN);
        into.putLong(at + CONTINUING_OFFSET, isContinuing ? 1 : 0, LITTLE_ENDIAN);
        into.putLong(at + NEWER_SHIFT_OFFSET, clockShift.newerMs(), LITTLE_ENDIAN);
        into.putLong(at + SINCE_OFFSET, clockShift.sinceMs(), LITTLE_ENDIAN);
        into.putLong(at + CLOCK_CONTINUING_OFFSET, isClockContinuing ? 1 : 0, LITTLE_ENDIAN);
        return LENGTH;
    }

    /** Whether documents of the previous incarnation were never recorded. */
    public boolean hasHole() {
        return previousRecorded < previousPublished;
    }
}
