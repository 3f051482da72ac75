package org.pfsyncd.pfhost;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Writes a host's packets and hands them to its port, in the order of regions of its system. */
final class FrameOut {
    private final PfHostSettings settings;
    private final PfSystem system;
    private final HostClock clock;
    private final NameTable names;
    private final HostCounters counters;
    private final Port port;
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[0x1_0000]);
    private final StateRecord copy =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private StateTable table;

    FrameOut(PfHostSettings settings, Kernel kernel, Port port) {
        this.settings = settings;
        system = settings.system;
        clock = kernel.clock();
        names = kernel.names();
        counters = kernel.counters();
        this.port = port;
        encoder.fingerprint(system.isNewOpenBsd() ? new byte[16] : settings.fingerprint);
    }

    void table(StateTable newTable) {
        table = newTable;
    }

    /** Everything that waits in a bucket. */
    void send(Bucket bucket) {
        begin();
        if (system == PfSystem.OPENBSD_57 || system == PfSystem.OPENBSD_45) {
            addRequests(bucket.requests);
            addPlus(bucket.plus, true);
            addPlus(bucket.plus, false);
            addStates(bucket);
        } else {
            addStates(bucket);
            addRequests(bucket.requests);
            addPlus(bucket.plus, true);
            addPlus(bucket.plus, false);
        }
        bucket.sent();
        transmit();
    }

    /** A packet of a bulk answer of OpenBSD since 7.4; the mark is null or START or END. */
    void sendBulk(List<HostState> states, boolean isFirst, boolean isLast) {
        begin();
        if (isFirst) {
            addBulkStatus(BulkStatusDecoder.START, 0);
        }
        for (HostState state : states) {
            add(QueueKind.UPD, state);
        }
        if (isLast) {
            addBulkStatus(BulkStatusDecoder.END, 0);
        }
        transmit();
    }

    private void begin() {
        encoder.begin(frame, 0, settings.dialect, OldFrames.roomFor(settings));
    }

    private void transmit() {
        int length = encoder.finish();
        if (system == PfSystem.OPENBSD_45) {
            length = OldFrames.shrink(frame, length);
        }
        if (port.send(frame, 0, length) < 0) {
            counters.sendErrors++;
        } else {
            counters.packetsOut++;
        }
    }

    private void addStates(Bucket bucket) {
        for (QueueKind kind : system.order()) {
            for (HostState state : bucket.queues.get(kind)) {
                state.queue = null;
                add(kind, state);
            }
        }
    }

    private void add(QueueKind kind, HostState state) {
        long id = state.record.id();
        int creatorId = state.record.creatorId();
        boolean fits =
                switch (kind) {
                    case INS -> encoder.addState(MessageKind.INS, timed(state), names, clock.ms());
                    case UPD -> encoder.addState(MessageKind.UPD, timed(state), names, clock.ms());
                    case UPD_C -> encoder.addUpdateCompressed(state.record);
                    case IACK -> encoder.addInsertAck(id, creatorId);
                    case DEL -> encoder.addDeleteCompressed(id, creatorId);
                };
        counters.sent(kind.message);
        if (kind == QueueKind.DEL) {
            state.silence();
        }
        requireFits(fits);
    }

    private void requireFits(boolean fits) {
        if (!fits) {
            throw new AssertionError(
                    settings.name + " packed more than its MTU of " + settings.mtu + " takes");
        }
    }

    private StateRecord timed(HostState state) {
        copy.copyFrom(state.record);
        return copy.expiresAtMs(table.endMs(state)).dialect(settings.dialect.ordinal());
    }

    private void addRequests(List<HostId> requests) {
        for (HostId wanted : requests) {
            counters.sent(MessageKind.UPD_REQ);
            requireFits(encoder.addUpdateRequest(wanted.id(), wanted.creatorId()));
        }
    }

    /** The CLRs, or the BUSs. */
    private void addPlus(List<Bucket.Plus> all, boolean areClears) {
        for (Bucket.Plus plus : all) {
            if (plus.isClear() && areClears) {
                counters.sent(MessageKind.CLR);
                requireFits(encoder.addClear(plus.creatorId(), plus.ifname(), names));
            } else if (!plus.isClear() && !areClears) {
                addBulkStatus(plus.status(), plus.endTimeS());
            }
        }
    }

    private void addBulkStatus(int status, long endTimeS) {
        counters.sent(MessageKind.BUS);
        requireFits(encoder.addBulkStatus(settings.hostId, endTimeS, status));
    }
}
