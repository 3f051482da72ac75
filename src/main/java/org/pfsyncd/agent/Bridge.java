package org.pfsyncd.agent;

import java.util.List;
import org.pfsyncd.group.Announcer;
import org.pfsyncd.group.GroupRelay;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
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
 * what no living source has confirmed; deletes that were concluded and not observed (expired,
 * swept, collided), unless the segment's configuration wants expiry; deletes that another segment
 * than the creator's own said; what a peer brought, to a segment that lately spoke of the creator;
 * an update that another relay said, to a segment where that one is heard; an update that a peer
 * brought, if a relay had said it to the peer, or the node that it comes from is itself a relay
 * there. Owned by the sync agent; allocates nothing.
 */
final class Bridge {
    /** The batch came from a peer. */
    static final int FROM_PEER = -1;

    /** The batch is the table's own work or an operator's. */
    static final int FROM_NODE = -2;

    /** Between the delete of a replaced state and its insert are two that collide at most. */
    private static final int INSERT_DISTANCE = 3;

    private final GroupRelay[] relays;
    private final int[] realms;
    private final List<CounterSet<GroupCounter>> counters;
    private final DeltaReader deltas = new DeltaReader();
    private final DeltaReader ahead = new DeltaReader();
    private final boolean isActive;
    private long originNode;
    private boolean isOriginKnown;

