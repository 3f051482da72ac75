package org.pfsyncd.agent;

/**
 * Makes nodes agree on the time: the clock that has run longest is right. Owned by the sync agent.
 *
 * <p>A node that has just started may be hours off, because its wall clock is; its journal is not,
 * for it was written in the time of the others. So a young clock is set and the table left alone,
 * but for what the start itself moved; a clock that has run apart for long takes its table with it.
 */
final class ClusterClock {
    /** Less than this apart is agreement. */
    static final long TOLERANCE_MS = 2_000;

    /** Expiry and groups wait so long after the start for a peer's clock. */
    static final long WAIT_NS = 5_000_000_000L;

    /** Groups wait so long: a firewall's packets wait in the socket meanwhile. */
    static final long GROUP_WAIT_NS = 500_000_000L;

    /**
     * Elders must have differed for so long, without a word between that agrees: a frame that
     * waited in the socket of a paused process tells the time at which it was sent.
     */
    static final long DOUBT_NS = 2_000_000_000L;

    /** Statements further apart than this are not one doubt; they come each second. */
    private static final long DOUBT_GAP_NS = 5_000_000_000L;

    private static final long YOUNG_MS = 60_000;
    private static final long ONE_AGE_MS = 1_000;
    private static final long UNDO_TOLERANCE_MS = 60_000;

    private final NodeClock clock;
    private final long startedNs;
    private final long journalEndMs;
    private final boolean hasPeers;
    private long bornMs;
    private long startShiftMs;
    private boolean isAgreed;
    private boolean isShiftDue;
    private long shiftMs;
    private boolean isDoubted;
    private long doubtedSinceNs;
    private long doubtedNs;

    /**
     * @param startShiftMs what the start added to all times of the table.
     * @param journalEndMs newest time in the journal that the start replayed, 0 for none.
     */
    ClusterClock(
            NodeClock clock,
            long startedNs,
            long startShiftMs,
            long journalEndMs,
            boolean hasPeers) {
        this.clock = clock;
        this.journalEndMs = journalEndMs;
        this.startedNs = startedNs;
        this.startShiftMs = startShiftMs;
        this.hasPeers = hasPeers;
        bornMs = clock.time();
    }

    /** For how long this clock, or the one it was set by, has run. */
    long ageMs() {
        return Math.max(0, clock.time() - bornMs);
    }

    /** Whether states may expire. */
    boolean isSettled(long nowNs) {
        return isAgreed || !hasPeers || nowNs - startedNs >= WAIT_NS;
    }

    /** Whether groups may be heard. */
    boolean isOpenForGroups(long nowNs) {
        return isAgreed || !hasPeers || nowNs - startedNs >= GROUP_WAIT_NS;
    }

    /**
     * A peer says what time it is. Right after the start it is believed at once, later when elders
     * have said so for {@link #DOUBT_NS}.
     *
     * @return milliseconds by which this clock was set, 0 for not.
     */
    long onPeer(long peerNowMs, long peerAgeMs, long nowNs) {
        isAgreed = true;
        long differenceMs = peerNowMs - clock.time();
        boolean isOfOneAge = Math.abs(peerAgeMs - ageMs()) <= ONE_AGE_MS;
        if (Math.abs(differenceMs) <= TOLERANCE_MS) {
            isDoubted = isDoubted && !isOfOneAge && peerAgeMs < ageMs();
            // Whoever agrees with an elder is as old: what it says counts as much.
            bornMs = Math.min(bornMs, clock.time() - peerAgeMs);
            return 0;
        }
        // Of two that started together the earlier is right: by it nothing ends too soon.
        boolean isElder = isOfOneAge ? differenceMs < 0 : peerAgeMs > ageMs();
        if (!isElder) {
            return 0;
        }
        boolean isStart = nowNs - startedNs < WAIT_NS;
        if (!isDoubtOld(nowNs) && !isStart) {
            return 0;
        }
        isDoubted = false;
        boolean isYoung = ageMs() < YOUNG_MS;
        // Where it is earlier for the others than when this journal ended, they have been set back
        // since, and this table has not.
        boolean isLeftAhead = startShiftMs == 0 && peerNowMs < journalEndMs - TOLERANCE_MS;
        long shift = isYoung && !isLeftAhead ? 0 : differenceMs;
        if (startShiftMs != 0 && Math.abs(differenceMs + startShiftMs) < UNDO_TOLERANCE_MS) {
            shift = -startShiftMs;
        }
        // An elder that is heard later may say that the table was right as it stood.
        startShiftMs = isYoung ? startShiftMs + shift : 0;
        clock.set(differenceMs);
        bornMs = clock.time() - peerAgeMs;
        shiftMs += shift;
        isShiftDue = shiftMs != 0;
        return differenceMs;
    }

    private boolean isDoubtOld(long nowNs) {
        if (!isDoubted || nowNs - doubtedNs > DOUBT_GAP_NS) {
            isDoubted = true;
            doubtedSinceNs = nowNs;
        }
        doubtedNs = nowNs;
        return nowNs - doubtedSinceNs >= DOUBT_NS;
    }

    boolean isShiftDue() {
        return isShiftDue;
    }

    /** What is to be added to every time in the table; once. */
    long takeShiftMs() {
        long taken = shiftMs;
        shiftMs = 0;
        isShiftDue = false;
        return taken;
    }
}
