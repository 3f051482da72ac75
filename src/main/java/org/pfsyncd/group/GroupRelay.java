package org.pfsyncd.group;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * What role {@code relay} adds to a member of a segment (decision 7): announcing what other sources
 * brought, in turn with other relays, and never what the segment knows.
 *
 * <p>Hears, message by message, what the segment itself says: who lives there, which waiting
 * announcement has become pointless, which other relay is alive. Nothing is announced before the
 * segment's own table was heard once, or asking for it has failed: what is in it need not be
 * announced. Owned by the sync agent; allocates nothing but for log lines.
 */
public final class GroupRelay implements Duty {
    /** What waited longer than this behind a living rival was said by it. */
    static final long LEFT_TO_RIVAL_NS = RelayElection.SILENCE_NS + 2_000_000_000L;

    private final AnnounceSettings settings;
    private final Announcer announcer;
    private final SenderTable senders;
    private final CreatorHomes homes;
    private final RelayElection election;
    private final CounterSet<GroupCounter> counters;
    private final PfsyncGroup group;
    private final Port port;
    private final AnsweredStates answered = new AnsweredStates();
    private final UnknownEnds ends = new UnknownEnds();
    private final long[] beacons = new long[SenderTable.LIMIT];
    private int sender;
    private boolean isAckWanted;
    private boolean isReady;
    private boolean isOpen;
    private boolean isYielding;
    private boolean couldSpeak;
    private int lastMtu;

    GroupRelay(PfsyncGroup group, AnnounceSettings settings, AnnounceOutput.Parts parts) {
        this.group = group;
        this.settings = settings;
        announcer = new Announcer(settings, parts);
        senders = group.senders();
        homes = new CreatorHomes(senders);
        AnnounceSettings.Identity id = settings.identity();
        election = new RelayElection(id.creatorId(), id.realm(), id.nonce());
        counters = parts.counters();
        port = parts.port();
    }

    static StateRecord blank() {
        return new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    }

    /** The queues, for whoever brings changes. */
    public Announcer announcer() {
        return announcer;
    }

    /** Whether the creator itself was heard on the segment within the last minute. */
    public boolean isHome(int creatorId, long nowNs) {
        return homes.isHeard(creatorId, nowNs);
    }

    /**
     * Whether the creator was heard here, and later than on another segment.
     *
     * @param other may be null: then it was heard nowhere else.
     */
    public boolean wasHomeAfter(GroupRelay other, int creatorId) {
        return homes.wasHeard(creatorId)
                && (other == null || homes.heardNs(creatorId) - other.homes.heardNs(creatorId) > 0);
    }

    /** Whether anybody but a relay may still have states of the creator on the segment. */
    public boolean isSeen(int creatorId, long nowNs) {
        return homes.isSeen(creatorId, nowNs);
    }

    /** Whether anybody but a relay said news of the creator's states within the last minute. */
    public boolean isSpokenOf(int creatorId, long nowNs) {
        return homes.isSpokenOf(creatorId, nowNs);
    }

    /** Whether another node's relay was heard on the segment within five seconds. */
    public boolean hearsNode(long nodeId, long nowNs) {
        return election.isNodeHeard(AnnounceSettings.nonceOf(nodeId), nowNs);
    }

    /** States of which the last frame said that they are gone, and that are not in the table. */
    public UnknownEnds unknownEnds() {
        return ends;
    }

    /**
     * Whether the last frame held a full update of the state: it answers somebody, so that what it
     * changes is no news to anybody but us.
     */
    public boolean isAnswer(long id, int creatorId) {
        return answered.contains(id, creatorId);
    }

    /** Whether another relay of the realm was heard on the segment within five seconds. */
    public boolean hasRival(long nowNs) {
        return election.hasRival(nowNs);
    }

    /** Whether a relay sent the last frame. */
    public boolean isFromRelay() {
        return senders.isRelay(sender);
    }

    /**
     * Whether a relay of the realm sent the last frame of another segment, and was heard here as
     * well within five seconds: then it knows this segment itself.
     */
    public boolean hearsSenderOf(GroupRelay source, long nowNs) {
        return source.isFromRelay() && election.isHeard(source.beacons[source.sender], nowNs);
    }

    /** Whether the last frame held an insert whose sender holds a packet back. */
    public boolean isAckWanted() {
        return isAckWanted;
    }

    /** Whether what expired here is announced. */
    public boolean isExpiryAnnounced() {
        return settings.deletes().areOfExpiry();
    }

    /** Whether this relay is the one that announces on the segment. */
    public boolean isActive() {
        return election.isActive();
    }

    /** Told by the bridge: whether our other sources are proven, so that we may be preferred. */
    public void ready(boolean value) {
        isReady = value;
    }

    /** A frame of the segment begins. */
    void begin(int senderIndex) {
        sender = senderIndex;
        answered.clear();
        ends.clear();
        isAckWanted = false;
    }

    /** A full state was judged; its sender may hold a packet back until it hears INS_ACK. */
    void onState(MessageKind kind, int outcome, StateRecord state, boolean isHeldBack, long nowNs) {
        isAckWanted |= isHeldBack;
        if (kind == MessageKind.INS) {
            homes.onHeard(state.creatorId(), sender, nowNs);
        } else {
            answered.add(state.id(), state.creatorId());
            homes.onSeen(state.creatorId(), sender, nowNs);
        }
        onOutcome(outcome, state.id(), state.creatorId(), nowNs);
    }