    Bridge(List<GroupRuntime> groups) {
        relays = new GroupRelay[groups.size()];
        realms = new int[groups.size()];
        counters = groups.stream().map(each -> each.group().counters()).toList();
        boolean hasRelay = false;
        for (int i = 0; i < relays.length; i++) {
            relays[i] = groups.get(i).group().relay();
            realms[i] = groups.get(i).realm();
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
        isOriginKnown = false;
        deltas.wrap(batch.buffer(), 0, batch.length());
        while (deltas.next()) {
            if (deltas.isAboutAState()) {
                feedOne(batch, source, nowNs);
            } else if (deltas.type() == DeltaType.POSITION) {
                noteOrigin();
            }
        }
        if (source >= 0 && relays[source] != null && relays[source].isAckWanted()) {
            hurry(source);
        }
    }

    /** Whose change follows; of what comes in parts, in a snapshot or a repair nobody knows. */
    private void noteOrigin() {
        if (deltas.reason() != DeltaType.SOURCE) {
            isOriginKnown = deltas.reason() == DeltaType.ORIGIN;
            originNode = deltas.nodeId();
        }
    }

    private void feedOne(DeltaBatch batch, int source, long nowNs) {
        int realm = deltas.realm();
        int creatorId = deltas.creatorId();
        for (int i = 0; i < relays.length; i++) {
            if (relays[i] == null || i == source || realms[i] != realm) {
                continue;
            }
            if (relays[i].isHome(creatorId, nowNs)
                    || (source == FROM_PEER && relays[i].isSpokenOf(creatorId, nowNs))) {
                counters.get(i).increment(GroupCounter.RELAY_KEPT_HOME);
                continue;
            }
            if (deltas.type() == DeltaType.DELETE) {
                delete(i, batch, source, nowNs);
            } else {
                put(i, source, nowNs);
            }
        }
    }

    /** Whether the segment's own message about the state answered somebody's request. */
    private boolean isAnswer(int source) {
        return source >= 0
                && relays[source] != null
                && relays[source].isAnswer(deltas.id(), deltas.creatorId());
    }

    /**
     * Whether another relay brought an update that stands on the segment itself: what it said to
     * us, by frame or by link, it may have heard from us, and would hear again.
     */
    private boolean isRivals(int i, int source, long nowNs) {
        if (source == FROM_PEER) {
            return isOriginKnown
                    ? relays[i].hearsNode(originNode, nowNs)
                    : relays[i].hasRival(nowNs);
        }
        return source >= 0
                && relays[source] != null
                && relays[i].hearsSenderOf(relays[source], nowNs);
    }

    private void put(int i, int source, long nowNs) {
        Announcer announcer = relays[i].announcer();
        StateRecord record = deltas.record();
        if ((record.marks() & StateRecord.MARK_CONFIRMED) == 0) {
            counters.get(i).increment(GroupCounter.ANNOUNCE_UNCONFIRMED);
        } else if (isNew()) {
            announcer.inserted(deltas.id(), deltas.creatorId(), nowNs);
        } else if (source == FROM_PEER && deltas.reason() == Reason.RELAYED) {
            counters.get(i).increment(GroupCounter.RELAY_ECHOES);
        } else if (isRivals(i, source, nowNs)) {
            counters.get(i).increment(GroupCounter.ANNOUNCE_LEFT_TO_RIVAL);
        } else if (isAnswer(source)) {
            counters.get(i).increment(GroupCounter.RELAY_ANSWERS);
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

    private void delete(int i, DeltaBatch batch, int source, long nowNs) {
        boolean isObserved =
                switch (deltas.reason()) {
                    case Reason.PEER_DELETE ->
                            isFromHome(source, deltas.realm(), deltas.creatorId(), nowNs);
                    case Reason.CLEARED, Reason.STILL_DEAD -> true;
                    case Reason.REPLACED -> isInsertFollowing(batch) || !isAnswer(source);
                    case Reason.EXPIRED -> relays[i].isExpiryAnnounced();
                    default -> false;
                };
        if (isObserved) {
            relays[i].announcer().deleted(deltas.id(), deltas.creatorId(), nowNs);
        } else {
            relays[i].announcer().forget(deltas.id(), deltas.creatorId());
            counters.get(i).increment(GroupCounter.RELAY_CONCLUDED);
        }
    }

    /** Whether the state that replaces this one is put: then its insert needs the delete. */
    private boolean isInsertFollowing(DeltaBatch batch) {
        int offset = deltas.offset() + deltas.length();
        ahead.wrap(batch.buffer(), offset, batch.length() - offset);
        for (int seen = 0; seen < INSERT_DISTANCE && ahead.next(); ) {
            boolean isInsert =
                    ahead.type() == DeltaType.PUT
                            && ahead.id() == deltas.id()
                            && ahead.creatorId() == deltas.creatorId();
            if (isInsert) {
                return true;
            }
            seen += ahead.isAboutAState() ? 1 : 0;
        }
        return false;
    }

    /**
     * A delete that another segment than the creator's own said may be its host's timer, and that
     * host may give its states less time: who has the connection decides. While nobody knows that,
     * only a segment that alone spoke of the creator is believed.
     */
    private boolean isFromHome(int source, int realm, int creatorId, long nowNs) {
        GroupRelay home = null;
        for (int i = 0; i < relays.length; i++) {
            boolean isOfRealm = relays[i] != null && realms[i] == realm;
            if (isOfRealm && relays[i].wasHomeAfter(home, creatorId)) {
                home = relays[i];
            }
        }
        if (home != null) {
            return source < 0 || home == relays[source];
        }
        for (int i = 0; i < relays.length; i++) {
            boolean isOther = i != source && relays[i] != null && realms[i] == realm;
            if (isOther && relays[i].isSeen(creatorId, nowNs)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The last frame of a group said that states are gone that are not here, as after an operator's
     * clear: the other segments may have them. The table does not change, so no batch tells of it.
     */
    void passEnds(int source, long nowNs) {
        int count = relays[source] == null ? 0 : relays[source].unknownEnds().count();
        for (int n = 0; n < count; n++) {
            long id = relays[source].unknownEnds().id(n);
            int creatorId = relays[source].unknownEnds().creatorId(n);
            if (isFromHome(source, realms[source], creatorId, nowNs)) {
                passEnd(source, id, creatorId, nowNs);
            }
        }
        if (count > 0) {
            relays[source].unknownEnds().clear();
        }
    }

    private void passEnd(int source, long id, int creatorId, long nowNs) {
        for (int i = 0; i < relays.length; i++) {
            boolean isOther = i != source && relays[i] != null && realms[i] == realms[source];
            if (isOther && !relays[i].isHome(creatorId, nowNs)) {
                relays[i].announcer().deleted(id, creatorId, nowNs);
                counters.get(i).increment(GroupCounter.RELAY_UNKNOWN_ENDS);
            }
        }
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
