package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.List;
import org.pfsyncd.wire.BulkStatusDecoder;

/** Answers requests for the whole table (12.3, 25.4). */
final class BulkHolder {
    private static final long NEW_OPENBSD_PACE_NS = 20_000_000L;
    private static final int SUBHEADER = 4;
    private static final int BUS_REGION = 16;

    private final PfHostSettings settings;
    private final PfSystem system;
    private final HostClock clock;
    private final HostOutput output;
    private final FrameOut out;
    private final List<HostState> states = new ArrayList<>();
    private StateTable table;
    private int next;
    private boolean isRunning;
    private boolean isAskedAgain;
    private long requestedS;
    private long dueNs = Bucket.NEVER;

    BulkHolder(PfHostSettings settings, HostClock clock, HostOutput output, FrameOut out) {
        this.settings = settings;
        system = settings.system;
        this.clock = clock;
        this.output = output;
        this.out = out;
    }

    void table(StateTable newTable) {
        table = newTable;
    }

    void stop() {
        isRunning = false;
        isAskedAgain = false;
        states.clear();
        dueNs = Bucket.NEVER;
    }

    void onRequest() {
        if (system.isNewOpenBsd()) {
            if (isRunning) {
                isAskedAgain = true;
            } else {
                begin(clock.ns());
            }
            return;
        }
        begin(clock.ns() + settings.tickNs);
        if (system.isFreeBsd() || !states.isEmpty()) {
            output.bulkStatus(BulkStatusDecoder.START, clock.seconds() - requestedS);
        }
    }

    private void begin(long firstNs) {
        isRunning = true;
        requestedS = clock.seconds();
        states.clear();
        states.addAll(table.states());
        next = 0;
        dueNs = firstNs;
    }

    void work() {
        if (dueNs > clock.ns()) {
            return;
        }
        if (system.isNewOpenBsd()) {
            newOpenBsdPacket();
            return;
        }
        while (next < states.size()) {
            HostState state = states.get(next++);
            if (isTold(state) && output.tell(state)) {
                dueNs = clock.ns() + settings.tickNs;
                output.settle();
                return;
            }
            if (system.isFreeBsd() && settings.cpus == 1) {
                output.settle();
            }
        }
        output.bulkStatus(BulkStatusDecoder.END, clock.seconds() - requestedS);
        stop();
    }

    /** Not what waits to be told anyway, nor what a peer has told since the request. */
    private boolean isTold(HostState state) {
        return !state.isGone
                && state.queue == null
                && state.syncTimeS <= requestedS
                && !state.isSilent();
    }

    private void newOpenBsdPacket() {
        boolean isFirst = next == 0;
        int room = settings.mtu - system.emptyPacket - SUBHEADER - (isFirst ? BUS_REGION : 0);
        List<HostState> packet = new ArrayList<>();
        while (next < states.size() && room >= settings.stateLength()) {
            HostState state = states.get(next++);
            if (!state.isGone) {
                packet.add(state);
                room -= settings.stateLength();
            }
        }
        boolean isAll = next == states.size();
        boolean isLast = isAll && room >= BUS_REGION;
        // An empty table: END alone (22.12, not observed).
        out.sendBulk(packet, isFirst && !states.isEmpty(), isLast);
        dueNs = clock.ns() + NEW_OPENBSD_PACE_NS;
        if (isAll && !isLast) {
            out.sendBulk(List.of(), false, true);
        }
        if (isAll) {
            boolean isAgain = isAskedAgain;
            stop();
            if (isAgain) {
                begin(clock.ns() + NEW_OPENBSD_PACE_NS);
            }
        }
    }

    long nextNs() {
        return dueNs;
    }

    boolean isRunning() {
        return isRunning;
    }
}