    /** A short update was judged. */
    void onUpdate(int outcome, long id, int creatorId, long nowNs) {
        homes.onNews(creatorId, sender, nowNs);
        onOutcome(outcome, id, creatorId, nowNs);
    }

    private void onOutcome(int outcome, long id, int creatorId, long nowNs) {
        switch (outcome) {
            case Outcome.INSERTED, Outcome.REPLACED, Outcome.MERGED ->
                    announcer.heard(id, creatorId, nowNs);
            default -> {} // the segment does not know yet what the table knows
        }
    }

    /** DEL or DEL_C, of whatever state. */
    void onDelete(long id, int creatorId, long nowNs) {
        homes.onNews(creatorId, sender, nowNs);
        announcer.heardGone(id, creatorId);
    }

    /** A delete of a state that is not in the table, and of whose end nobody told before. */
    void onEndOfUnknown(long id, int creatorId, long nowNs) {
        if (!isFromRelay() && !ends.add(id, creatorId, nowNs)) {
            counters.increment(GroupCounter.ANNOUNCE_SHED);
        }
    }

    /** CLR or BUS: the creator speaks of itself. */
    void onCreator(int creatorId, long nowNs) {
        if (creatorId != 0) {
            homes.onHeard(creatorId, sender, nowNs);
        }
    }

    /** An INS_ACK; true if it was another relay's sign of life. */
    boolean onInsertAck(long id, int creatorId, long nowNs) {
        if (!RelayElection.isBeacon(id)) {
            return false;
        }
        counters.increment(GroupCounter.RELAY_BEACONS_HEARD);
        senders.noteRelay(sender);
        if (sender >= 0) {
            beacons[sender] = id;
        }
        election.heard(id, creatorId, nowNs);
        return true;
    }

    /** Nothing of a relay leaves in the cycle of its cause. */
    @Override
    public int release(long nowNs, long nowMs) {
        return 0;
    }

    /** What could not be kept waits in the queues until the journal goes on. */
    @Override
    public void withhold(long nowNs) {
        isAckWanted = false;
    }

    @Override
    public void reconfigure(GroupSettings changed) {
        // What a relay is told changes with a restart only.
    }

    /** Decides who announces, and sends what is due. */
    @Override
    public int work(long nowNs, long nowMs, boolean isProven) {
        Dialect dialect = port.isUp() ? group.dialects().common(nowNs) : null;
        boolean isHeard = isProven || group.bulk().phase() == BulkPhase.FAILED;
        isOpen |= isHeard;
        if (dialect != null && !couldSpeak) {
            election.restart(nowNs); // deaf until now: rivals may be there
        }
        couldSpeak = dialect != null;
        if (dialect == null) {
            counters.set(GroupCounter.RELAY_ACTIVE, 0);
            return announcer.expire(nowNs, LEFT_TO_RIVAL_NS);
        }
        elect(nowNs);
        int workCount = 0;
        if (election.takeBeacon(nowNs)) {
            watchMtu(nowNs);
            boolean isSent = announcer.sendBeacon(dialect, election.beaconId());
            counters.add(GroupCounter.RELAY_BEACONS_SENT, isSent ? 1 : 0);
            workCount++;
        }
        if (!isOpen) {
            return workCount;
        }
        if (!election.isActive() && !isYielding) {
            return workCount + announcer.expire(nowNs, LEFT_TO_RIVAL_NS);
        }
        workCount += announcer.work(dialect, nowNs, nowMs);
        isYielding &= announcer.waiting() > 0;
        return workCount;
    }

    /** Who announces here, for operators; allocates. */
    GroupStatus.Announcer describe(long nowNs) {
        boolean isSelf = election.isActive();
        String address = "";
        for (int i = 0; i < senders.count() && !isSelf; i++) {
            address = election.isLeader(beacons[i]) ? senders.text(i) : address;
        }
        return new GroupStatus.Announcer(
                isSelf && couldSpeak,
                couldSpeak && election.hasLeader() ? election.leader() : 0,
                address,
                couldSpeak ? nowNs - election.leaderNs() : -1,
                announcer.waiting());
    }

    private void elect(long nowNs) {
        boolean was = election.isActive();
        boolean is = election.work(isReady, nowNs);
        counters.set(
                GroupCounter.RELAY_ACTIVE, is ? 1 : 0); // a restart ends a turn without a change
        if (was == is) {
            return;
        }
        counters.add(GroupCounter.RELAY_TAKEOVERS, is ? 1 : 0);
        if (was) {
            isYielding = true;
            announcer.hurry(); // what waits is ours to say, the rival need not have it
        }
        group.tell(
                String.format(
                        "relay %s group=%s creatorid=%08x waiting=%d",
                        is ? "announces" : "yields-to-another",
                        group.name(),
                        settings.identity().creatorId(),
                        announcer.waiting()));
    }

    private void watchMtu(long nowNs) {
        int mtu = announcer.interfaceMtu();
        if (mtu == lastMtu) {
            return;
        }
        lastMtu = mtu;
        if (mtu > settings.packets().mtuLimit() && group.isWarnDue(PfsyncGroup.Cause.MTU, nowNs)) {
            group.warn(
                    PfsyncGroup.Cause.MTU,
                    "announcements clamped group="
                            + group.name()
                            + " interface_mtu="
                            + mtu
                            + " limit="
                            + settings.packets().mtuLimit()
                            + " action=raise-group.mtu-only-if-every-host-takes-it");
        }
    }
}
