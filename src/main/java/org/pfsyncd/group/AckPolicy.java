package org.pfsyncd.group;

/**
 * Decides whether an INS that asks for it is acknowledged now.
 *
 * <p>{@code auto}: our acknowledgement is faster than that of a real standby and would release the
 * packet before the standby has the state. So the first request only starts a watch of one second;
 * if nobody besides the sender and relays, which are no standby, has been heard by then, nor within
 * the last minute, we are its only partner and answer from then on. Owned by the sync agent.
 */
final class AckPolicy {
    static final long WATCH_NS = 1_000_000_000L;

    private final AckMode mode;
    private final SenderTable senders;
    private long watchEndsNs;
    private boolean isWatching;

    AckPolicy(AckMode mode, SenderTable senders) {
        this.mode = mode;
        this.senders = senders;
    }

    /**
     * @param sender index in the {@link SenderTable} of whoever asked, -1 if it is not tracked.
     */
    boolean isAllowed(int sender, long nowNs) {
        return switch (mode) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> isOnlyPartner(sender, nowNs);
        };
    }

    /**
     * We were deaf for a while: whoever spoke meanwhile was not heard, so the watch begins anew.
     */
    void restart() {
        isWatching = false;
    }

    private boolean isOnlyPartner(int sender, long nowNs) {
        if (sender < 0 || senders.isAnotherAlive(sender, nowNs)) {
            isWatching = false;
            return false;
        }
        if (!isWatching) {
            isWatching = true;
            watchEndsNs = nowNs + WATCH_NS;
        }
        return nowNs - watchEndsNs >= 0;
    }
}
