package org.pfsyncd.pfhost;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/** One state of a scripted host. Times are milliseconds and seconds of the host's own uptime. */
public final class HostState {
    static final int FLAG_NOSYNC = 0x08;
    static final int FLAG_ACK = 0x10;
    static final long NEVER_S = Long.MIN_VALUE / 2;

    /** What it is; {@code expiresAtMs} is only right in a copy that is being sent. */
    public final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);

    /** Where it waits, or null. */
    QueueKind queue;

    /** Changes since it was queued (10.3). */
    int updates;

    /** When it was last imported or merged, seconds of uptime (10.4). */
    long syncTimeS = NEVER_S;

    /** Until when its first packet is held, nanoseconds, if it is. */
    long heldUntilNs;

    boolean isHeld;
    boolean isGone;
    HostKey wire;
    HostKey stack;

    boolean isSilent() {
        return (record.stateFlags() & FLAG_NOSYNC) != 0;
    }

    void silence() {
        record.stateFlags(record.stateFlags() | FLAG_NOSYNC);
    }

    /** Whether the sender holds a packet and waits for INS_ACK. */
    boolean isAckWanted() {
        return (record.stateFlags() & FLAG_ACK) != 0;
    }

    void ackDone() {
        record.stateFlags(record.stateFlags() & ~FLAG_ACK);
        isHeld = false;
    }

    HostId id() {
        return new HostId(record.id(), record.creatorId());
    }

    @Override
    public String toString() {
        return String.format(
                "%016x/%08x %d:%d class %d dir %d port %d",
                record.id(),
                record.creatorId(),
                record.src().state(),
                record.dst().state(),
                record.timeout(),
                record.direction(),
                record.wirePort0());
    }
}
