package org.pfsyncd.pfhost;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.StateRecord;

/** Judges the mirror of a daemon against the hosts' own tables (invariants 1 to 4). */
final class MirrorCheck {
    private static final int TCP = 6;
    private static final int PROXY_SRC = 11;

    /** After three requests the fourth waits four seconds, after four a minute. */
    private static final int REQUESTS_LIMIT = 3;

    private final GroupRun run;
    private static final long CONFLICT_NS = 25 * Scenario.SECOND_NS;

    private final Map<HostId, Seen> seen = new HashMap<>();
    private final Map<HostKey, Long> heldNs = new HashMap<>();

    /** What the mirror said of a TCP state the last time. */
    private record Seen(long createdMs, long ordinal, long src, long dst, int states) {}

    MirrorCheck(GroupRun run) {
        this.run = run;
    }

    /** A new life of the daemon. */
    void forget() {
        seen.clear();
    }

    /** No regression, no invention. */
    void sample() {
        Map<HostId, Seen> now = new HashMap<>();
        run.daemon.forEach(
                record -> {
                    HostId id = new HostId(record.id(), record.creatorId());
                    requireKnownSource(record);
                    heldNs.put(key(record, HostKey.WIRE), run.nowNs());
                    heldNs.put(key(record, HostKey.STACK), run.nowNs());
                    if (record.wireProto() == TCP) {
                        Seen last = seen.get(id);
                        Seen next = seen(record);
                        if (last != null && last.ordinal == next.ordinal) {
                            requireNotBack(id, last, next);
                        }
                        now.put(id, next);
                    }
                });
        seen.clear();
        seen.putAll(now);
    }

    private static Seen seen(StateRecord record) {
        return new Seen(
                record.createdAtMs(),
                record.insertOrdinal(),
                record.src().seqlo(),
                record.dst().seqlo(),
                record.src().state() << 8 | record.dst().state());
    }

    private void requireNotBack(HostId id, Seen last, Seen next) {
        int src = next.states >> 8;
        boolean isBack =
                (last.states >> 8 > src && last.states >> 8 < PROXY_SRC)
                        || (last.states & 0xFF) > (next.states & 0xFF)
                        || (last.states == next.states
                                && (HostMerge.isAfter(last.src, next.src)
                                        || HostMerge.isAfter(last.dst, next.dst)));
        if (isBack) {
            run.problems.add("went back: " + id + " from " + last + " to " + next);
        }
    }

    private void requireKnownSource(StateRecord record) {
        for (PfHost host : run.hosts) {
            PfHostSettings settings = host.settings();
            if (settings.hostId == record.creatorId()) {
                if (record.id() < settings.firstId || record.id() > host.highestId()) {
                    run.problems.add("nobody made " + record);
                }
                return;
            }
        }
        run.problems.add("creator is no host: " + record);
    }

    /** What the hosts have used lately, the mirror has, not older. */
    void checkConverged() {
        Map<HostId, StateRecord> mirrored = new HashMap<>();
        run.daemon.forEach(
                record -> {
                    StateRecord copy = new HostState().record.copyFrom(record);
                    mirrored.put(new HostId(copy.id(), copy.creatorId()), copy);
                });
        for (PfHost host : run.hosts) {
            if (host.isOn()) {
                host.states().forEach(state -> check(host, state, mirrored));
            }
        }
    }

    /** The interface's id is that of a name table of its own, and all states are floating. */
    private static HostKey key(StateRecord record, int slot) {
        HostKey key = HostKey.of(record, slot);
        return new HostKey(
                key.where() & 0xFF_FFFF, key.a0(), key.b0(), key.a1(), key.b1(), key.ports());
    }

    private void check(PfHost host, HostState state, Map<HostId, StateRecord> mirrored) {
        long calmS = (run.nowNs() - run.scenario.troubleUntilNs) / Scenario.SECOND_NS;
        boolean isRecent =
                host.uptimeMs() - state.record.lastActivityMs() < (calmS - 2) * 1000
                        // FreeBSD 12 keeps it for long behind a request that waits (8.7, 10.3).
                        && state.queue == null
                        && state.syncTimeS * 1000 < state.record.lastActivityMs();
        StateRecord mine = mirrored.get(state.id());
        if (mine == null) {
            boolean isExcused =
                    !isRecent
                            // Deleted a moment ago: a tombstone keeps it out (state.md 4.5).
                            || run.scenario.hasCleared(state.record.creatorId())
                            || run.scenario.hasRepeatedIds(state.record.creatorId())
                            || isGivenUp(state.id())
                            || wasHeld(key(state.record, HostKey.WIRE))
                            || wasHeld(key(state.record, HostKey.STACK))
                            || run.talks().stream().anyMatch(talk -> talk.hasDeleted(state.id()))
                            || run.talks().stream().noneMatch(talk -> talk.hasTold(state.id()));
            if (!isExcused) {
                run.problems.add(
                        "lacks " + state + " of " + host.name() + ", used " + lastUse(host, state));
            }
            return;
        }
        if (isRecent && state.record.wireProto() == TCP && isOlder(mine, state.record)) {
            run.problems.add(
                    "older than "
                            + host.name()
                            + ": "
                            + seen(mine)
                            + " of "
                            + seen(state.record)
                            + " "
                            + state);
        }
    }

    /** By another state, of late: only when it is asked for again does the mirror learn of it. */
    private boolean wasHeld(HostKey key) {
        Long lastNs = heldNs.get(key);
        return lastNs != null && run.nowNs() - lastNs < CONFLICT_NS;
    }

    /**
     * Loss took the requests or their answers: it is not asked for again for a while, which may be
     * longer than the calm or than it is used (spec pfsync.md section 20.5).
     */
    private boolean isGivenUp(HostId id) {
        return run.scenario.lossPerMillion > 0
                && run.daemon.talks.values().stream()
                        .anyMatch(talk -> talk.requests(id) >= REQUESTS_LIMIT);
    }

    private static String lastUse(PfHost host, HostState state) {
        return host.uptimeMs() - state.record.lastActivityMs() + " ms ago";
    }

    private static boolean isOlder(StateRecord mirrored, StateRecord state) {
        boolean isSrcOlder =
                mirrored.src().state() == state.src().state()
                        && HostMerge.isAfter(state.src().seqlo(), mirrored.src().seqlo());
        boolean isDstOlder =
                mirrored.dst().state() == state.dst().state()
                        && HostMerge.isAfter(state.dst().seqlo(), mirrored.dst().seqlo());
        return isSrcOlder || isDstOlder;
    }

    /** Nothing is sent that the role does not allow. */
    void checkKinds(String role) {
        Set<MessageKind> allowed = EnumSet.of(MessageKind.UPD_REQ, MessageKind.INS_ACK);
        if (!role.equals("listen")) {
            allowed.add(MessageKind.UPD);
            allowed.add(MessageKind.BUS);
        }
        if (role.equals("relay")) {
            allowed.add(MessageKind.INS);
            allowed.add(MessageKind.UPD_C);
            allowed.add(MessageKind.DEL_C);
        }
        run.daemon
                .talks
                .values()
                .forEach(
                        talk -> {
                            for (MessageKind kind : MessageKind.values()) {
                                if (talk.count(kind) > 0 && !allowed.contains(kind)) {
                                    run.problems.add(
                                            role + " sent " + talk.count(kind) + " " + kind);
                                }
                            }
                        });
    }
}
