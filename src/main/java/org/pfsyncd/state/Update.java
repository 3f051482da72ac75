package org.pfsyncd.state;

import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * Changes known states in place (spec pfsync.md section 9) and appends the result. Owned by the
 * sync agent.
 */
final class Update {
    private final Ledger ledger;
    private final DeltaBatch batch;
    private final Lifetime lifetime;
    private boolean isChanged;
    private int originNode;
    private int reason = Reason.UPDATE;

    Update(Ledger ledger, DeltaBatch batch, Lifetime lifetime) {
        this.ledger = ledger;
        this.batch = batch;
        this.lifetime = lifetime;
    }

    void originNode(int nameId) {
        originNode = nameId;
    }

    void relayed(boolean isRelayed) {
        reason = isRelayed ? Reason.RELAYED : Reason.UPDATE;
    }

    /** A compressed update; answers MERGED, HALF_STALE or STALE. */
    int compressed(
            StateRecord known, PeerRecord src, PeerRecord dst, int timeoutClass, long nowMs) {
        int outcome = merge(known, src, dst, timeoutClass, nowMs);
        if (isChanged) {
            batch.update(known, reason);
        }
        return outcome;
    }

    /**
     * A full update or a repeated insert. Unlike the kernels it also takes the packet and byte
     * counts where they are larger, for display; a stale one takes nothing. The dialect stays that
     * of the fixed fields, which nothing replaces: another firewall that has the state may say it
     * in its own, with less in it.
     */
    int full(StateRecord known, StateRecord received, long nowMs) {
        int timeoutClass = received.timeout();
        int outcome = merge(known, received.src(), received.dst(), timeoutClass, nowMs);
        boolean isFresh = outcome != Outcome.STALE;
        if (isFresh) {
            lengthen(known, received.lifetimeS());
        }
        if (isFresh && isDisplayLarger(received, known)) {
            ledger.digest().remove(known);
            takeCounts(known, received);
            ledger.digest().add(known);
            batch.put(known, reason);
        } else if (isChanged) {
            batch.update(known, reason);
        }
        return outcome;
    }

    /** Even a stale update proves that its sender has the state: it confirms. */
    private int merge(
            StateRecord known, PeerRecord src, PeerRecord dst, int timeoutClass, long nowMs) {
        long formerExpiresAtMs = known.expiresAtMs();
        long token = ledger.beginUpdate(known);
        int outcome = Merge.peers(known, src, dst);
        if (outcome != Outcome.STALE) {
            lifetime.refresh(known, timeoutClass, nowMs);
            known.originNode(originNode);
        }
        ledger.endUpdate(known, token, formerExpiresAtMs);
        isChanged = ledger.confirm(known, true) || outcome != Outcome.STALE;
        return outcome;
    }

    private void lengthen(StateRecord known, long announcedS) {
        long formerExpiresAtMs = known.expiresAtMs();
        long token = ledger.beginUpdate(known);
        lifetime.lengthen(known, announcedS);
        ledger.endUpdate(known, token, formerExpiresAtMs);
    }

    /** True if one of the packet and byte counts is larger. */
    static boolean isDisplayLarger(StateRecord received, StateRecord known) {
        return isLarger(received.packets0(), known.packets0())
                || isLarger(received.packets1(), known.packets1())
                || isLarger(received.bytes0(), known.bytes0())
                || isLarger(received.bytes1(), known.bytes1());
    }

    /** Takes each packet and byte count that is larger. */
    static void takeCounts(StateRecord known, StateRecord received) {
        known.packets0(larger(received.packets0(), known.packets0()));
        known.packets1(larger(received.packets1(), known.packets1()));
        known.bytes0(larger(received.bytes0(), known.bytes0()));
        known.bytes1(larger(received.bytes1(), known.bytes1()));
    }

    private static boolean isLarger(long a, long b) {
        return Long.compareUnsigned(a, b) > 0;
    }

    private static long larger(long a, long b) {
        return isLarger(a, b) ? a : b;
    }
}
