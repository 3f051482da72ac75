package org.pfsyncd.sim;

import org.pfsyncd.agent.Sabotage;
import org.pfsyncd.link.Feed;
import org.pfsyncd.state.BrokenRule;

/** Defects planted on purpose, to prove that the checks can fail. */
public enum Planted {
    /** None. */
    NOTHING(BrokenRule.NONE),
    /** One document in 300 is not sent, but its position is. */
    LOSE_DOCUMENT(BrokenRule.NONE),
    /** Damaged frames between nodes are believed. */
    TRUST_CHECKSUMS(BrokenRule.NONE),
    /** The ring does not outlive the process, so what was acknowledged from it is lost. */
    FORGET_RING(BrokenRule.NONE),
    /** See {@link BrokenRule#LAST_WRITER_WINS}. */
    LAST_WRITER_WINS(BrokenRule.LAST_WRITER_WINS),
    /** See {@link BrokenRule#SILENCE_IS_DEATH}. */
    SILENCE_IS_DEATH(BrokenRule.SILENCE_IS_DEATH),
    /** See {@link BrokenRule#POSITION_BEFORE_CONTENT}. */
    POSITION_BEFORE_CONTENT(BrokenRule.POSITION_BEFORE_CONTENT);

    private final BrokenRule rule;

    Planted(BrokenRule rule) {
        this.rule = rule;
    }

    Sabotage sabotage() {
        if (this == NOTHING) {
            return Sabotage.NONE;
        }
        return new Sabotage() {
            @Override
            public Feed feed(Feed sound) {
                return Planted.this == LOSE_DOCUMENT ? new LossyFeed(sound) : sound;
            }

            @Override
            public BrokenRule brokenRule() {
                return rule;
            }
        };
    }
}
