package org.pfsyncd.state;

/**
 * A rule that a simulation breaks on purpose, to prove that its checks see it. No configuration
 * leads here: a daemon's is {@link #NONE}.
 */
public enum BrokenRule {
    /** All rules hold. */
    NONE,
    /** Of two copies of a state the one that came last wins, newer or not. */
    LAST_WRITER_WINS,
    /** A delete that a peer concluded from silence is believed, whatever is known here. */
    SILENCE_IS_DEATH,
    /** A position counts as reached when its document begins, not when it ends. */
    POSITION_BEFORE_CONTENT
}
