package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfsyncd.wire.StateRecord;

/** The state table of a host: found by id and by both keys (6.6), purged by timeout (14.2). */
final class StateTable {
    static final int INTERVAL = 15;

    private static final int TCP = 6;
    private static final int FIN_WAIT_2 = 9;

    private final PfHostSettings settings;
    private final Map<HostId, HostState> byId = new LinkedHashMap<>();
    private final Map<HostKey, HostState> byKey = new HashMap<>();
    private final List<HostState> due = new ArrayList<>();
    private long nextPurgeMs;

    StateTable(PfHostSettings settings, long nowMs) {
        this.settings = settings;
        nextPurgeMs = nowMs + settings.purgePhaseMs;
    }

    HostState find(long id, int creatorId) {
        return byId.get(new HostId(id, creatorId));
    }

    HostState find(HostKey key) {
        return byKey.get(key);
    }

    Collection<HostState> states() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }

    boolean isFull() {
        return byId.size() >= settings.stateLimit;
    }

    /** Inserts, or returns false for a collision; {@code displaced} gets what had to go. */
    boolean insert(HostState state, List<HostState> displaced) {
        HostId id = state.id();
        state.wire = HostKey.of(state.record, HostKey.WIRE);
        state.stack = HostKey.of(state.record, HostKey.STACK);
        if (byId.containsKey(id) || stays(state.wire) || stays(state.stack)) {
            return false;
        }
        displace(state.wire, displaced);
        displace(state.stack, displaced);
        byId.put(id, state);
        byKey.put(state.wire, state);
        byKey.put(state.stack, state);
        return true;
    }

    private boolean stays(HostKey key) {
        HostState holder = byKey.get(key);
        return holder != null && !isOver(holder);
    }

    private static boolean isOver(HostState state) {
        return state.record.wireProto() == TCP
                && state.record.src().state() >= FIN_WAIT_2
                && state.record.dst().state() >= FIN_WAIT_2;
    }

    private void displace(HostKey key, List<HostState> displaced) {
        HostState holder = byKey.get(key);
        if (holder != null) {
            remove(holder);
            displaced.add(holder);
        }
    }

    void remove(HostState state) {
        state.isGone = true;
        byId.remove(state.id());
        byKey.remove(state.wire, state);
        byKey.remove(state.stack, state);
    }

    void clear() {
        for (HostState state : byId.values()) {
            state.isGone = true;
        }
        byId.clear();
        byKey.clear();
    }

    /** Full life of a state of this class, milliseconds. */
    long timeoutMs(StateRecord record) {
        return settings.timeouts[record.timeout()] * 1000L;
    }

    long endMs(HostState state) {
        return state.record.lastActivityMs() + timeoutMs(state.record);
    }

    /** States whose life is over, found once an interval; the list is reused. */
    List<HostState> expired(long nowMs) {
        due.clear();
        if (nowMs < nextPurgeMs) {
            return due;
        }
        // The kernel walks a part each second and the whole table in an interval.
        nextPurgeMs = nowMs + Math.max(1, settings.timeouts[INTERVAL]) * 1000L;
        for (HostState state : byId.values()) {
            // In whole seconds of uptime, as the kernel counts.
            long sinceS = Math.floorDiv(state.record.lastActivityMs(), 1000L);
            if (sinceS * 1000 + timeoutMs(state.record) <= nowMs) {
                due.add(state);
            }
        }
        return due;
    }
}
