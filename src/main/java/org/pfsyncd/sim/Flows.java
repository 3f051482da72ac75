package org.pfsyncd.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfsyncd.wire.StateRecord;

/** Every flow that a simulated firewall ever announced, and the ids of recorded ones. */
final class Flows {
    private final List<Flow> byRule = new ArrayList<>();
    private final Map<Long, Flow.Said> said = new HashMap<>();
    private final ArrayDeque<Flow> deleted = new ArrayDeque<>();
    private final Map<Integer, Set<Long>> recorded = new HashMap<>();

    /** First creator id of generated firewalls; the recorded one's is another. */
    static final int FIRST_CREATOR = 0x0C0D_E000;

    /** Tells states apart, also those that have one id after another. */
    static long key(StateRecord record) {
        return isGenerated(record)
                ? record.rule()
                : (1L << 62) | ((record.id() * 31 + record.creatorId()) >>> 2);
    }

    private static boolean isGenerated(StateRecord record) {
        return (record.creatorId() & 0xFFFF_F000) == FIRST_CREATOR;
    }

    int nextRule() {
        return byRule.size() + 1;
    }

    void add(Flow flow) {
        long id = flow.id * 31 + flow.creatorId;
        flow.continues(said.computeIfAbsent(id, key -> new Flow.Said()));
        byRule.add(flow);
    }

    int size() {
        return byRule.size();
    }

    Iterable<Flow> all() {
        return byRule;
    }

    /** A firewall has told that a flow is over. */
    void deleted(Flow flow) {
        deleted.addLast(flow);
    }

    /** Those deleted since an instant. */
    Iterable<Flow> recentlyDeleted(long sinceNs) {
        while (!deleted.isEmpty() && deleted.peekFirst().overNs - sinceNs < 0) {
            deleted.removeFirst();
        }
        return deleted;
    }

    /** A node has lost what it had seen. */
    void forgetSeenBy(int node) {
        for (Flow flow : byRule) {
            flow.deleteSeenBy &= ~(1 << node);
        }
    }

    /** A recorded firewall may speak of this state. */
    void addRecorded(long id, int creatorId) {
        recorded.computeIfAbsent(creatorId, key -> new HashSet<>()).add(id);
    }

    /** Whether the record is of a recorded state, of which only ids are known here. */
    boolean isRecorded(StateRecord record) {
        return recorded.getOrDefault(record.creatorId(), Set.of()).contains(record.id());
    }

    /** The flow that a record claims to be of, or null. */
    Flow of(StateRecord record) {
        int index = record.rule() - 1;
        boolean isOne = isGenerated(record) && index >= 0 && index < byRule.size();
        return isOne ? byRule.get(index) : null;
    }
}
