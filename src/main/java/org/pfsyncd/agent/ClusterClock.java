package org.pfsyncd.agent;

import org.pfsyncd.wire.ClockShift;

/**
 * Makes nodes agree on the time: the clock that has run longest is right. Owned by the sync agent.
 *
 * <p>A clock that is set was wrong since the start of its process: what was written since moves
 * with it. What the journal brought was written in the time of the others and stays, unless it
 * would lie in the future.
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

    /** A cycle that came so late was preceded by a pause of the process. */
    private static final long PAUSE_NS = 1_000_000_000L;

    private static final long LEAD_PART = 8;
    private static final long SAVE_NS = 1_000_000_000L;
    private static final long ONE_AGE_MS = 1_000;

    private final NodeClock clock;
    private final long startedNs;
    private final long journalEndMs;
    private final boolean hasPeers;
    private final SavedClock saved;
    private long bornMs;
    private long startMs;
    private long olderShiftMs;
    private boolean isAgreed;
    private boolean isProven;
    private long setNs;
    private boolean hasWritten;
    private ClockShift due = ClockShift.NONE;
    private boolean isDoubted;
    private long doubtedSinceNs;
    private long doubtedNs;
    private long cycleNs;
    private long savedNs;
    private long dueIncarnation;
    private long pausedNs;

    /**
     * What a process knows of the time, and the one after it goes on with.
     *
     * @param bornMs since when this clock, or the one it was set by, has run.
     * @param startMs since when this clock has run: what was written since is its own.
     * @param olderShiftMs what was added to all times that were there at the start.
     * @param journalEndMs newest time in the journal that the start replayed, as it stands there; 0
     *     for none.
     * @param isProven whether a clock that had run before {@code startMs} has told the time.
     * @param hasWritten whether something was written since.
     * @param due what the times in the table lack.
     */
    record Past(
            long bornMs,
            long startMs,
            long olderShiftMs,
            long journalEndMs,
            boolean isProven,
            boolean hasWritten,
            ClockShift due) {

        /** Of a clock that begins. */
        static Past none(long nowMs, long olderShiftMs, long journalEndMs) {
            return new Past(
                    nowMs, nowMs, olderShiftMs, journalEndMs, false, false, ClockShift.NONE);
        }
    }

    ClusterClock(NodeClock clock, long startedNs, Past past, boolean hasPeers, SavedClock saved) {
        this.clock = clock;
        this.startedNs = startedNs;
        this.hasPeers = hasPeers;
        this.saved = saved;
        bornMs = past.bornMs();
        startMs = past.startMs();
        olderShiftMs = past.olderShiftMs();
        journalEndMs = past.journalEndMs();
        isProven = past.isProven();
        hasWritten = past.hasWritten();
        due = past.due();
        cycleNs = startedNs;
        savedNs = startedNs;
        pausedNs = startedNs - DOUBT_NS;
        setNs = startedNs - WAIT_NS;
    }

    /** The next incarnation, whose OPEN will say what is due. */
    void dueIn(long incarnation) {
        dueIncarnation = incarnation;
        save(cycleNs);
    }

    private void save(long nowNs) {
        savedNs = nowNs;
        Past past =
                new Past(bornMs, startMs, olderShiftMs, journalEndMs, isProven, hasWritten, due);
        saved.save(clock, past, dueIncarnation, nowNs);
    }

    /** When the process started, by the node's time as it is now. */
    long startedMs(long nowNs) {
        return clock.time() - (nowNs - startedNs) / 1_000_000;
    }

    /** For how long this clock, or the one it was set by, has run. */
    long ageMs() {
        return Math.max(0, clock.time() - bornMs);
    }

    /** Whether states may expire: where the clock was set, peers may still say who lives. */
    boolean isSettled(long nowNs) {
        boolean isWaiting = hasPeers && !isAgreed && nowNs - startedNs < WAIT_NS;
        return !isWaiting && nowNs - setNs >= WAIT_NS;
    }

    /** Whether groups may be heard. */
    boolean isOpenForGroups(long nowNs) {
        return isAgreed || isProven || !hasPeers || nowNs - startedNs >= GROUP_WAIT_NS;
    }

    /**
     * A peer says what time it is. Right after the start, and at the beginning of a conversation,
     * it is believed at once, later when elders have said so for {@link #DOUBT_NS}.
     *
     * @param isGreeting whether nothing was said in this conversation before: what is said next is
     *     to be understood in one time.
     * @return milliseconds by which this clock was set, 0 for not.
     */
    long onPeer(long peerNowMs, long peerAgeMs, long nowNs, boolean isGreeting) {
        isAgreed = true;
        boolean ranBefore = peerAgeMs - (clock.time() - startMs) > ONE_AGE_MS;
        long differenceMs = peerNowMs - clock.time();
        boolean isOfOneAge = Math.abs(peerAgeMs - ageMs()) <= ONE_AGE_MS;
        if (Math.abs(differenceMs) <= TOLERANCE_MS) {
            isDoubted = isDoubted && !isOfOneAge && peerAgeMs < ageMs();
            // Whoever agrees with an elder is as old: what it says counts as much.
            bornMs = Math.min(bornMs, clock.time() - peerAgeMs);
            isProven |= ranBefore;
            return 0;
        }
        // Of two that started together the earlier is right: by it nothing ends too soon.
        boolean isElder = isOfOneAge ? differenceMs < 0 : peerAgeMs > ageMs();
        if (!isElder) {
            return 0;
        }
        boolean isStart = nowNs - startedNs < WAIT_NS || (isGreeting && !hasPaused(nowNs));
        if (!isDoubtOld(nowNs) && !isStart) {
            return 0;
        }
        isDoubted = false;
        isProven |= ranBefore;
        setNs = nowNs;
        clock.set(differenceMs);
        bornMs = clock.time() - peerAgeMs;
        move(differenceMs);
        return differenceMs;
    }

    /** A duty cycle begins. */
    void onCycle(long nowNs) {
        if (nowNs - cycleNs > PAUSE_NS) {
            pausedNs = nowNs;
        }
        cycleNs = nowNs;
        if (nowNs - savedNs >= SAVE_NS) {
            save(nowNs);
        }
    }

    /** Whether a frame may have waited in the socket while this process stood still. */
    private boolean hasPaused(long nowNs) {
        return nowNs - pausedNs < DOUBT_NS;
    }

    private boolean isDoubtOld(long nowNs) {
        if (!isDoubted || nowNs - doubtedNs > DOUBT_GAP_NS) {
            isDoubted = true;
            doubtedSinceNs = nowNs;
        }
        doubtedNs = nowNs;
        return nowNs - doubtedSinceNs >= DOUBT_NS;
    }

    /**
     * Where the journal's end lies ahead of the start as a peer sees it, and by a good part of the
     * difference, it was written by the clock that is wrong; otherwise it is right as it stands.
     */
    private void move(long differenceMs) {
        long sinceMs = due.isNone() ? startMs : due.sinceMs();
        startMs += differenceMs;
        long leadLimitMs = Math.max(TOLERANCE_MS, Math.abs(differenceMs) / LEAD_PART);
        boolean isJournalRight = journalEndMs - startMs <= leadLimitMs;
        long olderMs = isJournalRight ? -olderShiftMs : differenceMs;
        olderShiftMs += olderMs;
        if (olderMs == 0 && !hasWritten) {
            return;
        }
        due = new ClockShift(due.olderMs() + olderMs, due.newerMs() + differenceMs, sinceMs);
    }

    /** Something is written by this clock into the table. */
    void onWrite() {
        hasWritten = true;
    }

    /** Whether the time since the start may be wrong: no peer that ran before has told it. */
    boolean isDoubtful() {
        return hasPeers && !isProven;
    }

    boolean isShiftDue() {
        return !due.isNone();
    }

    /** What is to be added to the times in the table; once. */
    ClockShift takeShift() {
        ClockShift taken = due;
        due = ClockShift.NONE;
        return taken;
    }

    /** A clean end. */
    void close() {
        save(cycleNs);
        saved.close();
    }
}
