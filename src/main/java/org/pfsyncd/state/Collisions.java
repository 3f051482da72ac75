package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/**
 * Guards the keys (spec pfsync.md section 6.6): a living state with the same key in the same slot,
 * on the same interface and in the same direction keeps a new one out, unless it is a TCP
 * connection that both ends have finished, which gives way. Owned by the sync agent.
 */
final class Collisions {
    private static final int PROTO_TCP = 6;
    private static final int FIN_WAIT_2 = 9;

    private final Ledger ledger;
    private final KeyIndex index;
    private final Removal removal;
    private final Purge purge;

    Collisions(Ledger ledger, Removal removal, Purge purge) {
        this.ledger = ledger;
        this.index = ledger.index();
        this.removal = removal;
        this.purge = purge;
    }

    /**
     * True if a living state holds one of the keys. If only states that give way hold them, they
     * are removed.
     */
    boolean isBlocked(StateRecord received, long nowMs) {
        if (isKeptOut(received)) {
            return true;
        }
        if (received.isUntranslated()) {
            evict(received, ConnectionKey.WIRE | ConnectionKey.STACK, nowMs);
        } else {
            evict(received, ConnectionKey.WIRE, nowMs);
            evict(received, ConnectionKey.STACK, nowMs);
        }
        return false;
    }

    /** False if certainly no state holds one of the keys; asks the index alone. */
    boolean mayBeKnown(StateRecord received) {
        if (received.isUntranslated()) {
            return hasCandidate(received, ConnectionKey.WIRE | ConnectionKey.STACK);
        }
        return hasCandidate(received, ConnectionKey.WIRE)
                || hasCandidate(received, ConnectionKey.STACK);
    }

    private boolean hasCandidate(StateRecord received, int slots) {
        return index.first(ledger.hash(received, key(slots)), slots) != KeyIndex.NONE;
    }

    /** The same question; nothing is removed. */
    boolean isKeptOut(StateRecord received) {
        return isKeptOut(received, true);
    }

    /**
     * Whether any state that is not cleared holds one of the keys, a finished one too; nothing is
     * removed.
     */
    boolean isKeyTaken(StateRecord received) {
        return isKeptOut(received, false);
    }

    private boolean isKeptOut(StateRecord received, boolean doFinishedGiveWay) {
        if (received.isUntranslated()) {
            return isHeld(received, ConnectionKey.WIRE | ConnectionKey.STACK, doFinishedGiveWay);
        }
        return isHeld(received, ConnectionKey.WIRE, doFinishedGiveWay)
                || isHeld(received, ConnectionKey.STACK, doFinishedGiveWay);
    }

    /** The state that holds a key of {@code probe} in one of the slots, or null. */
    StateRecord holder(StateRecord probe, int slots) {
        long hash = ledger.hash(probe, key(slots));
        long slot = index.first(hash, slots);
        while (slot != KeyIndex.NONE) {
            StateRecord holder = verified(slot, probe, slots);
            if (holder != null) {
                return holder;
            }
            slot = index.next(hash, slots, slot);
        }
        return null;
    }

    private boolean isHeld(StateRecord received, int slots, boolean doFinishedGiveWay) {
        long hash = ledger.hash(received, key(slots));
        long slot = index.first(hash, slots);
        while (slot != KeyIndex.NONE) {
            StateRecord holder = verified(slot, received, slots);
            boolean isGivingWay =
                    holder == null
                            || purge.isCleared(holder)
                            || (doFinishedGiveWay && isFinishedTcp(holder));
            if (!isGivingWay) {
                return true;
            }
            slot = index.next(hash, slots, slot);
        }
        return false;
    }

    private void evict(StateRecord received, int slots, long nowMs) {
        StateRecord holder = holder(received, slots);
        while (holder != null) {
            int reason = purge.isCleared(holder) ? Reason.CLEARED : Reason.COLLISION;
            removal.remove(holder, reason, nowMs);
            holder = holder(received, slots);
        }
    }

    private StateRecord verified(long slot, StateRecord received, int slots) {
        StateRecord candidate =
                ledger.store().getOther(index.realm(slot), index.id(slot), index.creatorId(slot));
        int key = key(index.mask(slot) & slots);
        return ConnectionKey.isSamePlace(candidate, received)
                        && ConnectionKey.isSame(candidate, received, key)
                ? candidate
                : null;
    }

    /** The key to look at: where both slots are meant, both keys are equal. */
    private static int key(int slots) {
        return (slots & ConnectionKey.WIRE) != 0 ? ConnectionKey.WIRE : ConnectionKey.STACK;
    }

    private static boolean isFinishedTcp(StateRecord holder) {
        return holder.wireProto() == PROTO_TCP
                && holder.src().state() >= FIN_WAIT_2
                && holder.dst().state() >= FIN_WAIT_2;
    }
}
