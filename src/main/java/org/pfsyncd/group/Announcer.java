package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/**
 * The output queues of one segment, with the kernels' transitions and flush triggers (spec
 * pfsync.md section 10): what changed waits up to a second, several changes of a state become one
 * message, and an insert that is deleted before it left is never heard of.
 *
 * <p>Beyond the kernels: what the segment says itself about a waiting state takes it out of the
 * queue ({@link #heard}), so that nothing is said twice; a delete and an insert of the same id
 * leave in that order; everything is bounded, and what is shed is counted. INS_ACK has no queue
 * here: acknowledgements leave in the cycle of their cause ({@link GroupOutput}). We hold no
 * packets back, so no insert leaves with the ACK flag, but one whose creator does is sent at once
 * (section 11). Owned by the sync agent; allocates nothing.
 */
public final class Announcer {
    /** A change waits this long at most, nanoseconds. */
    static final long DELAY_NS = 1_000_000_000L;

    /** A state heard on the segment within this time is not made to wait (10.4). */
    static final long SYNC_NS = 2_000_000_000L;

    /** What is given up in one call of {@link #expire}: 10,000,000 a second at 10,000 cycles. */
    static final int EXPIRE_LIMIT = 1_024;

    private static final int PROTO_TCP = 6;

    private final AnnounceSettings settings;
    private final AnnounceQueues queues;
    private final AnnounceOutput output;
    private final Mirror mirror;
    private final CounterSet<GroupCounter> counters;
    private final StateRecord probe = GroupRelay.blank();
    private final RecentStates recent = new RecentStates();
    private final DeleteRepeats repeats = new DeleteRepeats();
    private boolean isUrgent;
    private long firstNs;

    Announcer(AnnounceSettings settings, AnnounceOutput.Parts parts) {
        this.settings = settings;
        queues = new AnnounceQueues(settings.queues().limit(), settings.queues().seed());
        output = new AnnounceOutput(settings, parts, repeats);
        mirror = parts.mirror();
        counters = parts.counters();
    }

    /** A state came into being. */
    public void inserted(long id, int creatorId, long nowNs) {
        int entry = queues.find(id, creatorId);
        if (entry == AnnounceQueues.NONE) {
            add(AnnounceQueues.INS, id, creatorId, nowNs);
        } else if (queues.queue(entry) == AnnounceQueues.DEL) {
            queues.move(entry, AnnounceQueues.INS);
            queues.replaces(entry, true);
        } else {
            counters.increment(GroupCounter.ANNOUNCE_MERGED);
            if (queues.queue(entry) != AnnounceQueues.INS) {
                queues.move(entry, AnnounceQueues.INS);
            }
        }
    }

    /** A state made progress. */
    public void updated(long id, int creatorId, long nowNs) {
        int entry = queues.find(id, creatorId);
        isUrgent |= recent.isWithin(id, creatorId, nowNs, SYNC_NS);
        if (entry == AnnounceQueues.NONE) {
            add(AnnounceQueues.UPD_C, id, creatorId, nowNs);
            return;
        }
        counters.increment(GroupCounter.ANNOUNCE_MERGED);
        if (queues.queue(entry) == AnnounceQueues.DEL) {
            return;
        }
        boolean isDue = queues.countUpdate(entry) >= settings.queues().maxUpdates();
        isUrgent |= isDue && isTcp(id, creatorId);
    }

    /** Somebody wants the full state. */
    public void requested(long id, int creatorId, long nowNs) {
        int entry = queues.find(id, creatorId);
        if (entry == AnnounceQueues.NONE) {
            isUrgent |= add(AnnounceQueues.UPD, id, creatorId, nowNs);
        } else if (queues.queue(entry) == AnnounceQueues.UPD_C) {
            queues.move(entry, AnnounceQueues.UPD);
            isUrgent = true;
        }
    }

    /** A state is gone. */
    public void deleted(long id, int creatorId, long nowNs) {
        int entry = queues.find(id, creatorId);
        if (entry == AnnounceQueues.NONE) {
            add(AnnounceQueues.DEL, id, creatorId, nowNs);
        } else if (queues.queue(entry) == AnnounceQueues.INS && !queues.replaces(entry)) {
            queues.remove(entry);
            counters.increment(GroupCounter.ANNOUNCE_CANCELLED);
        } else if (queues.queue(entry) != AnnounceQueues.DEL) {
            queues.replaces(entry, false);
            queues.move(entry, AnnounceQueues.DEL);
        }
    }

