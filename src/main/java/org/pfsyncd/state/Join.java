package org.pfsyncd.state;

import org.agrona.DirectBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Takes in what one peer's table came to: {@code src/docs/state.md} section 9. Nothing is judged
 * again; two copies of a state are joined, so that every node comes to the same whatever the order.
 * What changed is appended to the batch. Owned by the sync agent; one a peer: name ids are its own.
 */
public final class Join {
    private final Ledger ledger;
    private final DeltaBatch batch;
    private final Tombstones tombstones;
    private final Removal removal;
    private final Purge purge;
    private final CounterSet<NodeCounter> counters;
    private final NameMap names;
    private final DeltaReader deltas = new DeltaReader();
    private final Tombstone dead = new Tombstone();
    private final Copies copies;
    private final BrokenRule brokenRule;
    private final Knowledge knowledge;
    private final Knowledge arrived = new Knowledge();
    private final ChangeGroup group;
    private boolean isTakingAll;
    private long peerId;
    private long documentIncarnation;
    private long documentSequence;
    private boolean isPartial;
    private boolean hasContent;
    private boolean isPositionDue;

    Join(Parts parts, NameTable nameTable) {
        ledger = parts.ledger;
        batch = parts.batch;
        group = new ChangeGroup(batch);
        tombstones = parts.tombstones;
        removal = parts.removal;
        purge = parts.purge;
        counters = parts.counters;
        knowledge = parts.knowledge;
        names = new NameMap(nameTable);
        brokenRule = parts.brokenRule;
        copies = new Copies(ledger.digest(), brokenRule);
    }

    /** What all joins of a table share. */
    record Parts(
            Ledger ledger,
            DeltaBatch batch,
            Tombstones tombstones,
            Removal removal,
            Purge purge,
            CounterSet<NodeCounter> counters,
            Knowledge knowledge,
            BrokenRule brokenRule) {}

    /** A new conversation: the peer will say again what its name ids mean. */
    public void forgetNames() {
        names.clear();
        isPositionDue = false;
    }

    /** A document of the peer's journal begins; {@link #apply} takes its deltas in. */
    public void beginDocument(long nodeId, long incarnation, long sequence) {
        peerId = nodeId;
        documentIncarnation = incarnation;
        documentSequence = sequence;
        arrived.clear();
        enter(nodeId, incarnation, sequence);
        if (brokenRule == BrokenRule.POSITION_BEFORE_CONTENT && !isTakingAll) {
            advance(incarnation, sequence);
        }
    }

    /**
     * Whether what {@link #apply} is given next is not the end of its document. It may be published
     * apart from its end, so it must not be known by a position that stands for both.
     */
    public void partial(boolean partial) {
        isPartial = partial;
    }

    /**
     * It is complete: this table contains the peer's as it was then.
     *
     * @return true if it brought nothing that was not known by another path.
     */
    public boolean endDocument() {
        boolean isKnown = group.isKnown;
        leave();
        // Not before the end: what a node changed at once may stand in several places.
        arrived.moveTo(knowledge);
        if (!isTakingAll) {
            advance(documentIncarnation, documentSequence);
            isPositionDue = isPositionDue || hasContent;
        }
        hasContent = false;
        return isKnown;
    }

    /** A snapshot is complete: this table contains the peer's as it was at its end. */
    public void endSnapshot(long incarnation, long sequence) {
        isTakingAll = false;
        advance(incarnation, sequence);
        isPositionDue = true;
    }

    /**
     * This table contains the peer's at a position. A position that moved without content is kept
     * in memory only: were it journaled, two quiet nodes would tell each other of it for ever.
     */
    public void advance(long incarnation, long sequence) {
        knowledge.advance(peerId, incarnation, sequence);
    }

    /** Of whom {@link #advance} and {@link #apply} speak outside of a document. */
    public void peerId(long nodeId) {
        peerId = nodeId;
    }

    /** Whether the position has moved, with content, and no batch says so yet. */
    public boolean isPositionDue() {
        return isPositionDue;
    }

    /** The batch is about to be published: appends the peer's position if it has moved. */
    public void appendPosition() {
        group.unmark();
        int i = knowledge.indexOf(peerId);
        if (isPositionDue && i >= 0) {
            batch.appendPosition(
                    DeltaType.SOURCE, peerId, knowledge.incarnation(i), knowledge.sequence(i));
        }
        isPositionDue = false;
    }

