package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.Port;

/** Looks, each second, whether a group's socket lost anything. Owned by the sync agent. */
final class PortWatch {
    private final Port port;
    private final CounterSet<GroupCounter> counters;
    private long drops;
    private boolean wasUp = true;

    PortWatch(Port port, CounterSet<GroupCounter> counters) {
        this.port = port;
        this.counters = counters;
    }

    /** What was lost before does not count. */
    void begin() {
        drops = port.drops();
    }

    /** Raises what it finds. */
    void look(PfsyncGroup group, long nowNs) {
        if (port.checkInterface()) {
            counters.increment(GroupCounter.SOCKET_REOPENED);
            drops = 0;
            group.raise(SyncFault.INTERFACE_RECREATED, nowNs);
        }
        boolean isUp = port.isUp();
        if (wasUp && !isUp) {
            group.raise(SyncFault.PORT_DOWN, nowNs);
        }
        wasUp = isUp;
        long dropsNow = port.drops();
        if (dropsNow > drops) {
            counters.add(GroupCounter.SOCKET_DROPS, dropsNow - drops);
            drops = dropsNow;
            group.raise(SyncFault.SOCKET_DROPS, nowNs);
        }
    }
}
