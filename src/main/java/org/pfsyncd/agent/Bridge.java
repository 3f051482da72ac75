package org.pfsyncd.agent;

import java.util.List;
import org.pfsyncd.group.Announcer;
import org.pfsyncd.group.GroupRelay;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.Reason;
import org.pfsyncd.wire.StateRecord;

/**
 * Hands each batch of results, once it is in the ring, to the relays of the other segments of its
 * realm (decision 7).
 *
 * <p>Not handed over: to the segment it came from; to a segment where the creator itself is heard;
 * what no living source has confirmed; deletes that were concluded and not observed (expired, swept,
 * collided), unless the segment's configuration wants expiry; deletes that another segment than the
 * creator's own said; what a peer brought, to a segment that spoke of the creator. Owned by the sync agent; allocates nothing.
 */
final class Bridge {
    /** The batch came from a peer. */
    static final int FROM_PEER = -1;

    /** The batch is the table's own work or an operator's. */
    static final int FROM_NODE = -2;

    private final GroupRelay[] relays;
    private final int[] realms;
    private final CounterSet[] counters;
    private final DeltaReader deltas = new DeltaReader();
    private final boolean isActive;

    Bridge(List<GroupRuntime> groups) {
        relays = new GroupRelay[groups.size()];
        realms = new int[groups.size()];
        counters = new CounterSet[groups.size()];
        boolean hasRelay = false;
        for (int i = 0; i < relays.length; i++) {
            relays[i] = groups.get(i).group().relay();
            realms[i] = groups.get(i).realm();
            counters[i] = groups.get(i).group().counters();
            hasRelay |= relays[i] != null;
        }
        isActive = hasRelay;
    }

    /**
     * A batch that is in the ring.
     *
     * @param source index of the group whose frame caused it, {@link #FROM_PEER} or {@link
     *     #FROM_NODE}.
     */
    void feed(DeltaBatch batch, int source, long nowNs) {
        if (!isActive) {
            return;
        }
        deltas.wrap(batch.buffer(), 0, batch.length());
        boolean hasAnswers =
                source >= 0 && relays[source] != null && relays[source].hasAnswers();
        while (deltas.next()) {
            if (deltas.isAboutAState()) {
                feedOne(source, hasAnswers, nowNs);
            }
        }
        if (source >= 0 && relays[source] != null && relays[source].isAckWanted()) {
            hurry(source);
        }
    }

    private void feedOne(int source, boolean hasAnswers, long nowNs) {
        int realm = deltas.realm();
        int creatorId = deltas.creatorId();
        for (int i = 0; i < relays.length; i++) {
            if (relays[i] == null || i == source || realms[i] != realm) {
                continue;
            }
            if (relays[i].isHome(creatorId, nowNs)
                    || (source == FROM_PEER && relays[i].isSeen(creatorId))) {
                counters[i].increment(CounterId.RELAY_KEPT_HOME);
                continue;
            }
            if (deltas.type() == DeltaType.DELETE) {
                delete(i, source, hasAnswers, nowNs);
            } else {
                put(i, hasAnswers, nowNs);
            }
        }
    }

    private void put(int i, boolean hasAnswers, long nowNs) {
        Announcer announcer = relays[i].announcer();
        StateRecord record = deltas.record();
        if ((record.marks() & StateRecord.MARK_CONFIRMED) == 0) {
            counters[i].increment(CounterId.ANNOUNCE_UNCONFIRMED);
        } else if (isNew()) {
            announcer.inserted(deltas.id(), deltas.creatorId(), nowNs);
        } else if (hasAnswers) {
            counters[i].increment(CounterId.RELAY_ANSWERS);
        } else {
            announcer.updated(deltas.id(), deltas.creatorId(), nowNs);
        }
    }

    private boolean isNew() {
        return switch (deltas.reason()) {
            case Reason.INSERT, Reason.FETCHED, Reason.OPERATOR -> true;
            default -> false;
        };
    }

    private void delete(int i, int source, boolean hasAnswers, long nowNs) {
        boolean isObserved =
                switch (deltas.reason()) {
                    case Reason.PEER_DELETE -> isFromHome(source);
                    case Reason.CLEARED, Reason.STILL_DEAD -> true;
                    case Reason.REPLACED -> !hasAnswers;
                    case Reason.EXPIRED -> relays[i].isExpiryAnnounced();
                    default -> false;
                };
        if (isObserved) {
            relays[i].announcer().deleted(deltas.id(), deltas.creatorId(), nowNs);
        } else {
            relays[i].announcer().forget(deltas.id(), deltas.creatorId());
            counters[i].increment(CounterId.RELAY_CONCLUDED);
        }
    }

    /**
     * A delete that another segment than the creator's own said may be its host's timer, and that
     * host may give its states less time: who has the connection decides.
     */
    private boolean isFromHome(int source) {
        GroupRelay home = null;
        for (int i = 0; i < relays.length; i++) {
            boolean isOfRealm = relays[i] != null && realms[i] == deltas.realm();
            if (isOfRealm && relays[i].wasHomeAfter(home, deltas.creatorId())) {
                home = relays[i];
            }
        }
        return home == null || source < 0 || relays[source] == null || home == relays[source];
    }

    private void hurry(int source) {
        for (int i = 0; i < relays.length; i++) {
            if (relays[i] != null && i != source && realms[i] == realms[source]) {
                relays[i].announcer().hurry();
            }
        }
    }

    /** A relay is preferred only while all the realm's other segments are proven. */
    void work(GroupRuntime[] groups) {
        for (int i = 0; isActive && i < relays.length; i++) {
            if (relays[i] != null) {
                boolean isReady = true;
                for (int j = 0; j < groups.length; j++) {
                    isReady &= j == i || realms[j] != realms[i] || groups[j].group().isInSync();
                }
                relays[i].ready(isReady);
            }
        }
    }
}
