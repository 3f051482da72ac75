package org.pfsyncd.pfhost;

import org.pfsyncd.wire.PeerRecord;

/** How a kernel merges an update into a state it knows (section 9), its faults included. */
final class HostMerge {
    private static final int TCP = 6;
    private static final int SYN_SENT = 2;
    private static final int PROXY_SRC = 11;

    private final PfSystem system;
    private final HostClock clock;

    HostMerge(PfSystem system, HostClock clock) {
        this.system = system;
        this.clock = clock;
    }

    /** Returns how many sides were stale, 0 to 2. */
    int merge(HostState state, PeerRecord src, PeerRecord dst, int timeout) {
        PeerRecord mySrc = state.record.src();
        PeerRecord myDst = state.record.dst();
        boolean isTcp = state.record.wireProto() == TCP;
        boolean isSrcStale = isTcp ? isSrcStale(mySrc, src) : mySrc.state() > src.state();
        boolean isDstStale = isTcp ? isDstStale(myDst, dst) : myDst.state() > dst.state();
        if (!isSrcStale) {
            copy(src, mySrc);
        }
        if (!isDstStale) {
            copy(dst, myDst);
        }
        int stale = (isSrcStale ? 1 : 0) + (isDstStale ? 1 : 0);
        if (stale < 2) {
            if (system.copiesStaleDst()) {
                copy(dst, myDst);
            }
            state.record.lastActivityMs(clock.ms()).timeout(timeout);
        }
        state.syncTimeS = clock.seconds();
        return stale;
    }

    private static boolean isSrcStale(PeerRecord mine, PeerRecord theirs) {
        boolean isBack =
                mine.state() > theirs.state()
                        && (mine.state() < PROXY_SRC || theirs.state() >= PROXY_SRC);
        return isBack || (mine.state() == theirs.state() && isAfter(mine.seqlo(), theirs.seqlo()));
    }

    private boolean isDstStale(PeerRecord mine, PeerRecord theirs) {
        boolean isCompared =
                system.isNewOpenBsd() ? mine.state() == theirs.state() : mine.state() >= SYN_SENT;
        return mine.state() > theirs.state()
                || (isCompared && isAfter(mine.seqlo(), theirs.seqlo()));
    }

    /** SEQ_GT (9.1). */
    static boolean isAfter(long a, long b) {
        return (int) a - (int) b > 0;
    }

    private static void copy(PeerRecord from, PeerRecord to) {
        int scrubFlags = to.scrubFlags();
        int scrubTtl = to.scrubTtl();
        int scrubFlag = to.scrubFlag();
        long tsMod = to.tsMod();
        to.copyFrom(from);
        if ((from.scrubFlag() & 1) == 0) {
            to.scrubFlags(scrubFlags).scrubTtl(scrubTtl).scrubFlag(scrubFlag).tsMod(tsMod);
        }
    }
}
