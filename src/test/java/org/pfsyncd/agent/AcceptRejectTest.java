package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pfsyncd.group.AckMode;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;

/**
 * The 88 packets of recorded set 22, in order: what a FreeBSD 12.1 kernel took and refused, and
 * which counters moved, beside ours. Where we differ on purpose, the case stands in {@link
 * #DEVIATIONS} with what we do and why; a case that stands there and does not differ fails too.
 */
class AcceptRejectTest {
    private static final Path CASES =
            Path.of("src/test/resources/captures/freebsd-12.1/22-accept-reject", "cases.jsonl");
    private static final int CASE_COUNT = 88;
    private static final Set<String> INTERFACES =
            Set.of("vtnet0", "vtnet1", "vtnet2", "lo", "lo0", "pfsync0");

    private static final Map<String, GroupCounter> COUNTERS =
            Map.ofEntries(
                    Map.entry("ipackets", GroupCounter.IPACKETS),
                    Map.entry("badif", GroupCounter.BADIF),
                    Map.entry("badttl", GroupCounter.BADTTL),
                    Map.entry("hdrops", GroupCounter.HDROPS),
                    Map.entry("badver", GroupCounter.BADVER),
                    Map.entry("badact", GroupCounter.BADACT),
                    Map.entry("badlen", GroupCounter.BADLEN),
                    Map.entry("badval", GroupCounter.BADVAL),
                    Map.entry("stale", GroupCounter.STALE),
                    Map.entry("badstate", GroupCounter.BADSTATE),
                    Map.entry("opackets", GroupCounter.OPACKETS),
                    Map.entry("oerrors", GroupCounter.OERRORS));
    private static final Map<String, Integer> ACTIONS =
            Map.ofEntries(
                    Map.entry("CLR", Action.CLR),
                    Map.entry("INS", Action.INS_1301),
                    Map.entry("INS_ACK", Action.INS_ACK),
                    Map.entry("UPD", Action.UPD_1301),
                    Map.entry("UPD_C", Action.UPD_C),
                    Map.entry("UPD_REQ", Action.UPD_REQ),
                    Map.entry("DEL", Action.DEL),
                    Map.entry("DEL_C", Action.DEL_C),
                    Map.entry("BUS", Action.BUS),
                    Map.entry("TDB", Action.TDB_OLD),
                    Map.entry("EOF", Action.EOF));

    /** What we do instead of the kernel, by case, and why. */
    private record Deviation(String ours, String reason) {}

    private static final Map<String, Deviation> DEVIATIONS = deviations();

    @Test
    void shouldTakeAndRefuseWhatTheKernelDid() throws IOException {
        List<String> lines = Files.readAllLines(CASES);
        assertEquals(CASE_COUNT, lines.size());
        Map<String, String> differing = new TreeMap<>();
        try (GroupLab lab =
                new GroupLab(GroupLab.settings(Dialect.V1301, AckMode.ALWAYS, INTERFACES), 1_000)) {
            for (String line : lines) {
                Map<String, Object> recorded = JsonTree.object(line);
                String kernel = ofKernel(recorded);
                String ours = ofOurs(lab, recorded);
                if (!kernel.equals(ours)) {
                    differing.put((String) recorded.get("case"), ours + " not " + kernel);
                }
            }
        }
        List<String> wrong = new ArrayList<>();
        Set<String> names = new TreeSet<>(differing.keySet());
        names.addAll(DEVIATIONS.keySet());
        for (String name : names) {
            Deviation known = DEVIATIONS.get(name);
            String actual = differing.getOrDefault(name, "as the kernel");
            if (known == null || !actual.startsWith(known.ours + " not ")) {
                wrong.add(name + ": " + actual);
            }
        }
        assertEquals("", String.join("\n", wrong));
        assertTrue(DEVIATIONS.values().stream().noneMatch(d -> d.reason.isBlank()));
    }

    @SuppressWarnings("unchecked")
    private static String ofKernel(Map<String, Object> recorded) {
        Map<String, Object> moved = new TreeMap<>();
        Map<String, Object> counters = (Map<String, Object>) recorded.get("counters");
        counters.forEach(
                (name, value) -> {
                    if (name.equals("iacts") || name.equals("oacts")) {
                        ((Map<String, Object>) value)
                                .forEach((action, n) -> moved.put(name + "." + action, n));
                    } else {
                        moved.put(name, value);
                    }
                });
        return "+"
                + recorded.get("states_added")
                + " -"
                + recorded.get("states_removed")
                + " "
                + moved;
    }