    private void enter(long nodeId, long incarnation, long sequence) {
        group.enter(nodeId, incarnation, sequence);
        group.isKnown = !isTakingAll && knowledge.covers(nodeId, incarnation, sequence);
    }

    /** All of a change may be here: behind the document it is known, by whichever path. */
    private void leave() {
        boolean isForeign = group.nodeId != peerId;
        if (isForeign && !isTakingAll) {
            arrived.advance(group.nodeId, group.incarnation, group.sequence);
        }
    }

    /** What is appended next is the change at hand. */
    private void mark() {
        group.mark(isTakingAll || isPartial);
    }

    /**
     * Whether what follows comes from a snapshot or a repair, so that a state that is not here is
     * taken in whatever its delta says; otherwise an update of a state that is not here means that
     * it was deleted here.
     */
    public void takeAll(boolean all) {
        isTakingAll = all;
    }

    /**
     * Joins deltas. What the batch has no room for is refused: a DELETE of 20 bytes may be answered
     * with a whole record.
     *
     * @return deltas that could not be taken in: a name that was never given, a value out of range,
     *     no room, or malformed (the rest then counts as one).
     */
    public int apply(DirectBuffer buffer, int offset, int length, long nowMs) {
        int refused = 0;
        deltas.wrap(buffer, offset, length);
        while (deltas.next()) {
            refused += applyOne(nowMs) ? 0 : 1;
        }
        counters.set(NodeCounter.STATES, ledger.size());
        return deltas.isMalformed() ? refused + 1 : refused;
    }

    private boolean applyOne(long nowMs) {
        int type = deltas.type();
        if (type == DeltaType.NAME) {
            return names.define(deltas);
        }
        if (type == DeltaType.POSITION) {
            return position();
        }
        hasContent = true;
        // A snapshot claims the deletes made before its end, and carries none of them.
        boolean isKnown = group.isKnown && !DeleteRule.isObserved(deltas);
        if (isKnown || batch.remaining() < DeltaBatch.JOIN_RESERVE_LENGTH) {
            return isKnown;
        }
        if (type == DeltaType.PUT || type == DeltaType.SPARSE_PUT) {
            StateRecord received = deltas.record();
            received.marks((received.marks() & StateRecord.MARK_CONFIRMED) | StateRecord.MARK_NEW);
            return names.localise(received) && Copies.isValid(received) && put(received, nowMs);
        }
        int realm = names.local(deltas.realm());
        if (realm == NameMap.UNMAPPED) {
            return false;
        }
        if (type == DeltaType.TOMBSTONE) {
            return isTakingAll && bury(realm, nowMs);
        }
        StateRecord known = living(realm, deltas.id(), deltas.creatorId(), nowMs);
        if (known == null) {
            return true;
        }
        if (type == DeltaType.UPDATE) {
            return update(known, deltas.record());
        }
        delete(known, nowMs);
        return true;
    }

    /** A snapshot says which states are dead where it comes from: here they are too. */
    private boolean bury(int realm, long nowMs) {
        StateRecord known = living(realm, deltas.id(), deltas.creatorId(), nowMs);
        dead.from(deltas, realm).isNew = true;
        if (tombstones.buries(dead, known, nowMs)) {
            mark();
            removal.remove(known, Reason.PEER_DELETE, nowMs);
        }
        return dead.isValid();
    }