    /** The segment itself said what the table now holds of a state: nothing is left to say. */
    void heard(long id, int creatorId, long nowNs) {
        recent.heard(id, creatorId, nowNs);
        heardGone(id, creatorId);
    }

    /** The segment itself said that a state is gone: whatever waits is pointless. */
    void heardGone(long id, int creatorId) {
        int entry = queues.size() == 0 ? AnnounceQueues.NONE : queues.find(id, creatorId);
        if (entry != AnnounceQueues.NONE) {
            queues.remove(entry);
            counters.increment(GroupCounter.ANNOUNCE_CANCELLED);
        }
    }

    /** Everything that waits leaves with the next {@link #work}: a packet is held back for it. */
    public void hurry() {
        isUrgent = queues.size() > 0;
    }

    /** States that wait. */
    public int waiting() {
        return queues.size();
    }

    /** Sends what is due, at most one batch of frames. Returns work done. */
    int work(Dialect dialect, long nowNs, long nowMs) {
        int workCount = repeat(nowNs);
        if (queues.size() == 0) {
            isUrgent = false;
            return workCount;
        }
        boolean all = isUrgent || nowNs - firstNs >= DELAY_NS;
        if (!all && !output.isOverfull(queues, dialect)) {
            return workCount;
        }
        workCount += output.send(queues, dialect, all, nowNs, nowMs);
        if (queues.size() == 0) {
            isUrgent = false;
        }
        return workCount;
    }

    boolean sendBeacon(Dialect dialect, long id) {
        return output.sendBeacon(dialect, id, settings.identity().creatorId());
    }

    int interfaceMtu() {
        return output.interfaceMtu();
    }

    /** A state is gone, and nobody is to be told. */
    public void forget(long id, int creatorId) {
        heardGone(id, creatorId);
    }

    /**
     * Another relay announces: what has waited longer than a rival takes to be missed was said by
     * it.
     */
    int expire(long nowNs, long ageNs) {
        int expired = 0;
        for (int queue = 0; queue < AnnounceQueues.COUNT; queue++) {
            while (queues.count(queue) > 0
                    && nowNs - queues.sinceNs(queues.head(queue)) >= ageNs
                    && expired < EXPIRE_LIMIT) {
                queues.remove(queues.head(queue));
                expired++;
            }
        }
        counters.add(GroupCounter.ANNOUNCE_LEFT_TO_RIVAL, expired);
        isUrgent = false;
        return expired;
    }

    private boolean add(int queue, long id, int creatorId, long nowNs) {
        if (queues.size() == 0) {
            firstNs = nowNs;
        }
        int entry = queues.add(queue, id, creatorId, nowNs);
        if (entry != AnnounceQueues.NONE) {
            return true;
        }
        counters.increment(GroupCounter.ANNOUNCE_SHED);
        // The next update says what an update would have; nothing says a lost insert or delete.
        boolean isDearer = queue == AnnounceQueues.INS || queue == AnnounceQueues.DEL;
        if (!isDearer || queues.count(AnnounceQueues.UPD_C) == 0) {
            return false;
        }
        queues.remove(queues.head(AnnounceQueues.UPD_C));
        return queues.add(queue, id, creatorId, nowNs) != AnnounceQueues.NONE;
    }

    private boolean isTcp(long id, int creatorId) {
        return mirror.get(id, creatorId, probe) && probe.wireProto() == PROTO_TCP;
    }

    /** A delete is said again unless the state has come back. */
    private int repeat(long nowNs) {
        int repeated = 0;
        while (repeats.isDue(nowNs) && repeated < AnnounceOutput.FRAMES) {
            long id = repeats.id();
            int creatorId = repeats.creatorId();
            repeats.take();
            repeated++;
            boolean isFree =
                    queues.find(id, creatorId) == AnnounceQueues.NONE
                            && !mirror.get(id, creatorId, probe);
            if (isFree && add(AnnounceQueues.DEL, id, creatorId, nowNs)) {
                queues.markRepeat(queues.find(id, creatorId));
                counters.increment(GroupCounter.ANNOUNCE_REPEATED);
            }
        }
        return repeated;
    }
}
