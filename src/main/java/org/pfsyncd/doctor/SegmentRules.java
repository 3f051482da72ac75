package org.pfsyncd.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pfsyncd.wire.Dialect;

/** What shows only between senders, or over time. */
final class SegmentRules {
    /** A dump that pauses for this long has stopped: kernels send a packet every 20 ms or less. */
    private static final long PAUSE_NS = 1_000_000_000L;

    /** Fewer single requests without an answer may be of states that ended meanwhile. */
    private static final int SINGLES_MIN = 3;

    private static final int HEX_SHOWN = 8;

    /** Who is not heard, or not understood, does not answer either. */
    private static final Set<Fault> EXPLAINS_SILENCE =
            Set.of(
                    Fault.ONE_WAY,
                    Fault.TTL,
                    Fault.WRONG_VLAN,
                    Fault.WRONG_INTERFACE,
                    Fault.WRONG_DESTINATION,
                    Fault.VERSION,
                    Fault.VERSION_MIX);

    private final Segment segment;
    private final Observations seen;
    private final Findings findings;

    SegmentRules(Segment segment, Observations seen, Findings findings) {
        this.segment = segment;
        this.seen = seen;
        this.findings = findings;
    }

    /** Who sends to an address has left the group, and does not hear what is sent there. */
    void judgeAddressing() {
        for (SenderFacts sender : believed()) {
            if (sender.destinations.contains("") || sender.destinations.isEmpty()) {
                continue;
            }
            boolean isUnicast = sender.destinations.stream().noneMatch(Segment::isMulticast);
            String to = sender.destinations.iterator().next();
            if (isUnicast) {
                judgeUnicast(sender, to);
            } else if (segment.isConfigured()
                    && !segment.usesGroup()
                    && sender.destinations.stream().noneMatch(segment::isOurs)) {
                oneWay(
                        sender,
                        to,
                        String.format(
                                "%s sends to the group %s, this group is configured for syncpeer"
                                        + " %s",
                                sender.address, to, segment.destination()));
            }
        }
    }

    private void judgeUnicast(SenderFacts sender, String to) {
        SenderFacts target = seen.senders.get(to);
        boolean isAnsweredToGroup =
                target != null
                        && target.accepted > 0
                        && target.destinations.stream().allMatch(Segment::isMulticast);
        boolean isForUs = sender.destinations.stream().anyMatch(segment::isLocal);
        if (isAnsweredToGroup) {
            oneWay(
                    sender,
                    to,
                    String.format(
                            "%s sends to %s alone (syncpeer), but %s sends to the group, which %s"
                                    + " has left",
                            sender.address, to, to, sender.address));
        } else if (segment.usesGroup() && isForUs) {
            oneWay(
                    sender,
                    to,
                    String.format(
                            "%s sends to us alone (syncpeer %s), but this group is configured for"
                                    + " %s, which it has left",
                            sender.address, to, segment.destination()));
        } else if (segment.isConfigured() && !isForUs) {
            findings.add(
                    Fault.WRONG_DESTINATION,
                    sender.address,
                    to,
                    segment.destination(),
                    String.format(
                            "%s of %s to %s alone",
                            Findings.packets(sender.accepted), sender.address, to));
        }
    }

    private void oneWay(SenderFacts sender, String to, String text) {
        String expected = segment.isConfigured() ? segment.destination() : "both to the same";
        findings.add(Fault.ONE_WAY, sender.address, to, expected, text);
    }

    /** Dumps that stopped, and dumps that were empty although their sender has states. */
    void judgeDumps() {
        for (SenderFacts sender : believed()) {
            long pauseNs = seen.endNs() - sender.bulkProgressNs;
            if (sender.isBulkOpen && pauseNs >= PAUSE_NS) {
                findings.add(
                        Fault.BULK_ENDLESS,
                        sender.address,
                        String.format("%.1f s", pauseNs / 1e9),
                        "1 s",
                        String.format(
                                "%s began a bulk update (START), sent %d states, and has been"
                                        + " silent about it for %.1f s without END",
                                sender.address, sender.bulkStates, pauseNs / 1e9));
            }
            if (sender.emptyDumps > 0 && !findings.has(Fault.MTU)) {
                findings.add(
                        Fault.MTU,
                        sender.address,
                        "1400",
                        "a dump with the states",
                        String.format(
                                "%s ended a bulk update of which no state arrived, although it had"
                                        + " spoken of %d states; the largest packet heard from it"
                                        + " has %d bytes",
                                sender.address, sender.heldAtStart(), sender.largest));
            }
        }
        seen.tooBig.stream()
                .findFirst()
                .filter(word -> !findings.has(Fault.MTU))
                .ifPresent(
                        word ->
                                findings.add(
                                        Fault.MTU,
                                        word.router(),
                                        String.valueOf(word.mtu()),
                                        "1500",
                                        String.format(
                                                "%s says that pfsync packets are too big for its"
                                                        + " next link of %d bytes",
                                                word.router(), word.mtu())));
    }

    /** Requests that nobody answers. */
    void judgeRequests() {
        seen.requests
                .unanswered(seen.endNs())
                .forEach(
                        (requester, count) -> {
                            List<String> holders =
                                    seen.senders.values().stream()
                                            .filter(s -> !s.address.equals(requester))
                                            .filter(SenderFacts::hasStates)
                                            .map(s -> s.address)
                                            .toList();
                            unanswered(requester, count, holders);
                        });
        seen.requests
                .unansweredSingles(seen.endNs())
                .forEach(
                        (holder, count) -> {
                            if (count >= SINGLES_MIN && !findings.has(Fault.MTU)) {
                                unansweredSingles(seen.senders.get(holder), count);
                            }
                        });
    }

