package org.pfsyncd.link;

/**
 * When to acknowledge: a while after something arrived, at once when asked, when much arrived or
 * when a gap shows, and each second. A gap is told again after growing pauses. Owned by the sync
 * agent.
 */
final class AckTimer {
    static final long ACK_DELAY_NS = 500_000L;

    /** Behind an arrival, sooner: a stream that comes evenly is not met by sending. */
    static final long ACK_DELAY_BEHIND_ARRIVAL_NS = 350_000L;

    static final long NAK_PAUSE_NS = 200_000L;
    static final long NAK_PAUSE_MAXIMUM_NS = 100_000_000L;

    private static final long SECOND_NS = 1_000_000_000L;

    private final int muchBytes;
    private long announced;
    private boolean isDue;
    private boolean isUrgent;
    private long dueSinceNs;
    private long arrivedNs;
    private boolean hasSent;
    private long sentNs;
    private long sentContiguous;
    private long nakAtNs;
    private long nakPauseNs;
    private long nakContiguous;
    private boolean hasNak;

    AckTimer(int windowBytes) {
        muchBytes = windowBytes / 8;
    }

    /** A conversation begins. */
    void reset() {
        announced = 0;
        isDue = false;
        isUrgent = false;
        hasSent = false;
        sentContiguous = 0;
        hasNak = false;
    }

    /** New bytes arrived, or room became free. */
    void onArrival(long nowNs) {
        arrivedNs = nowNs;
        if (!isDue) {
            isDue = true;
            dueSinceNs = nowNs;
        }
    }

    /** The peer wants to know. */
    void onQuestion(long nowNs) {
        isUrgent = true;
        onArrival(nowNs);
    }

    /** The peer says how long its stream is. */
    void onAnnounced(long end, long nowNs) {
        announced = Math.max(announced, end);
        onQuestion(nowNs);
    }

    /** End of what is known to have been sent. */
    long furthest(ReceiveWindow window) {
        return Math.max(announced, window.furthest());
    }

    boolean isGap(ReceiveWindow window) {
        return furthest(window) > window.contiguous();
    }

    boolean isDue(ReceiveWindow window, long nowNs) {
        long delayNs = arrivedNs == nowNs ? ACK_DELAY_BEHIND_ARRIVAL_NS : ACK_DELAY_NS;
        boolean isLate = isUrgent || nowNs - dueSinceNs >= delayNs;
        boolean isMuch = window.contiguous() - sentContiguous > muchBytes;
        return !hasSent
                || (isDue && (isLate || isMuch))
                || isNakDue(window, nowNs)
                || nowNs - sentNs >= SECOND_NS;
    }

    private boolean isNakDue(ReceiveWindow window, long nowNs) {
        if (!isGap(window)) {
            hasNak = false;
            return false;
        }
        if (!hasNak || window.contiguous() != nakContiguous) {
            hasNak = true;
            nakContiguous = window.contiguous();
            nakPauseNs = NAK_PAUSE_NS;
            nakAtNs = nowNs;
        }
        return nowNs - nakAtNs >= 0;
    }

    /** An acknowledgement, with the gaps if there are any, was sent. */
    void onSent(ReceiveWindow window, long nowNs) {
        if (isNakDue(window, nowNs)) {
            nakAtNs = nowNs + nakPauseNs;
            nakPauseNs = Math.min(2 * nakPauseNs, NAK_PAUSE_MAXIMUM_NS);
        }
        isDue = false;
        isUrgent = false;
        hasSent = true;
        sentNs = nowNs;
        sentContiguous = window.contiguous();
    }
}
