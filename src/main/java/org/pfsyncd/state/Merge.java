package org.pfsyncd.state;

import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * Merges an update into a known state: spec pfsync.md section 9 with OpenBSD's corrected rules, no
 * second copy of a stale side. Pure functions over records.
 */
final class Merge {
    private static final int PROTO_TCP = 6;

    /** Largest state number that exists. */
    static final int STATE_LIMIT = 12;

    /** First of the SYN proxy's two states, which lie above all others yet come before them. */
    private static final int PROXY_SRC = 11;

    private Merge() {}

    /**
     * Copies each side that is not older than ours.
     *
     * @return {@link Outcome#MERGED}, {@link Outcome#HALF_STALE} or {@link Outcome#STALE}.
     */
    static int peers(StateRecord known, PeerRecord newSrc, PeerRecord newDst) {
        boolean isTcp = known.wireProto() == PROTO_TCP;
        boolean isSrcStale = isSrcStale(known.src(), newSrc, isTcp);
        boolean isDstStale = isStale(known.dst(), newDst, isTcp);
        if (isSrcStale && isDstStale) {
            return Outcome.STALE;
        }
        if (!isSrcStale) {
            copy(known.src(), newSrc);
        }
        if (!isDstStale) {
            copy(known.dst(), newDst);
        }
        return isSrcStale || isDstStale ? Outcome.HALF_STALE : Outcome.MERGED;
    }

    /**
     * Joins each side of two copies of one state, so that both orders give the same: the side that
     * is not stale against the other wins; of two that are level, the one in the copy with the
     * later activity; of two with the same activity, the larger bytes.
     *
     * @return true if {@code known} changed.
     */
    static boolean join(StateRecord known, StateRecord received) {
        boolean isTcp = known.wireProto() == PROTO_TCP;
        long later = received.lastActivityMs() - known.lastActivityMs();
        boolean takesSrc =
                isSideNewer(
                        known.src(),
                        received.src(),
                        isSrcBehind(received.src(), known.src(), isTcp),
                        isSrcBehind(known.src(), received.src(), isTcp),
                        later);
        boolean takesDst =
                isSideNewer(
                        known.dst(),
                        received.dst(),
                        isStale(known.dst(), received.dst(), isTcp),
                        isStale(received.dst(), known.dst(), isTcp),
                        later);
        if (takesSrc) {
            known.src().copyFrom(received.src());
        }
        if (takesDst) {
            known.dst().copyFrom(received.dst());
        }
        return takesSrc || takesDst;
    }

    /** As {@link #isSrcStale}, but an order: the SYN proxy's states come before all others. */
    private static boolean isSrcBehind(PeerRecord a, PeerRecord b, boolean isTcp) {
        int rankOfA = isTcp ? rank(a.state()) : a.state();
        int rankOfB = isTcp ? rank(b.state()) : b.state();
        return rankOfA != rankOfB ? rankOfA < rankOfB : isTcp && isAfter(b.seqlo(), a.seqlo());
    }

    private static int rank(int state) {
        return state >= PROXY_SRC ? state - PROXY_SRC - 2 : state;
    }

    private static boolean isSideNewer(
            PeerRecord known,
            PeerRecord received,
            boolean isReceivedStale,
            boolean isKnownStale,
            long laterMs) {
        if (isReceivedStale != isKnownStale) {
            return isKnownStale;
        }
        int difference = received.compareBytes(known);
        return difference != 0 && (laterMs > 0 || (laterMs == 0 && difference > 0));
    }

    /** A SYN proxy's state falls back to the numbering of a normal connection. */
    private static boolean isSrcStale(PeerRecord known, PeerRecord received, boolean isTcp) {
        boolean leavesProxy = known.state() >= PROXY_SRC && received.state() < PROXY_SRC;
        return !(isTcp && leavesProxy) && isStale(known, received, isTcp);
    }

    private static boolean isStale(PeerRecord known, PeerRecord received, boolean isTcp) {
        if (known.state() != received.state()) {
            return known.state() > received.state();
        }
        return isTcp && isAfter(known.seqlo(), received.seqlo());
    }

    /** Modular: the signed 32-bit difference is above 0 (9.1). */
    private static boolean isAfter(long a, long b) {
        return (int) (a - b) > 0;
    }

    /** Everything, but the scrub block only where the sender says that it is valid (9.3). */
    private static void copy(PeerRecord known, PeerRecord received) {
        if (received.scrubFlag() == 1) {
            known.copyFrom(received);
            return;
        }
        known.seqlo(received.seqlo()).seqhi(received.seqhi()).seqdiff(received.seqdiff());
        known.maxWin(received.maxWin()).mss(received.mss());
        known.state(received.state()).wscale(received.wscale());
    }
}
