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
