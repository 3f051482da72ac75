package org.pfsyncd.doctor;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.Reject;

/** Everything remembered of one sender; bounded. Owned by the thread that listens. */
final class SenderFacts {
    static final int TTL = 255;
    private static final int DESTINATION_LIMIT = 8;
    private static final int HELD_LIMIT = 10_000;

    /** A kernel's dump may pass over a state or two that it is about to send anyway (12.3). */
    private static final int HELD_MIN = 3;

    /** A state that comes this long after an END still belongs to its dump (spec 10.5). */
    private static final long LATE_NS = 2_000_000_000L;

    private static final String NO_FINGERPRINT = "0".repeat(32);

    final String address;
    final boolean isSelf;
    final Map<MessageKind, Long> messages = new EnumMap<>(MessageKind.class);
    final Map<Reject, Long> rejects = new EnumMap<>(Reject.class);
    final Map<Integer, Long> versions = new TreeMap<>();
    final Map<Integer, Long> wrongTtls = new TreeMap<>();
    final Map<Integer, Long> vlans = new TreeMap<>();
    final Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    final Set<String> destinations = new LinkedHashSet<>();
    final Set<StateId> held = new HashSet<>();

    long frames;
    long accepted;
    long fragments;
    long cut;
    int largest;
    String fingerprint = "";
    long heardNs;

    boolean isBulkOpen;
    long bulkProgressNs;
    long bulkStates;
    long emptyDumps;
    private int heldAtStart;
    private long emptyEndNs = Long.MIN_VALUE;

    SenderFacts(String address, boolean isSelf) {
        this.address = address;
        this.isSelf = isSelf;
    }

    void destination(String to) {
        if (destinations.size() < DESTINATION_LIMIT) {
            destinations.add(to);
        }
    }

    /** Whether it speaks of states, so that it should have answered a bulk request. */
    boolean hasStates() {
        return count(MessageKind.INS) > 0
                || count(MessageKind.UPD) > 0
                || count(MessageKind.UPD_C) > 0
                || count(MessageKind.DEL_C) > 0
                || count(MessageKind.BUS) > 0;
    }

    long count(MessageKind kind) {
        return messages.getOrDefault(kind, 0L);
    }

    /** Packets with a tag are not the interface's own. */
    boolean isTaggedOnly() {
        return !vlans.isEmpty() && vlans.values().stream().mapToLong(n -> n).sum() == frames;
    }

    /** The newest state format, or null if none was heard. */
    Dialect newestDialect() {
        Dialect newest = null;
        for (Dialect dialect : dialects) {
            newest = dialect == Dialect.V6 && newest != null ? newest : dialect;
        }
        return newest;
    }

    void fingerprint(String hex) {
        fingerprint = hex.equals(NO_FINGERPRINT) ? fingerprint : hex;
    }

    void holds(StateId state) {
        if (held.size() < HELD_LIMIT) {
            held.add(state);
        }
    }

    /** A dump begins; only one that was asked for must be full. */
    void bulkStart(long nowNs, boolean isAsked) {
        isBulkOpen = true;
        bulkProgressNs = nowNs;
        bulkStates = 0;
        heldAtStart = isAsked ? held.size() : 0;
    }

    void bulkEnd(long nowNs) {
        if (isBulkOpen && bulkStates == 0 && heldAtStart >= HELD_MIN) {
            emptyDumps++;
            emptyEndNs = nowNs;
        }
        isBulkOpen = false;
    }

    /** A full update: of a dump, or the answer to a single request. */
    void fullState(long nowNs) {
        bulkStates++;
        bulkProgressNs = nowNs;
        if (emptyEndNs != Long.MIN_VALUE && nowNs - emptyEndNs < LATE_NS) {
            emptyDumps--;
            emptyEndNs = Long.MIN_VALUE;
        }
    }

    /** How many states it was known to hold when its last dump began. */
    int heldAtStart() {
        return heldAtStart;
    }

    /**
     * The pair that names a state.
     *
     * @param id as on the wire.
     * @param creatorId as on the wire.
     */
    record StateId(long id, int creatorId) {}
}
