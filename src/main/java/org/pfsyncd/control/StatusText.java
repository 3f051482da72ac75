package org.pfsyncd.control;

import java.util.Locale;
import java.util.stream.Stream;

/** The status screen. Owned by the composing thread. */
public final class StatusText {
    private static final int LEAST_HEAD = 14;

    private final StringBuilder out = new StringBuilder();
    private final String headForm;

    private StatusText(NodeStatus status) {
        int longest =
                Stream.concat(
                                status.groups().stream().map(group -> head(group)),
                                status.peers().stream().map(peer -> head(peer)))
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
        headForm = "%-" + Math.max(LEAST_HEAD, longest) + "s ";
    }

    /** Composes the screen. */
    public static String of(NodeStatus status) {
        return new StatusText(status).compose(status);
    }

    private static String head(NodeStatus.Group group) {
        return "group " + group.name();
    }

    private static String head(NodeStatus.Peer peer) {
        return "peer " + peer.name();
    }

    private String compose(NodeStatus status) {
        line(
                "node",
                "%s, pid %d, up %s, pfsyncd %s",
                status.node(),
                status.pid(),
                duration(status.nowMs() - status.startedMs()),
                status.version());
        if (!status.groups().isEmpty()) {
            line("in sync", "%s", status.isInSync() ? "yes" : "NO: " + status.reason());
        }
        if (!status.peers().isEmpty()) {
            line("ready", "%s", status.isReady() ? "yes" : "NO: " + status.unreadyReason());
        }
        NodeStatus.Table table = status.table();
        line(
                "table",
                "%,d states of %,d (%.1f %%), %,d unconfirmed, digest %s",
                table.states(),
                table.capacity(),
                100.0 * table.states() / table.capacity(),
                table.unconfirmed(),
                StatusJson.hex(table.digest()));
        NodeStatus.Journal journal = status.journal();
        line(
                "journal",
                "incarnation %d, sequence %,d, %,d behind%s",
                journal.incarnation(),
                journal.sequence(),
                Math.max(0, journal.sequence() - journal.appended()),
                journal.isStopped() ? ", STOPPED: nothing is recorded; free disk space" : "");
        if (journal.unrecorded() > 0) {
            line("", "%,d documents were not recorded", journal.unrecorded());
        }
        if (!journal.lossReport().isEmpty()) {
            line("lost", "%s", journal.lossReport());
        }
        line("worst", "sync cycle %.1f us", status.syncCycleMaxNs() / 1000.0);
        if (Math.abs(status.clockAheadMs()) > 1000) {
            line(
                    "clock",
                    "the wall clock is %,d ms %s; the node's time is drawn towards it slowly",
                    Math.abs(status.clockAheadMs()),
                    status.clockAheadMs() > 0 ? "ahead" : "behind");
        }
        if (status.clockOffsetMs() != 0) {
            line(
                    "clock",
                    "the node's time is kept %,d ms %s the wall clock, as a peer or the journal"
                            + " says; set the wall clock right",
                    Math.abs(status.clockOffsetMs()),
                    status.clockOffsetMs() > 0 ? "ahead of" : "behind");
        }
        for (NodeStatus.Group group : status.groups()) {
            group(group);
        }
        for (NodeStatus.Peer peer : status.peers()) {
            peer(peer, status.nowMs());
        }
        return out.toString();
    }

    private void group(NodeStatus.Group group) {
        line(
                head(group),
                "%s on %s, %s, heard %s, bulk update %s",
                group.role(),
                group.interfaceName(),
                group.isInSync() ? "in sync" : "NOT in sync",
                ago(group.silentNs()),
                group.bulk());
        if (!group.isInSync()) {
            line("", "%s", group.reason());
        }
        if (!group.answer().isEmpty()) {
            line("", "answers to others: %s", group.answer());
        }
        if (group.announcer() != null) {
            line("", "announces: %s", announcer(group.announcer()));
        }
        for (NodeStatus.Sender sender : group.senders()) {
            line(
                    "",
                    "%-15s %-5s %,d frames, last %s%s",
                    sender.address(),
                    sender.dialect(),
                    sender.frames(),
                    ago(sender.silentNs()),
                    sender.hasFingerprint() ? ", with rule-set fingerprint" : "");
        }
    }

    private static String announcer(NodeStatus.Announcer shown) {
        if (shown.sinceNs() < 0) {
            return "nobody yet; nothing that tells the dialect was heard, or the interface is down";
        }
        String who = "nobody yet; a relay listens for 5 s first";
        if (shown.isSelf()) {
            who = "this node (creatorid " + shown.creatorId() + ")";
        } else if (!shown.creatorId().isEmpty()) {
            String at = shown.address().isEmpty() ? "" : " at " + shown.address();
            who = "another relay (creatorid " + shown.creatorId() + at + ")";
        }
        String waiting =
                shown.waiting() == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %,d states wait", shown.waiting());
        return who + ", for " + duration(shown.sinceNs() / 1_000_000) + waiting;
    }

    private void peer(NodeStatus.Peer peer, long nowMs) {
        line(
                head(peer),
                "%s, %s, %s%s",
                peer.address(),
                peer.carrier(),
                peer.isReady() ? "up, in sync" : (peer.isUp() ? "up, NOT in sync" : "DOWN"),
                peer.isReady() || peer.reason().isEmpty() ? "" : ": " + peer.reason());
        String sent =
                peer.isReceiveOnly()
                        ? "sent nothing (mode = \"receive\")"
                        : String.format(
                                Locale.ROOT,
                                "sent %d/%d, lag %,d messages, %,.1f us",
                                peer.ackedIncarnation(),
                                peer.ackedSequence(),
                                peer.lagMessages(),
                                peer.lagNs() / 1000.0);
        line(
                "",
                "%s; received %d/%d, %,d behind; digest %s; %s%s",
                sent,
                peer.receivedIncarnation(),
                peer.receivedSequence(),
                peer.behindMessages(),
                digest(peer),
                repairs(peer, nowMs),
                peer.isCatchingUp() ? "; catching up by snapshot" : "");
    }

    private static String digest(NodeStatus.Peer peer) {
        if (peer.bucketsDiffering() < 0) {
            return "not compared yet";
        }
        String result =
                peer.bucketsDiffering() == 0
                        ? "equal"
                        : String.format(
                                Locale.ROOT,
                                "%,d %s",
                                peer.bucketsDiffering(),
                                peer.bucketsDiffering() == 1 ? "bucket differs" : "buckets differ");
        return result + ", compared " + ago(peer.comparedAgoNs());
    }

    private static String repairs(NodeStatus.Peer peer, long nowMs) {
        return peer.lastRepairMs() == 0
                ? "no repairs"
                : String.format(
                        Locale.ROOT,
                        "%,d states repaired, last %s ago",
                        peer.repairedStates(),
                        duration(nowMs - peer.lastRepairMs()));
    }

    private void line(String head, String format, Object... values) {
        out.append(String.format(Locale.ROOT, headForm, head))
                .append(String.format(Locale.ROOT, format, values));
        out.append('\n');
    }

    private static String ago(long ns) {
        return ns < 0 ? "never" : String.format(Locale.ROOT, "%.1f s ago", ns / 1e9);
    }

    private static String duration(long ms) {
        long s = ms / 1000;
        return String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }
}
