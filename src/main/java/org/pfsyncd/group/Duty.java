package org.pfsyncd.group;

/**
 * What a role sends beyond a listener's requests and acknowledgements: answering in one class,
 * announcing in another. {@link PfsyncGroup} makes those its role needs and drives them; a listener
 * has none, so it cannot send anything of theirs.
 *
 * <p>Owned by the sync agent. Each method is bounded: {@link #release} by what one frame can stage,
 * {@link #work} by one small batch of frames.
 */
interface Duty {
    /**
     * What the last frame caused is in the journal ring: what it staged may leave, in the duty
     * cycle of its cause. Returns frames sent.
     */
    int release(long nowNs, long nowMs);

    /**
     * What the last frame caused, or anything before it, could not be kept: what is staged is
     * forgotten, and nothing may be promised. Called in each cycle until the hole is closed.
     */
    void withhold(long nowNs);

    /**
     * Deadlines and paced sending; everything the table holds is in the journal ring. Returns work
     * done.
     *
     * @param isProven whether the mirror is proven equal to the segment's table.
     */
    int work(long nowNs, long nowMs, boolean isProven);

    /** Takes over what may change while running. */
    void reconfigure(GroupSettings changed);
}
