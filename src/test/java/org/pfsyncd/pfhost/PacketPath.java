package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** What a host does with a packet of traffic: finds or makes states, and holds first packets. */
final class PacketPath {
    static final String FLOATING = "all";
    static final int IN = 1;
    static final int OUT = 2;

    /** Ids that a reboot skips: a second of the clock that they are made of, and more. */
    private static final long REBOOT_IDS = 1_000_000;

    /** States whose first packet is held (section 11). */
    final Set<HostState> held = new LinkedHashSet<>();

    /** The highest id given to a state. */
    long highestId;

    private final PfHost host;
    private final PfHostSettings settings;
    private final HostClock clock;
    private final NameTable names;
    private final HostCounters counters;
    private final StateRecord wanted = new HostState().record;
    private long nextId;

    PacketPath(PfHost host, Kernel kernel) {
        this.host = host;
        settings = host.settings();
        clock = kernel.clock();
        names = kernel.names();
        counters = kernel.counters();
        nextId = settings.firstId;
    }

    void reboot(boolean repeatsIds) {
        nextId = repeatsIds ? settings.firstId : nextId + REBOOT_IDS;
    }

    /** Lets go what was held for long enough. */
    void work() {
        if (held.isEmpty()) {
            return;
        }
        for (HostState state : List.copyOf(held)) {
            if (state.heldUntilNs <= clock.ns()) {
                counters.acksTimedOut++;
                release(state, true);
            }
        }
    }

    long nextNs() {
        long next = Bucket.NEVER;
        for (HostState state : held) {
            next = Math.min(next, state.heldUntilNs);
        }
        return next;
    }

    /** Ends the wait of a held packet: it is sent, or dropped. */
    void release(HostState state, boolean isSent) {
        if (state.isHeld && !isSent) {
            counters.heldDropped++;
        }
        state.ackDone();
        held.remove(state);
    }

    /** One packet through the host, by both sides; false if pf blocks it. */
    boolean packet(Flow flow, Segment packet) {
        boolean isPassed =
                packet.isFromClient()
                        ? side(flow, packet, IN) && side(flow, packet, OUT)
                        : side(flow, packet, OUT) && side(flow, packet, IN);
        if (isPassed) {
            counters.passed++;
        }
        return isPassed;
    }

    /** One side of it: finds its state, or makes it. */
    boolean side(Flow flow, Segment packet, int direction) {
        HostState state = find(flow, direction);
        if (state == null) {
            return make(flow, packet, direction);
        }
        if (state.isAckWanted()) {
            release(state, true);
        }
        if (!Tracker.goOn(state.record, packet, clock.ms())) {
            counters.outOfWindow++;
            return false;
        }
        host.output().updated(state);
        return true;
    }

    private boolean make(Flow flow, Segment packet, int direction) {
        boolean isOpening =
                packet.isFromClient()
                        && (flow.proto != Flow.TCP
                                || (packet.has(Segment.SYN) && !packet.has(Segment.ACK)));
        if (!isOpening || host.table().isFull()) {
            counters.blocked++;
            return false;
        }
        HostState state = new HostState();
        StateRecord record = state.record.clear();
        flow.fill(record, direction);
        String name = settings.isIfBound ? settings.interfaces.get(direction) : FLOATING;
        record.ifname(names.intern(name)).origIfname(names.intern(settings.interfaces.get(1)));
        highestId = Math.max(highestId, nextId);
        record.id(nextId++).creatorId(settings.hostId).rule(settings.rules - 1);
        record.createdAtMs(clock.ms()).lastActivityMs(clock.ms());
        Tracker.begin(record, packet);
        if (!insert(state)) {
            counters.blocked++;
            return false;
        }
        if (direction == OUT && host.isUp() && settings.defers()) {
            record.stateFlags(record.stateFlags() | HostState.FLAG_ACK);
            state.isHeld = true;
            state.heldUntilNs = clock.ns() + settings.deferNs;
            held.add(state);
            host.output().inserted(state);
            host.output().push(state);
        } else {
            host.output().inserted(state);
        }
        return true;
    }

    /** Puts a state into the table; false for a collision. */
    boolean insert(HostState state) {
        List<HostState> displaced = new ArrayList<>(0);
        if (!host.table().insert(state, displaced)) {
            counters.collisions++;
            return false;
        }
        displaced.forEach(host::removed);
        return true;
    }

    /** The state of one side of a connection, floating or bound; null if there is none. */
    HostState find(Flow flow, int direction) {
        flow.fill(wanted, direction);
        wanted.ifname(names.intern(FLOATING));
        int slot = direction == IN ? HostKey.WIRE : HostKey.STACK;
        HostState state = host.table().find(HostKey.of(wanted, slot));
        if (state == null) {
            wanted.ifname(names.intern(settings.interfaces.get(direction)));
            state = host.table().find(HostKey.of(wanted, slot));
        }
        return state;
    }
}
