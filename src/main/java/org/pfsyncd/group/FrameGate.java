package org.pfsyncd.group;

import java.util.List;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.FrameInfo;

/**
 * Which frames are looked into at all: interface, TTL and sender, in the kernel's order, each with
 * its counter (spec pfsync.md section 1.10). Owned by the sync agent.
 */
final class FrameGate {
    private static final int TTL = 255;

    private final PfsyncGroup group;
    private final CounterSet<GroupCounter> counters;
    private GroupSettings settings;

    FrameGate(PfsyncGroup group, GroupSettings settings, CounterSet<GroupCounter> counters) {
        this.group = group;
        this.settings = settings;
        this.counters = counters;
    }

    void reconfigure(GroupSettings changed) {
        settings = changed;
    }

    boolean isOpenTo(FrameInfo info, long nowNs) {
        counters.increment(info.af == 4 ? GroupCounter.IPACKETS : GroupCounter.IPACKETS6);
        if (info.interfaceIndex != info.expectedInterfaceIndex) {
            counters.increment(GroupCounter.BADIF);
            return false;
        }
        if (info.ttl != TTL) {
            counters.increment(GroupCounter.BADTTL);
            tellBadTtl(info, nowNs);
            return false;
        }
        if (!isAllowed(info)) {
            counters.increment(GroupCounter.BAD_SENDER);
            return false;
        }
        return true;
    }

    private void tellBadTtl(FrameInfo info, long nowNs) {
        if (group.isWarnDue(PfsyncGroup.Cause.BAD_TTL, nowNs)) {
            group.warn(
                    PfsyncGroup.Cause.BAD_TTL,
                    "packet refused group="
                            + settings.name()
                            + " ttl="
                            + info.ttl
                            + " limit=255 action=send-from-the-same-segment");
        }
    }

    private boolean isAllowed(FrameInfo info) {
        List<AddressPrefix> allow = settings.allow();
        for (int i = 0; i < allow.size(); i++) {
            if (allow.get(i).contains(info.source, info.af)) {
                return true;
            }
        }
        return allow.isEmpty();
    }
}
