package org.pfsyncd.doctor;

import java.util.Map;
import java.util.stream.Collectors;

/** Why a segment, or a host that is expected on it, is not heard on its interface. */
final class SilenceRules {
    private static final int SIGNS_SHOWN = 4;

    private SilenceRules() {}

    static void judge(Segment segment, Observations seen, HostFacts host, Findings findings) {
        if (!host.isUp()) {
            findings.add(
                    Fault.INTERFACE_DOWN,
                    "",
                    segment.syncdev(),
                    "up",
                    segment.syncdev() + " is down or missing");
            return;
        }
        judgeOthersInterfaces(segment, seen, findings);
        judgeTags(segment, seen, findings);
        boolean isHeard = seen.frames() > 0;
        if (isHeard || findings.has(Fault.WRONG_INTERFACE)) {
            return;
        }
        Map<String, Long> signs =
                seen.alive.entrySet().stream()
                        .filter(entry -> segment.allows(entry.getKey()))
                        .limit(SIGNS_SHOWN)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (segment.usesGroup() && !signs.isEmpty()) {
            String sender = signs.keySet().iterator().next();
            findings.add(
                    Fault.MULTICAST_FILTERED,
                    sender,
                    "0",
                    "1 packet a second or more",
                    String.format(
                            "%s lives on %s (%s of other kinds from it in %.0f s), but nothing to"
                                    + " %s arrives",
                            sender,
                            segment.syncdev(),
                            Findings.packets(signs.get(sender)),
                            seen.seconds(),
                            segment.destination()));
        } else {
            nothingHeard(segment, seen, findings);
        }
    }

    private static void nothingHeard(Segment segment, Observations seen, Findings findings) {
        String where =
                segment.isConfigured()
                        ? segment.syncdev() + ", nor any on other interfaces,"
                        : segment.name();
        findings.add(
                Fault.NOTHING_HEARD,
                "",
                "0",
                "1 packet a second or more",
                String.format(
                        "no pfsync packet (IP protocol 240) on %s in %.1f s; %s",
                        where,
                        seen.seconds(),
                        seen.alive.isEmpty()
                                ? "no other sign of life either"
                                : "alive there: "
                                        + seen.alive.keySet().stream()
                                                .limit(SIGNS_SHOWN)
                                                .collect(Collectors.joining(", "))));
    }

    /** Heard on an interface that is nobody's syncdev, and never on ours. */
    private static void judgeOthersInterfaces(
            Segment segment, Observations seen, Findings findings) {
        boolean isSilent = seen.frames() == 0;
        seen.elsewhere.forEach(
                (sender, interfaceName) -> {
                    boolean isExpected = !segment.allow().isEmpty() && segment.allows(sender);
                    boolean isHere = seen.senders.containsKey(sender);
                    if (!isHere && (isExpected || isSilent)) {
                        findings.add(
                                Fault.WRONG_INTERFACE,
                                sender,
                                interfaceName,
                                segment.syncdev(),
                                String.format(
                                        "%s of %s came in on %s, none on %s",
                                        Findings.packets(seen.elsewhereFrames.get(sender)),
                                        sender,
                                        interfaceName,
                                        segment.syncdev()));
                    }
                });
    }

    /** A tag is wrong where its sender is expected, or where nobody comes without one. */
    private static void judgeTags(Segment segment, Observations seen, Findings findings) {
        boolean isSilent = seen.others().stream().allMatch(SenderFacts::isTaggedOnly);
        for (SenderFacts sender : seen.others()) {
            boolean isExpected = !segment.allow().isEmpty() && segment.allows(sender.address);
            if (sender.isTaggedOnly() && (isExpected || isSilent)) {
                String vlans =
                        sender.vlans.keySet().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(","));
                findings.add(
                        Fault.WRONG_VLAN,
                        sender.address,
                        vlans,
                        "no tag",
                        String.format(
                                "%s of %s, all with VLAN tag %s",
                                Findings.packets(sender.frames), sender.address, vlans));
            }
        }
    }
}
