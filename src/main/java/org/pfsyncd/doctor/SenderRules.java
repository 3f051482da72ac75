package org.pfsyncd.doctor;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pfsyncd.wire.Reject;

/** What one sender's packets show by themselves. */
final class SenderRules {
    private static final Map<Integer, String> OLD_VERSIONS =
            Map.of(
                    1, Reject.BAD_VERSION_V1.meaning(),
                    2, Reject.BAD_VERSION_V2.meaning(),
                    3, Reject.BAD_VERSION_V3.meaning(),
                    4, Reject.BAD_VERSION_V4.meaning());

    private static final int OPENBSD = 6;
    private static final int FREEBSD = 5;

    private SenderRules() {}

    static void judge(Segment segment, SenderFacts sender, Findings findings) {
        if (!segment.allows(sender.address)) {
            findings.add(
                    Fault.NOT_ALLOWED,
                    sender.address,
                    sender.address,
                    String.join(", ", segment.allow()),
                    String.format(
                            "%s of %s, which allow = %s does not name",
                            Findings.packets(sender.frames), sender.address, segment.allow()));
            return;
        }
        judgeTtl(sender, findings);
        judgeVersion(segment, sender, findings);
        judgeForm(sender, findings);
        if (sender.fragments > 0) {
            findings.add(
                    Fault.MTU,
                    sender.address,
                    "1500",
                    "no fragments",
                    String.format(
                            "%d fragments of pfsync packets of %s; pf hosts never fragment",
                            sender.fragments, sender.address));
        }
    }

    private static void judgeTtl(SenderFacts sender, Findings findings) {
        if (sender.wrongTtls.isEmpty()) {
            return;
        }
        long wrong = sender.wrongTtls.values().stream().mapToLong(n -> n).sum();
        String ttls =
                sender.wrongTtls.keySet().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
        findings.add(
                Fault.TTL,
                sender.address,
                ttls,
                String.valueOf(SenderFacts.TTL),
                String.format(
                        "%d of %d packets of %s came with TTL %s instead of %d",
                        wrong, sender.frames, sender.address, ttls, SenderFacts.TTL));
    }

    private static void judgeVersion(Segment segment, SenderFacts sender, Findings findings) {
        int wanted = segment.headerVersion();
        for (Map.Entry<Integer, Long> entry : sender.versions.entrySet()) {
            int version = entry.getKey();
            boolean isKnown = version == FREEBSD || version == OPENBSD;
            if (isKnown && (wanted == 0 || version == wanted)) {
                continue;
            }
            String whose =
                    switch (version) {
                        case FREEBSD -> "FreeBSD's, and this group takes only OpenBSD's (6)";
                        case OPENBSD -> "OpenBSD's, and this group takes only FreeBSD's (5)";
                        default ->
                                OLD_VERSIONS.getOrDefault(
                                        version, Reject.BAD_VERSION_OTHER.meaning());
                    };
            findings.add(
                    Fault.VERSION,
                    sender.address,
                    String.valueOf(version),
                    wanted == 0 ? "5 or 6" : String.valueOf(wanted),
                    String.format(
                            "%s of %s with header version %d: %s",
                            Findings.packets(entry.getValue()), sender.address, version, whose));
        }
        if (sender.rejects.containsKey(Reject.BAD_VERSION_V5_OPENBSD)) {
            findings.add(
                    Fault.VERSION,
                    sender.address,
                    "5 (OpenBSD)",
                    "5 or 6",
                    String.format(
                            "%s of %s: %s",
                            Findings.packets(sender.rejects.get(Reject.BAD_VERSION_V5_OPENBSD)),
                            sender.address,
                            Reject.BAD_VERSION_V5_OPENBSD.meaning()));
        }
    }

    private static void judgeForm(SenderFacts sender, Findings findings) {
        Map<Reject, Long> broken = new TreeMap<>(sender.rejects);
        broken.keySet().removeIf(reject -> !isForm(reject));
        if (broken.isEmpty()) {
            return;
        }
        long count = broken.values().stream().mapToLong(n -> n).sum();
        List<String> kinds =
                broken.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey().meaning())
                        .toList();
        findings.add(
                Fault.MALFORMED,
                sender.address,
                String.valueOf(count),
                "0",
                String.format(
                        "%d of %d packets of %s are malformed: %s",
                        count, sender.accepted, sender.address, String.join("; ", kinds)));
    }

    private static boolean isForm(Reject reject) {
        return switch (reject) {
            case SHORT_HEADER, BAD_LENGTH_HEADER, BAD_LENGTH_REGION, BAD_LENGTH_EOF, BAD_ACTION ->
                    true;
            default -> false;
        };
    }
}
