package org.pfsyncd.cli;

import static org.pfsyncd.cli.DoctorStage.GROUP;
import static org.pfsyncd.cli.DoctorStage.HOST_1;
import static org.pfsyncd.cli.DoctorStage.HOST_2;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pfsyncd.cli.DoctorStage.Host;
import org.pfsyncd.cli.DoctorStage.Verdict;
import org.pfsyncd.doctor.RecordedPackets;
import org.pfsyncd.support.NetworkNamespaces;

/**
 * Faults as they are staged: what is sent by whom while the doctor listens, and the one answer that
 * is right. Each stage has a segment of its own.
 */
final class StagedFaults {
    /** For nft(8) in the firewalls' namespace; {@code %s} says which packets. */
    static final String DROP_AT_EGRESS =
            "table netdev t { chain c { type filter hook egress device "
                    + NetworkNamespaces.INTERFACE
                    + " priority 0; %s drop; }; }";

    private final Map<String, Stage> stages = new TreeMap<>();

    /** The stages, by name. */
    static Map<String, Stage> all() {
        StagedFaults all = new StagedFaults();
        new StagedPlaces(all).addAll();
        new StagedTalk(all).addAll();
        return all.stages;
    }

    /** Adds a stage; an empty expectation is a clean bill of health. */
    void add(String name, String expected, Script script) {
        stages.put(name, new Stage(expected.isEmpty() ? List.of() : List.of(expected), script));
    }

    /** Two firewalls that exchange states, and one that asks for the table and gets it. */
    static void talk(DoctorStage stage) throws Exception {
        try (Host first = stage.host(HOST_1, GROUP);
                Host second = stage.host(HOST_2, GROUP)) {
            second.replay("17-two-hosts-bulk", RecordedPackets.HOST_B);
            first.replay("17-two-hosts-bulk", RecordedPackets.HOST_A)
                    .replay("24c-defer-two-hosts", RecordedPackets.HOST_A);
            second.replay("24c-defer-two-hosts", RecordedPackets.HOST_B);
        }
    }

    /** Plays a stage and gives the verdict. */
    @FunctionalInterface
    interface Script {
        Verdict play(DoctorStage stage) throws Exception;
    }

    /**
     * One stage.
     *
     * @param expected fault and sender of each finding.
     * @param script what happens.
     */
    record Stage(List<String> expected, Script script) {}
}
