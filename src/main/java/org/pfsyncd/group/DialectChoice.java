package org.pfsyncd.group;

import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameWalker;

/**
 * In which dialect a group speaks: the configured one, else what it hears (spec pfsync.md section
 * 20.1). Owned by the sync agent.
 */
final class DialectChoice {
    private final Dialect fixed;
    private final SenderTable senders;
    private Dialect answer;
    private int bulkTurn;

    /**
     * @param fixed the one dialect of the segment, or null for {@code auto}.
     */
    DialectChoice(Dialect fixed, SenderTable senders) {
        this.fixed = fixed;
        this.senders = senders;
        answer = fixed == null ? Dialect.V5 : fixed;
    }

    /** Header versions that are read. */
    int accepted() {
        if (fixed == null) {
            return FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6;
        }
        return fixed == Dialect.V6 ? FrameWalker.ACCEPT_V6 : FrameWalker.ACCEPT_V5;
    }

    /** Answers go out in the format of whoever caused them. */
    void answerIn(Dialect dialect) {
        answer = fixed == null ? dialect : fixed;
    }

    Dialect answer() {
        return answer;
    }

    /**
     * The dialect heard; while nothing was heard both header versions take turns, since a node
     * counts the other one and ignores it.
     */
    Dialect bulk() {
        if (fixed != null) {
            return fixed;
        }
        Dialect heard = senders.newestDialect();
        if (heard != null) {
            return heard;
        }
        return bulkTurn++ % 2 == 0 ? Dialect.V5 : Dialect.V6;
    }

    /** What everybody on the segment understands; null while nobody was heard. */
    Dialect common(long nowNs) {
        return fixed != null ? fixed : senders.commonDialect(nowNs);
    }
}
