package org.pfsyncd.doctor;

import java.util.List;

/**
 * From what was observed to what is wrong. Pure: equal observations give equal findings.
 *
 * <p>One cause gives one finding: a rule that would see the consequence of a fault that is named
 * already keeps quiet. Silence of one host among others is no fault: an idle standby says nothing.
 */
public final class Diagnosis {
    private Diagnosis() {}

    /**
     * The findings, gravest first; none for a healthy segment.
     *
     * @param host {@link HostFacts#NONE} for a capture.
     * @param daemon null if none runs, or for a capture.
     */
    public static List<Finding> of(
            Segment segment, Observations seen, HostFacts host, DaemonFacts daemon) {
        Findings findings = new Findings(segment);
        SilenceRules.judge(segment, seen, host, findings);
        SegmentRules rules = new SegmentRules(segment, seen, findings);
        rules.judgeAddressing();
        for (SenderFacts sender : seen.others()) {
            if (!sender.isTaggedOnly()) { // else another segment's, or named already
                SenderRules.judge(segment, sender, findings);
            }
        }
        HostRules.judge(segment, seen, host, findings);
        rules.judgeDumps();
        rules.judgeVersions();
        rules.judgeRequests();
        rules.judgeFingerprints();
        rules.judgeCreators();
        HostRules.judge(daemon, findings);
        return List.copyOf(findings.all());
    }
}
