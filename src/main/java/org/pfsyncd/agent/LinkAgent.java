package org.pfsyncd.agent;

import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.pfsyncd.link.LinkSender;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.DutyCycleTracker;
import org.pfsyncd.metrics.NodeCounter;

/**
 * Ships the journal: turns every peer's sender once a cycle. On a thread of its own, or behind the
 * journal agent in the shared cycle.
 */
final class LinkAgent implements Agent {
    private static final long CYCLE_THRESHOLD_NS = 1_000_000L;

    private final NanoClock clock;
    private final LinkSender[] senders;
    private final DutyCycleTracker tracker;
    private boolean didWork;

    LinkAgent(NanoClock clock, List<LinkSender> senders, CounterSet<NodeCounter> counters) {
        this.clock = clock;
        this.senders = senders.toArray(LinkSender[]::new);
        tracker =
                new DutyCycleTracker(
                        counters,
                        NodeCounter.LINK_CYCLE_MAX_NS,
                        NodeCounter.LINK_CYCLE_OVER,
                        CYCLE_THRESHOLD_NS);
    }

    @Override
    public String roleName() {
        return "link";
    }

    @Override
    public int doWork() {
        if (senders.length == 0) {
            return 0;
        }
        long nowNs = clock.nanoTime();
        tracker.begin(nowNs, didWork);
        int workCount = 0;
        for (LinkSender sender : senders) {
            workCount += sender.work(nowNs);
        }
        didWork = workCount > 0;
        return workCount;
    }

    @Override
    public void onClose() {
        for (LinkSender sender : senders) {
            sender.close();
        }
    }
}
