package org.pfsyncd.wire;

/**
 * What became of one message after the mirror judged it.
 *
 * <p>Plain numbers, so that the message path neither allocates nor throws. {@code state} returns
 * them, {@code group} turns them into counters and answers.
 */
public final class Outcome {
    /** A new state was inserted. */
    public static final int INSERTED = 0;

    /** A known state was changed; no side was stale. */
    public static final int MERGED = 1;

    /** One side was older than ours and was kept, the other was copied. */
    public static final int HALF_STALE = 2;

    /** Both sides were older than ours; nothing was copied, timers were not touched. */
    public static final int STALE = 3;

    /**
     * The id was known with another key or creation: the old state was deleted, the new one
     * inserted.
     */
    public static final int REPLACED = 4;

    /** The state was removed. */
    public static final int DELETED = 5;

    /** No such state. */
    public static final int UNKNOWN = 6;

    /** Another living state holds the same key (spec section 6.6). */
    public static final int COLLISION = 7;

    /** The table holds its configured number of states, or the name table is full. */
    public static final int FULL = 8;

    /** The state was deleted less than a minute ago; a late message does not bring it back. */
    public static final int TOMBSTONED = 9;

    /** A clear was accepted; its states go in bounded slices. */
    public static final int CLEARED = 10;

    /** Loading only: its life is over. */
    public static final int ENDED = 11;

    /** Loading only: another state has this id; a load removes nothing. */
    public static final int OTHER_STATE = 12;

    /** Loading only: its creation or activity lies ahead of the clock. */
    public static final int AHEAD = 13;

    /** Loading only: a value that no state can have. */
    public static final int INVALID = 14;

    private Outcome() {}
}