    private static String ofOurs(GroupLab lab, Map<String, Object> recorded) {
        String options = (String) recorded.get("send_options");
        boolean isOnSyncdev = !options.contains("dst='10.1.0.1'");
        String source = options.contains("src='10.0.0.77'") ? "10.0.0.77" : "10.0.0.9";
        int ttl = options.startsWith("ttl=") ? Integer.parseInt(options.substring(4)) : 255;
        byte[] frame = HexFormat.of().parseHex((String) recorded.get("payload"));
        Map<String, Long> before = counts(lab);
        long insertedBefore = lab.node.get(NodeCounter.INSERTED);
        long removedBefore = removed(lab);
        lab.deliver(frame, source, ttl, isOnSyncdev);
        for (int i = 0; i < 1_000 && lab.table.isPurging(); i++) {
            lab.table.work(lab.nowMs, 256);
            lab.batch.reset();
        }
        Map<String, Long> moved = new TreeMap<>();
        counts(lab)
                .forEach(
                        (name, value) -> {
                            if (value > before.get(name)) {
                                moved.put(name, value - before.get(name));
                            }
                        });
        lab.nowNs += 700_000_000L;
        lab.nowMs += 700;
        return "+"
                + (lab.node.get(NodeCounter.INSERTED) - insertedBefore)
                + " -"
                + (removed(lab) - removedBefore)
                + " "
                + moved;
    }

    private static long removed(GroupLab lab) {
        return lab.node.get(NodeCounter.INSERTED) - lab.table.size();
    }

    private static Map<String, Long> counts(GroupLab lab) {
        Map<String, Long> counts = new TreeMap<>();
        COUNTERS.forEach((name, id) -> counts.put(name, lab.count(id)));
        ACTIONS.forEach(
                (name, action) -> {
                    counts.put("iacts." + name, lab.count(GroupCounter.input(action)));
                    counts.put("oacts." + name, lab.count(GroupCounter.output(action)));
                });
        return counts;
    }

    private static Map<String, Deviation> deviations() {
        return Map.ofEntries(
                Map.entry(
                        "INS same id, other key",
                        new Deviation(
                                "+1 -1 {iacts.EOF=1, iacts.INS=1, ipackets=1}",
                                "ids repeat after a reboot with a fixed hostid: the new connection"
                                        + " replaces (20.2)")),
                Map.entry(
                        "UPD of a known state with another key (key ignored?)",
                        new Deviation(
                                "+1 -1 {iacts.EOF=1, iacts.UPD=1, ipackets=1}",
                                "as INS of a known id with another key: replaced, never merged into"
                                        + " another connection")),
                Map.entry(
                        "UPD af 99 unknown state",
                        new Deviation(
                                "+0 -0 {badval=1, iacts.EOF=1, iacts.UPD=1, ipackets=1}",
                                "stricter: the checks of an INS hold before any import (8.2)")),
                Map.entry(
                        "CLR for interface vtnet2 (does it limit?)",
                        new Deviation(
                                "+0 -0 {iacts.CLR=1, iacts.EOF=1, ipackets=1}",
                                "stricter: the interface limits, as OpenBSD and FreeBSD 15 do"
                                        + " (8.1)")),
                Map.entry(
                        "UPD_C for an unknown state",
                        new Deviation(
                                "+0 -0 {iacts.EOF=1, iacts.UPD_C=1, ipackets=1, oacts.EOF=1,"
                                        + " oacts.UPD_REQ=1, opackets=1}",
                                "the kernel's request waits for its next packet; ours leaves at"
                                        + " once (8.7)")),
                Map.entry(
                        "UPD_C known, src state back to 1",
                        new Deviation(
                                "+0 -0 {iacts.EOF=1, iacts.UPD_C=1, ipackets=1, stale=1}",
                                "a listener never answers a stale update; the kernel's UPD_REQ here"
                                        + " is the one it held back")),
                Map.entry(
                        "UPD_REQ for a known (imported) state",
                        new Deviation(
                                "+0 -0 {iacts.EOF=1, iacts.UPD_REQ=1, ipackets=1}",
                                "a listener answers no request")),
                Map.entry(
                        "UPD_REQ id 0 with a creatorid",
                        new Deviation(
                                "+0 -0 {iacts.EOF=1, iacts.UPD_REQ=1, ipackets=1}",
                                "a listener answers no request")),
                Map.entry(
                        "UPD_REQ for an unknown state",
                        new Deviation(
                                "+0 -0 {iacts.EOF=1, iacts.UPD_REQ=1, ipackets=1}",
                                "a listener looks up nothing for a request, so no lookup can"
                                        + " fail")),
                Map.entry(
                        "action 13",
                        new Deviation(
                                "+0 -0 {iacts.EOF=1, ipackets=1}",
                                "INS_1400 of FreeBSD 14, which every group of header version 5"
                                        + " understands (20.1)")),
                Map.entry(
                        "pf off: INS",
                        new Deviation(
                                "+1 -0 {iacts.EOF=1, iacts.INS=1, ipackets=1}",
                                "the recording switched the receiver's pf off; ours has none")),
                Map.entry(
                        "pfsync0 down: INS",
                        new Deviation(
                                "+1 -0 {iacts.EOF=1, iacts.INS=1, ipackets=1}",
                                "the recording took the receiver's pfsync0 down; ours stayed up")));
    }
}
