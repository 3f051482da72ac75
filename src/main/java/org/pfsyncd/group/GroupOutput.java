package org.pfsyncd.group;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;

/**
 * What a frame makes us answer, held back until its batch is in the journal ring: acknowledgements
 * and requests leave in the duty cycle of their cause, but never before what they promise is kept
 * (design invariant 6).
 *
 * <p>Bounded: the largest frame announces fewer messages than {@link #LIMIT}. Owned by the sync
 * agent; allocates nothing.
 */
final class GroupOutput {
    /**
     * More than a frame of 65,535 bytes can hold of anything that is answered: UPD_C of 84 bytes,
     * INS of 242.
     */
    static final int LIMIT = 1024;

    /**
     * The default MTU of a pfsync interface; larger packets need the operator's word (spec section
     * 1.4).
     */
    static final int MTU_LIMIT = 1500;

    /**
     * What a carrier's headers may take beyond the 20 bytes of IPv4 that the encoder counts: an
     * IPv6 header, and UDP's. A packet too large is refused by the kernel, and its requests with
     * it.
     */
    static final int CARRIER_RESERVE = 28;

    /** What IPv4 requires of every link; a smaller one would not carry a state. */
    static final int MTU_LEAST = 576;

    private final Port port;
    private final CounterSet<GroupCounter> counters;
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[MTU_LIMIT]);
    private final long[] ids = new long[LIMIT];
    private final int[] creatorIds = new int[LIMIT];
    private final boolean[] isAck = new boolean[LIMIT];
    private int count;
    private int acksInFrame;
    private int requestsInFrame;
    private boolean hasEof;

    GroupOutput(Port port, CounterSet<GroupCounter> counters) {
        this.port = port;
        this.counters = counters;
    }

    void acknowledge(long id, int creatorId) {
        stage(id, creatorId, true);
    }

    void request(long id, int creatorId) {
        stage(id, creatorId, false);
    }

    private void stage(long id, int creatorId, boolean isAcknowledgement) {
        if (count < LIMIT) {
            ids[count] = id;
            creatorIds[count] = creatorId;
            isAck[count] = isAcknowledgement;
            count++;
        }
    }

    /** Forgets what is staged: the cause was not journaled, so nothing may be promised. */
    void discard() {
        for (int i = 0; i < count; i++) {
            counters.add(GroupCounter.INS_ACK_WITHHELD, isAck[i] ? 1 : 0);
        }
        count = 0;
    }

    /** Sends what is staged, acknowledgements first, in the given dialect. Returns frames sent. */
    int flush(Dialect dialect) {
        if (count == 0) {
            return 0;
        }
        begin(dialect);
        int frames = add(true, dialect) + add(false, dialect);
        count = 0;
        return frames + send();
    }

    /** Sends a request for the whole table. Returns false if it could not be sent. */
    boolean requestBulk(Dialect dialect) {
        begin(dialect);
        encoder.addUpdateRequest(0, 0);
        boolean isSent = send() == 1;
        counters.add(GroupCounter.output(Action.UPD_REQ), isSent ? 1 : 0);
        return isSent;
    }

    private int add(boolean acknowledgements, Dialect dialect) {
        int frames = 0;
        for (int i = 0; i < count; i++) {
            if (isAck[i] != acknowledgements) {
                continue;
            }
            if (!addOne(i)) {
                frames += send();
                begin(dialect);
                addOne(i);
            }
        }
        return frames;
    }

    private boolean addOne(int i) {
        if (isAck[i]) {
            boolean isAdded = encoder.addInsertAck(ids[i], creatorIds[i]);
            acksInFrame += isAdded ? 1 : 0;
            return isAdded;
        }
        boolean isAdded = encoder.addUpdateRequest(ids[i], creatorIds[i]);
        requestsInFrame += isAdded ? 1 : 0;
        return isAdded;
    }

    private void begin(Dialect dialect) {
        acksInFrame = 0;
        requestsInFrame = 0;
        hasEof = dialect != Dialect.V6;
        int mtu = Math.min(MTU_LIMIT, Math.max(port.mtu(), MTU_LEAST));
        encoder.begin(frame, 0, dialect, mtu - CARRIER_RESERVE);
    }

    private int send() {
        int length = encoder.finish();
        int sent = port.send(frame, 0, length);
        if (sent < 0) {
            counters.increment(GroupCounter.OERRORS);
            return 0;
        }
        counters.increment(GroupCounter.OPACKETS);
        counters.add(GroupCounter.INS_ACK_SENT, acksInFrame);
        counters.add(GroupCounter.output(Action.INS_ACK), acksInFrame);
        counters.add(GroupCounter.REQUESTS_SENT, requestsInFrame);
        counters.add(GroupCounter.output(Action.UPD_REQ), requestsInFrame);
        counters.add(GroupCounter.output(Action.EOF), hasEof ? 1 : 0);
        return 1;
    }
}
