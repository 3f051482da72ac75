package org.pfsyncd.group;

/**
 * What becomes of a request for the whole table that comes while an answer is under way (spec
 * pfsync.md sections 12.2, 12.3).
 *
 * <p>A firewall asks again because START was lost, because it has waited as long as it thinks its
 * table takes, or because it has booted meanwhile; nobody can tell which. In header version 5 the
 * endtime of END tells it whether the dump began before it asked: START is said again, which gives
 * it as much patience once more, and the dump goes on. In version 6 an END behind any START is
 * believed, so that START may only be said where the dump begins again: soon after it began, when
 * that costs little, or when its end is further off than half of what such a firewall waits for a
 * START. At most {@link #RESTARTS} times an answer, so that nobody can keep it from ending. Owned
 * by the sync agent; allocates nothing.
 */
final class AskedAgain {
    /** A firewall repeats a request that START did not answer after 2 or 5 seconds. */
    static final long EARLY_NS = 2_500_000_000L;

    /** START is said at most so often, and a request within this time is the same one. */
    static final long REPEAT_NS = 1_000_000_000L;

    /** Half of the 24 s that OpenBSD since 7.4 asks for, rounded down. */
    static final long PATIENCE_NS = 10_000_000_000L;

    /** The least that any firewall waits behind a START before it asks again. */
    static final long LEAST_DEADLINE_NS = 4_000_000_000L;

    static final int RESTARTS = 3;

    private static final int V5 = 5;

    private long begunNs;
    private long toldNs;
    private int restarts;
    private boolean isRestartDue;
    private boolean isStartDue;

    /** An answer begins: START has just been said. */
    void begin(long nowNs) {
        restarts = 0;
        restarted(nowNs);
    }

    /** It has begun again, with another START. */
    void restarted(long nowNs) {
        begunNs = nowNs;
        told(nowNs);
        isRestartDue = false;
    }

    /** START was said. */
    void told(long nowNs) {
        toldNs = nowNs;
        isStartDue = false;
    }

    /**
     * A request of the answer's header version.
     *
     * @param isKnown whether its sender is one of those who are being answered, in its dialect.
     * @param isOurs whether it wants the same dialect, so that the answer may begin again for it.
     * @param restNs how long the answer still takes, nanoseconds.
     * @return whether the answer under way will answer it too.
     */
    boolean isAnswered(
            int headerVersion, boolean isKnown, boolean isOurs, long restNs, long nowNs) {
        boolean isEarly = nowNs - begunNs < EARLY_NS;
        if (isKnown && nowNs - toldNs < REPEAT_NS) {
            return true; // the same request
        }
        if (headerVersion == V5 && (isKnown || !isEarly || !isOurs)) {
            isStartDue = true;
            return isKnown;
        }
        boolean isDue = isEarly || restNs >= PATIENCE_NS;
        if (!isRestartDue && isOurs && isDue && restarts < RESTARTS) {
            restarts++;
            isRestartDue = true;
        }
        return isRestartDue && isOurs;
    }

    /** Whether whoever is being answered has waited so long for END that it may give up. */
    boolean isImpatient(long nowNs) {
        return nowNs - toldNs >= LEAST_DEADLINE_NS;
    }

    /** Since the last START, nanoseconds. */
    long waitedNs(long nowNs) {
        return nowNs - toldNs;
    }

    boolean isRestartDue() {
        return isRestartDue;
    }

    boolean isStartDue(long nowNs) {
        return isStartDue && nowNs - toldNs >= REPEAT_NS;
    }
}
