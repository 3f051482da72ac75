package org.pfsyncd.state;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TimeoutClass;

/**
 * Joins two copies of one state so that both orders give the same: {@code src/docs/state.md}
 * section 9. Owned by the sync agent.
 */
final class Copies {
    /** About the year 3084. */
    private static final long TIME_LIMIT_MS = 1L << 45;

    private final TableDigest digest;
    private final BrokenRule brokenRule;
    private final StateRecord joined =
            new StateRecord()
                    .wrap(new UnsafeBuffer(ByteBuffer.allocateDirect(StateRecord.LENGTH)), 0);

    Copies(TableDigest digest, BrokenRule brokenRule) {
        this.digest = digest;
        this.brokenRule = brokenRule;
    }

    /** Starts from what is known here; the result is in the record returned. */
    StateRecord begin(StateRecord known) {
        return joined.copyFrom(known);
    }

    /** What {@link #begin} started and the joins since have made of it. */
    StateRecord joined() {
        return joined;
    }

    /** A peer is another program on another machine: its numbers are not ours to trust. */
    static boolean isValid(StateRecord record) {
        return record.creatorId() != 0
                && isMutableValid(record)
                && isTime(record.createdAtMs())
                && record.direction() <= 2
                && (record.wireAf() == 4 || record.wireAf() == 6)
                && (record.stackAf() == 4 || record.stackAf() == 6);
    }

    static boolean isMutableValid(StateRecord record) {
        return record.timeout() < TimeoutClass.COUNT
                && record.src().state() <= Merge.STATE_LIMIT
                && record.dst().state() <= Merge.STATE_LIMIT
                && isTime(record.lastActivityMs())
                && isTime(record.expiresAtMs());
    }

    /**
     * The join takes the later of two times, so one that nobody ever reaches would stay for ever.
     */
    static boolean isTime(long epochMs) {
        return epochMs > -TIME_LIMIT_MS && epochMs < TIME_LIMIT_MS;
    }

    /** Of two states with one id the one created later; of two created at once, the larger hash. */
    boolean isSuccessor(StateRecord known, StateRecord received) {
        int later = Long.compare(received.createdAtMs(), known.createdAtMs());
        if (later != 0) {
            return later > 0;
        }
        return Long.compareUnsigned(digest.fixedHash(received), digest.fixedHash(known)) > 0;
    }

    /** Creation: the earlier; counts: the larger; the rest as a whole: the larger hash. */
    boolean joinFixed(StateRecord received) {
        boolean isChanged = false;
        int fixed = StateRecord.WIRE_ADDR0_OFFSET;
        if (!ConnectionKey.isEqual(
                        joined, received, fixed, StateRecord.CREATED_AT_MS_OFFSET - fixed)
                && Long.compareUnsigned(digest.fixedHash(received), digest.fixedHash(joined)) > 0) {
            joined.buffer()
                    .putBytes(
                            joined.offset() + fixed,
                            received.buffer(),
                            received.offset() + fixed,
                            StateRecord.CREATED_AT_MS_OFFSET - fixed);
            joined.dialect(received.dialect());
            isChanged = true;
        }
        if (received.createdAtMs() < joined.createdAtMs()) {
            joined.createdAtMs(received.createdAtMs());
            isChanged = true;
        }
        if (Update.isDisplayLarger(received, joined)) {
            Update.takeCounts(joined, received);
            isChanged = true;
        }
        return isChanged;
    }

    /** Sides by {@link Merge#join}; the times as one: whatever is later; confirmed if either is. */
    boolean joinMutable(StateRecord received) {
        StateRecord into = joined;
        boolean isChanged = Merge.join(into, received);
        if (brokenRule == BrokenRule.LAST_WRITER_WINS) {
            into.src().copyFrom(received.src());
            into.dst().copyFrom(received.dst());
            isChanged = true;
        }
        if (Lifetime.isLater(received, into)) {
            into.lastActivityMs(received.lastActivityMs()).expiresAtMs(received.expiresAtMs());
            into.lifetimeS(received.lifetimeS()).timeout(received.timeout());
            into.originNode(received.originNode());
            isChanged = true;
        }
        if (received.isConfirmed() && !into.isConfirmed()) {
            into.marks(into.marks() | StateRecord.MARK_CONFIRMED);
            isChanged = true;
        }
        return isChanged;
    }
}
