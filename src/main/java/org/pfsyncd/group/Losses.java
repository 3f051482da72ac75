package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.ConversionLoss;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/**
 * Counts, field by field, what a full state lost in another dialect than it came in, and why one
 * was not sent at all (spec pfsync.md section 20.3). Stateless.
 */
final class Losses {
    private Losses() {}

    /** A state was sent. */
    static void count(StateRecord record, Dialect dialect, CounterSet<GroupCounter> counters) {
        int losses = ConversionLoss.of(record, dialect);
        if (losses != 0) {
            counters.add(GroupCounter.LOST_ROUTE, losses & 1);
            counters.add(GroupCounter.LOST_FLAGS, losses >> 1 & 1);
            counters.add(GroupCounter.LOST_TABLE, losses >> 2 & 1);
            counters.add(GroupCounter.LOST_QUEUE, losses >> 3 & 1);
            counters.add(GroupCounter.LOST_TAG, losses >> 4 & 1);
            counters.add(GroupCounter.LOST_SCRUB, losses >> 5 & 1);
            counters.add(GroupCounter.LOST_INTERFACE, losses >> 6 & 1);
        }
    }

    /** Why a state that is not representable was not sent. */
    static GroupCounter refusal(StateRecord record, Dialect dialect) {
        if (record.wireProto() != record.stackProto() && dialect != Dialect.V1500) {
            return GroupCounter.UNREPRESENTABLE_PROTOCOL;
        }
        return record.wireAf() != record.stackAf() && dialect != Dialect.V6
                ? GroupCounter.UNREPRESENTABLE_FAMILY
                : GroupCounter.UNREPRESENTABLE_TIMEOUT;
    }
}