    private void unanswered(String requester, int count, List<String> holders) {
        if (findings.all().stream().anyMatch(f -> EXPLAINS_SILENCE.contains(f.fault()))) {
            return;
        }
        String asks =
                String.format(
                        "%s asked for the whole table %d time%s, and nobody answered",
                        requester, count, count == 1 ? "" : "s");
        if (holders.isEmpty()) {
            findings.add(
                    Fault.BULK_UNANSWERED,
                    requester,
                    String.valueOf(count),
                    "an answer within 1 s",
                    asks + "; no other host that has states was heard");
        } else {
            findings.add(
                    Fault.ONE_WAY,
                    requester,
                    String.valueOf(count),
                    "an answer within 1 s",
                    asks
                            + ", though "
                            + String.join(", ", holders)
                            + " is here: it does not hear "
                            + requester);
        }
    }

    private void unansweredSingles(SenderFacts holder, int count) {
        findings.add(
                Fault.REQUESTS_UNANSWERED,
                holder.address,
                String.valueOf(count),
                "an answer within 1 s",
                String.format(
                        "%d states that %s spoke of were asked for and not sent; the largest packet"
                                + " heard from it has %d bytes",
                        count, holder.address, holder.largest));
    }

    /** Versions, and state formats of version 5, that do not understand each other. */
    void judgeVersions() {
        List<SenderFacts> sound =
                believed().stream()
                        .filter(sender -> !findings.has(Fault.VERSION, sender.address))
                        .toList();
        List<String> openBsd = withVersion(sound, Dialect.V6.headerVersion());
        List<String> freeBsd = withVersion(sound, Dialect.V5.headerVersion());
        if (!openBsd.isEmpty() && !freeBsd.isEmpty()) {
            findings.add(
                    Fault.VERSION_MIX,
                    openBsd.get(0),
                    "6 and 5",
                    "one version",
                    String.format(
                            "%s send%s version 6 (OpenBSD), %s version 5 (FreeBSD)",
                            String.join(", ", openBsd),
                            openBsd.size() == 1 ? "s" : "",
                            String.join(", ", freeBsd)));
        }
        Map<String, Dialect> newest = new LinkedHashMap<>();
        for (SenderFacts sender : sound) {
            if (sender.newestDialect() != null && sender.newestDialect() != Dialect.V6) {
                newest.put(sender.address, sender.newestDialect());
            }
        }
        newest.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(top -> Set.copyOf(newest.values()).size() > 1)
                .ifPresent(top -> dialects(top.getKey(), newest));
    }

    private void dialects(String newest, Map<String, Dialect> all) {
        Dialect oldest = all.values().stream().min(Dialect::compareTo).orElseThrow();
        findings.add(
                Fault.DIALECT,
                newest,
                all.get(newest).label(),
                oldest.label(),
                all.entrySet().stream()
                        .map(entry -> entry.getKey() + " sends " + entry.getValue().label())
                        .collect(Collectors.joining(", ")));
    }

    private static List<String> withVersion(List<SenderFacts> senders, int version) {
        return senders.stream()
                .filter(sender -> sender.versions.containsKey(version))
                .map(sender -> sender.address)
                .toList();
    }

    /** Zeros say nothing: OpenBSD sends them, and so do we. */
    void judgeFingerprints() {
        Map<String, String> known = new LinkedHashMap<>();
        for (SenderFacts sender : believed()) {
            if (!sender.fingerprint.isEmpty()) {
                known.put(sender.address, sender.fingerprint.substring(0, HEX_SHOWN));
            }
        }
        Set<String> different = new LinkedHashSet<>(known.values());
        if (different.size() > 1) {
            List<String> senders = new ArrayList<>(known.keySet());
            findings.add(
                    Fault.FINGERPRINT,
                    senders.get(senders.size() - 1),
                    String.join(", ", different),
                    "one for all",
                    "rule sets differ: "
                            + known.entrySet().stream()
                                    .map(entry -> entry.getKey() + " has " + entry.getValue())
                                    .collect(Collectors.joining(", ")));
        }
    }

    /** INS, CLR and bulk marks name their sender's own host id. */
    void judgeCreators() {
        seen.creators.forEach(
                (creatorId, owners) -> {
                    Set<String> all = new LinkedHashSet<>(owners);
                    boolean isOurs = creatorId == segment.creatorId() && creatorId != 0;
                    all.removeIf(address -> isOurs && seen.senders.get(address).isSelf);
                    if (all.size() > 1 || (isOurs && !all.isEmpty())) {
                        String hostId = String.format("%08x", creatorId);
                        List<String> names = new ArrayList<>(all);
                        findings.add(
                                Fault.DUPLICATE_HOSTID,
                                names.get(names.size() - 1),
                                hostId,
                                "one host",
                                String.join(" and ", names)
                                        + (names.size() == 1 ? " creates" : " create")
                                        + " states as host "
                                        + hostId
                                        + (isOurs ? ", which is this group's creatorid" : ""));
                    }
                });
    }

    /** Senders with sound packets that the configuration believes. */
    private List<SenderFacts> believed() {
        return seen.accepted().stream().filter(sender -> segment.allows(sender.address)).toList();
    }
}