    private boolean position() {
        switch (deltas.reason()) {
            case DeltaType.ORIGIN -> {
                leave();
                enter(deltas.nodeId(), deltas.incarnation(), deltas.sequence());
            }
            case DeltaType.OWN -> {
                leave();
                enter(peerId, documentIncarnation, documentSequence);
                group.cause(deltas.nodeId(), deltas.incarnation(), deltas.sequence());
            }
            case DeltaType.SOURCE -> {
                // Within a snapshot nothing is contained before its end.
                long at = deltas.sequence();
                return isTakingAll || knowledge.advance(deltas.nodeId(), deltas.incarnation(), at);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private StateRecord living(int realm, long id, int creatorId, long nowMs) {
        StateRecord known = ledger.store().get(realm, id, creatorId);
        if (known != null && purge.isCleared(known)) {
            // This table heard the clear; whoever made the change at hand may not have.
            group.contradict();
            removal.remove(known, Reason.CLEARED, nowMs);
            return null;
        }
        return known;
    }

    private boolean put(StateRecord received, long nowMs) {
        if (isPerhapsNew() && !tombstones.covers(received, nowMs) && insertIfAbsent(received)) {
            return true;
        }
        StateRecord known = living(received.realm(), received.id(), received.creatorId(), nowMs);
        if (known == null) {
            return admit(received, nowMs);
        }
        if (Identity.isSame(known, received, nowMs)) {
            joinFull(known, received);
            return true;
        }
        if (!copies.isSuccessor(known, received)) {
            return true;
        }
        mark();
        removal.remove(known, Reason.REPLACED, nowMs);
        return insert(received, Reason.INSERT);
    }

    private boolean admit(StateRecord received, long nowMs) {
        if (!isPerhapsNew()) {
            return true;
        }
        if (tombstones.covers(received, nowMs)) {
            // Whoever sent it may have missed the delete, or its tombstone went before ours did.
            group.contradict();
            batch.delete(received, Reason.STILL_DEAD);
            counters.increment(NodeCounter.LINK_DEAD_REFUSED);
            return true;
        }
        return insert(received, reasonOfNew());
    }

    /** An update of a state that is not here says that it was deleted here. */
    private boolean isPerhapsNew() {
        return isTakingAll || !Reason.isProgress(deltas.reason());
    }

    private boolean insertIfAbsent(StateRecord received) {
        if (!ledger.insertIfAbsent(received)) {
            return false;
        }
        inserted(received, reasonOfNew());
        return true;
    }

    private int reasonOfNew() {
        return isTakingAll ? Reason.FETCHED : deltas.reason();
    }

    private void inserted(StateRecord record, int reason) {
        mark();
        batch.put(record, reason);
        counters.increment(NodeCounter.INSERTED);
    }

    private boolean insert(StateRecord received, int reason) {
        if (!ledger.insert(received)) {
            return false;
        }
        inserted(received, reason);
        return true;
    }

    private void joinFull(StateRecord known, StateRecord received) {
        StateRecord joined = copies.begin(known);
        boolean isFixedChanged = copies.joinFixed(received);
        boolean isMutableChanged = copies.joinMutable(received);
        if (isFixedChanged) {
            ledger.replace(known, joined);
            mark();
            batch.put(joined, Reason.ofJoin(deltas.reason()));
        } else if (isRevival() && group.passOn(knowledge, isPartial)) {
            // Unchanged too: our position contains it then, and who deleted it would pass over it.
            ledger.takeMutable(known, joined);
            batch.put(known, Reason.REVIVED);
        } else if (isMutableChanged) {
            ledger.takeMutable(known, joined);
            mark();
            batch.update(known, Reason.ofJoin(deltas.reason()));
        }
    }

    private boolean isRevival() {
        return deltas.reason() == Reason.REVIVED && !isTakingAll;
    }

    private boolean update(StateRecord known, StateRecord received) {
        int originNode = names.local(received.originNode());
        if (originNode == NameMap.UNMAPPED || !Copies.isMutableValid(received)) {
            return false;
        }
        received.originNode(originNode);
        StateRecord joined = copies.begin(known);
        if (copies.joinMutable(received)) {
            ledger.takeMutable(known, joined);
            mark();
            batch.update(known, Reason.ofJoin(deltas.reason()));
        }
        return true;
    }

    /**
     * What somebody saw end is over, unless it was created again since. What somebody only no
     * longer heard of goes if it is over by our own clock and knowledge too; else it is announced
     * again.
     */
    private void delete(StateRecord known, long nowMs) {
        int reason = deltas.reason();
        if (!DeleteRule.concerns(deltas, known, group.isKnown, nowMs)) {
            return;
        }
        boolean mayYield = brokenRule != BrokenRule.SILENCE_IS_DEATH;
        if (mayYield && Reason.isFromSilence(reason) && known.expiresAtMs() > nowMs) {
            group.contradict();
            batch.put(known, Reason.REVIVED);
            counters.increment(NodeCounter.LINK_REVIVED);
            return;
        }
        mark();
        removal.remove(known, reason, nowMs);
    }
}
