package org.pfsyncd.doctor;

import java.util.ArrayList;
import java.util.List;

/** Findings of one segment as they are made. */
final class Findings {
    private final Segment segment;
    private final List<Finding> all = new ArrayList<>();

    Findings(Segment segment) {
        this.segment = segment;
    }

    void add(Fault fault, String sender, String value, String limit, String seen) {
        all.add(Finding.of(fault, segment, sender, new Finding.Evidence(seen, value, limit)));
    }

    /** {@code 1 packet}, {@code 2 packets}. */
    static String packets(long count) {
        return count + (count == 1 ? " packet" : " packets");
    }

    boolean has(Fault fault) {
        return all.stream().anyMatch(finding -> finding.fault() == fault);
    }

    /** Whether a fault was found with this sender. */
    boolean has(Fault fault, String sender) {
        return all.stream()
                .anyMatch(finding -> finding.fault() == fault && finding.sender().equals(sender));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    List<Finding> all() {
        return all;
    }
}
