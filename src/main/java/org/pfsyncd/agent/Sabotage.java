package org.pfsyncd.agent;

import org.pfsyncd.link.Feed;
import org.pfsyncd.state.BrokenRule;

/**
 * What a simulation breaks inside a daemon on purpose, to prove that its checks see it. No
 * configuration leads here: a daemon's is {@link #NONE}.
 */
public interface Sabotage {
    /** Everything as it should be. */
    Sabotage NONE = new Sabotage() {};

    /** What ships the journal to one peer. */
    default Feed feed(Feed sound) {
        return sound;
    }

    /** The rule that does not hold. */
    default BrokenRule brokenRule() {
        return BrokenRule.NONE;
    }
}
