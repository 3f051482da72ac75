package org.pfsyncd.link;

/**
 * Finds out that large frames vanish without a word (an MTU black hole): when the same bytes are
 * asked for again and again, frames become smaller. Owned by the link agent.
 */
final class PathSize {
    /** Smallest frame, bytes: IPv4 promises a path of 576. */
    static final int MINIMUM = 536;

    private static final int LOSSES = 6;

    /** After this time larger frames are tried again. */
    private static final long RETRY_NS = 600_000_000_000L;

    private int reducedTo = Integer.MAX_VALUE;
    private int usedLimit;
    private long reducedAtNs;
    private long lossOffset = -1;
    private int losses;

    /** Bytes a frame may have. */
    int limit(int laneLimit, long nowNs) {
        if (reducedTo != Integer.MAX_VALUE && nowNs - reducedAtNs > RETRY_NS) {
            reducedTo = Integer.MAX_VALUE;
        }
        usedLimit = Math.min(laneLimit, reducedTo);
        return usedLimit;
    }

    /** The bytes at {@code offset} are missing; returns true if frames became smaller for it. */
    boolean onLoss(long offset, long nowNs) {
        losses = offset == lossOffset ? losses + 1 : 1;
        lossOffset = offset;
        if (losses < LOSSES || usedLimit <= MINIMUM) {
            return false;
        }
        losses = 0;
        reducedTo = Math.max(MINIMUM, usedLimit * 3 / 4);
        reducedAtNs = nowNs;
        return true;
    }

    void onProgress() {
        lossOffset = -1;
        losses = 0;
    }
}
