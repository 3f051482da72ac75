package org.pfsyncd.group;

import java.util.Locale;
import org.pfsyncd.metrics.EventLog;

/**
 * What the log says of an answer with the whole table. Owned by the sync agent; allocates for the
 * lines only, each kind of which is rate-limited by itself.
 */
final class AnswerReport {
    private static final double NS_PER_S = 1e9;

    private final PfsyncGroup group;
    private final EventLog log;
    private final BulkAnswer answer;

    AnswerReport(PfsyncGroup group, EventLog log, BulkAnswer answer) {
        this.group = group;
        this.log = log;
        this.answer = answer;
    }

    /** The answer began, ended or broke off. */
    void tell(String what, long nowNs) {
        int cause = PfsyncGroup.Cause.ANSWER.ordinal();
        if (log.isDue(cause, nowNs)) {
            log.info(
                    cause,
                    nowNs,
                    "bulk answer group="
                            + group.name()
                            + " event="
                            + what
                            + " dialect="
                            + answer.dialect().label()
                            + " states="
                            + answer.sent());
        }
    }

    /**
     * Somebody who is being answered has asked again.
     *
     * @param sender index in the {@link SenderTable}.
     * @param answerRate as configured, states a second.
     * @param waitedNs since it heard START.
     */
    void slow(int sender, int answerRate, long waitedNs, long nowNs) {
        if (!group.isWarnDue(PfsyncGroup.Cause.SLOW_ANSWER, nowNs)) {
            return;
        }
        double lateS = Holder.LATE_NS / NS_PER_S;
        double waitedS = waitedNs / NS_PER_S;
        long states = Math.max(answer.expected(), answer.sent());
        long enough = (long) Math.ceil(states / Math.max(1, waitedS - 2 * lateS));
        group.warn(
                PfsyncGroup.Cause.SLOW_ANSWER,
                String.format(
                        Locale.ROOT,
                        "bulk answer slower than a firewall waits group=%s to=%s states=%d"
                                + " answer_rate=%d takes_s=%.1f asked_again_after_s=%.1f"
                                + " action=set-group.answer-rate-to-%d",
                        group.name(),
                        group.senderText(sender),
                        states,
                        answerRate,
                        states / (double) answerRate + lateS,
                        waitedS,
                        Math.max(enough, answerRate + 1L)));
    }
}
