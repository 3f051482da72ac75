package org.pfsyncd.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The verdict on one segment.
 *
 * @param segment as configured.
 * @param observations what was heard.
 * @param host what the host counted.
 * @param daemon what the daemon says, null if none was asked.
 * @param findings of {@link Diagnosis}.
 */
public record Report(
        Segment segment,
        Observations observations,
        HostFacts host,
        DaemonFacts daemon,
        List<Finding> findings) {
    public Report {
        findings = List.copyOf(findings);
    }

    /** Judges. */
    public static Report of(
            Segment segment, Observations seen, HostFacts host, DaemonFacts daemon) {
        return new Report(segment, seen, host, daemon, Diagnosis.of(segment, seen, host, daemon));
    }

    public boolean isHealthy() {
        return findings.isEmpty();
    }

    /** Each sender but this host, one line. */
    public List<Sender> senders() {
        return observations.others().stream()
                .map(
                        sender ->
                                new Sender(
                                        sender.address,
                                        dialect(sender),
                                        sender.frames,
                                        sender.messages.entrySet().stream()
                                                .map(e -> e.getKey() + " " + e.getValue())
                                                .collect(Collectors.joining(", ")),
                                        sender.fingerprint))
                .toList();
    }

    private static String dialect(SenderFacts sender) {
        if (sender.newestDialect() != null) {
            return sender.newestDialect().label();
        }
        return sender.versions.keySet().stream()
                .map(version -> "v" + version)
                .collect(Collectors.joining("+"));
    }

    /** What no verdict could be given on, and what is unusual but no fault. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (segment.isConfigured()) {
            if (daemon == null) {
                notes.add("no daemon answered: its clock and its mirror were not judged");
            }
            if (!host.isMember() && host.isUp() && segment.destination().contains(".")) {
                notes.add(
                        "nobody on this host has joined "
                                + segment.destination()
                                + ": whether its own packet filter passes pfsync was not judged");
            }
            segment.allow().stream()
                    .filter(entry -> !entry.contains("/"))
                    .filter(entry -> !observations.senders.containsKey(entry))
                    .filter(entry -> findings.isEmpty())
                    .map(entry -> entry + " was not heard: usual for a standby without traffic")
                    .forEach(notes::add);
        }
        if (host.missed() > 0) {
            notes.add(host.missed() + " packets passed too fast to be looked at");
        }
        if (observations.untracked() > 0) {
            notes.add(
                    observations.untracked() + " packets of senders beyond 64 were not looked at");
        }
        long cut = observations.others().stream().mapToLong(sender -> sender.cut).sum();
        if (cut > 0) {
            notes.add(cut + " packets were cut short: capture whole ones, tcpdump -s 0");
        }
        return notes;
    }

    /**
     * Somebody heard.
     *
     * @param address as text.
     * @param dialect newest state format heard, else the header version.
     * @param frames heard.
     * @param messages by kind.
     * @param fingerprint rule-set fingerprint in hex, empty if it sends none.
     */
    public record Sender(
            String address, String dialect, long frames, String messages, String fingerprint) {}
}
