package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.BulkStatusDecoder;

/**
 * What a segment says of whole tables (BUS, UPD_REQ, full updates), told to whoever in the group
 * asks for tables or answers with them. Owned by the sync agent; allocates nothing.
 */
final class BulkInput {
    private final PfsyncGroup group;
    private final CounterSet<GroupCounter> counters;

    BulkInput(PfsyncGroup group, CounterSet<GroupCounter> counters) {
        this.group = group;
        this.counters = counters;
    }

    /** A full update. */
    void onUpdate(int sender, int headerVersion, long nowNs) {
        group.bulk().onUpdate(sender, nowNs);
        if (group.holder() != null) {
            group.holder().onUpdate(sender, headerVersion, nowNs);
        }
    }

    /** UPD_REQ of a state, or with id 0 and creator 0 of the whole table. */
    void onRequest(long id, int creatorId, int sender, int headerVersion, long nowNs) {
        counters.increment(GroupCounter.UPD_REQ_HEARD);
        if (group.holder() != null) {
            group.holder().onRequest(id, creatorId, sender, headerVersion, nowNs);
        }
    }

    /**
     * BUS. Who says of itself that it is not proven serves a firewall in need, but proves nothing
     * to anybody who can tell (design section 5).
     */
    void onStatus(BulkStatusDecoder bus, int sender, int headerVersion, long nowNs) {
        int status = bus.status();
        if (group.holder() != null) {
            group.holder().onBulkStatus(status, bus.creatorId(), sender, headerVersion, nowNs);
        }
        if (bus.isUnproven()) {
            counters.increment(GroupCounter.BULK_UNPROVEN_HEARD);
        } else if (status == BulkStatusDecoder.START) {
            group.bulk().onStart(sender, nowNs);
        } else if (status == BulkStatusDecoder.END) {
            group.bulk().onEnd(bus.endTimeS(), nowNs);
        }
    }
}
