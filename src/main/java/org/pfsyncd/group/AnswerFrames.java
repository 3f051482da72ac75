package org.pfsyncd.group;

import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.Representable;
import org.pfsyncd.wire.StateRecord;

/**
 * One frame of an answer: full updates and bulk marks. A state is looked up when it is added, never
 * earlier, so that what leaves is what the table holds now. What must not or cannot be sent is
 * counted by its cause; a message counts as sent when its frame was (spec pfsync.md sections 12.3
 * and 20.3).
 *
 * <p>Owned by the sync agent; allocates nothing.
 */
final class AnswerFrames {
    /** The state was added. */
    static final int ADDED = 1;

    /** The state must not or cannot be sent: it is done with. */
    static final int PASSED_OVER = 0;

    /** The state is not here. */
    static final int UNKNOWN = 2;

    /** The frame is full: send it, begin another and add the state again. */
    static final int FULL = -1;

    /** Frames of one batch: one system call of the port. */
    static final int BATCH = 32;

    private static final int NO_SYNC = 0x0008;
    private static final int WANTS_ACK = 0x0010;

    private final Port port;
    private final Mirror mirror;
    private final CounterSet<GroupCounter> counters;
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[GroupOutput.MTU_LIMIT]);
    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private InterfaceMap interfaces;
    private Dialect dialect = Dialect.V6;
    private long nowMs;
    private final int[] batch = new int[BATCH];
    private int batched;
    private int flushed;
    private int states;
    private int marks;

    AnswerFrames(Port port, Mirror mirror, CounterSet<GroupCounter> counters) {
        this.port = port;
        this.mirror = mirror;
        this.counters = counters;
        interfaces = new InterfaceMap(Map.of(), mirror.names());
    }

    /** The segment calls interfaces otherwise. */
    void interfaces(InterfaceMap map) {
        interfaces = map;
    }

    /** States that surely fit one frame. */
    int statesPerFrame(Dialect format) {
        int headers = 20 + port.overhead() + 20 + 4 + 4;
        return Math.max(1, (mtu() - headers) / format.stateLength());
    }

    private int mtu() {
        return Math.min(GroupOutput.MTU_LIMIT, Math.max(port.mtu(), GroupOutput.MTU_LEAST));
    }

    void begin(Dialect format, long epochMs) {
        dialect = format;
        nowMs = epochMs;
        states = 0;
        marks = 0;
        encoder.begin(frame, 0, format, mtu() - port.overhead());
    }

    boolean isEmpty() {
        return encoder.isEmpty();
    }

    /** Adds a state as it is now: ADDED, PASSED_OVER, UNKNOWN or FULL. */
    int add(long id, int creatorId) {
        if (!mirror.get(id, creatorId, record)) {
            counters.increment(GroupCounter.ANSWER_UNKNOWN);
            return UNKNOWN;
        }
        GroupCounter refusal = refusal();
        if (refusal != null) {
            counters.increment(refusal);
            return PASSED_OVER;
        }
        record.stateFlags(record.stateFlags() & ~WANTS_ACK);
        interfaces.out(record);
        if (!encoder.addState(MessageKind.UPD, record, mirror.names(), nowMs)) {
            return FULL;
        }
        states++;
        Losses.count(record, dialect, counters);
        return ADDED;
    }

    /** Why a state must not or cannot leave, or null. */
    private GroupCounter refusal() {
        if (!record.isConfirmed()) {
            return GroupCounter.ANSWER_UNCONFIRMED;
        }
        if ((record.stateFlags() & NO_SYNC) != 0) {
            return GroupCounter.ANSWER_NOSYNC;
        }
        // Its end is past and only the grace keeps it here; on the wire, 0 s would mean a new life.
        if (record.expiresAtMs() - nowMs < 1000) {
            return GroupCounter.ANSWER_EXPIRED;
        }
        if (Representable.isIn(record, dialect)) {
            return null;
        }
        counters.increment(GroupCounter.UNREPRESENTABLE);
        return Losses.refusal(record, dialect);
    }

    void addStatus(int creatorId, long endTimeS, int status, boolean isProven) {
        marks += encoder.addBulkStatus(creatorId, endTimeS, status, isProven) ? 1 : 0;
    }

    /** Sends the frame. Returns the states in it, or {@code -errno}: then nothing left. */
    int send() {
        int sent = port.send(frame, 0, encoder.finish());
        if (sent < 0) {
            counters.increment(GroupCounter.OERRORS);
            return sent;
        }
        count(1, states);
        counters.add(GroupCounter.output(Action.BUS), marks);
        return states;
    }

    /**
     * Hands the frame to the port's batch, which {@link #flush} sends. Returns the states in it, or
     * {@code -errno}.
     */
    int queue() {
        int queued = port.queue(frame, 0, encoder.finish());
        if (queued < 0) {
            counters.increment(GroupCounter.OERRORS);
            return queued;
        }
        batch[batched++] = states;
        return states;
    }

    /** Frames that wait for {@link #flush}, {@link #BATCH} at most. */
    int batched() {
        return batched;
    }

    /**
     * Sends what {@link #queue} gathered.
     *
     * @return frames sent, the first of the batch, or {@code -errno} if not even one was; the rest
     *     is forgotten.
     */
    int flush() {
        if (batched == 0) {
            return 0;
        }
        int sent = port.flushInOrder();
        int left = Math.min(batched, Math.max(0, sent));
        flushed = 0;
        for (int i = 0; i < left; i++) {
            flushed += batch[i];
        }
        count(left, flushed);
        counters.add(GroupCounter.OERRORS, left < batched ? 1 : 0);
        batched = 0;
        return sent < 0 ? sent : left;
    }

    /** States in the frames that the last {@link #flush} sent. */
    int flushed() {
        return flushed;
    }

    private void count(int frames, long updates) {
        counters.add(GroupCounter.OPACKETS, frames);
        counters.add(GroupCounter.output(Action.of(MessageKind.UPD, dialect)), updates);
        counters.add(GroupCounter.output(Action.EOF), dialect == Dialect.V6 ? 0 : frames);
    }
}
