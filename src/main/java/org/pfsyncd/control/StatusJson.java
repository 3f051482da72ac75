package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** {@code status --json}: the names are a promise to scripts. */
public final class StatusJson {
    private StatusJson() {}

    /** Writes one object. */
    public static void write(JsonGenerator json, NodeStatus status) throws IOException {
        json.writeStartObject();
        json.writeStringField("node", status.node());
        json.writeStringField("version", status.version());
        json.writeNumberField("pid", status.pid());
        json.writeNumberField("started", status.startedMs() / 1000.0);
        json.writeNumberField("t", status.nowMs() / 1000.0);
        json.writeNumberField("states", status.table().states());
        json.writeNumberField("capacity", status.table().capacity());
        json.writeNumberField("unconfirmed", status.table().unconfirmed());
        json.writeStringField("digest", hex(status.table().digest()));
        json.writeStringField("replayed_digest", hex(status.table().replayedDigest()));
        json.writeBooleanField("in_sync", status.isInSync());
        json.writeStringField("reason", status.reason());
        json.writeBooleanField("ready", status.isReady());
        json.writeStringField("unready_reason", status.unreadyReason());
        json.writeArrayFieldStart("groups");
        for (NodeStatus.Group group : status.groups()) {
            writeGroup(json, group);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("peers");
        for (NodeStatus.Peer peer : status.peers()) {
            writePeer(json, peer);
        }
        json.writeEndArray();
        writeJournal(json, status.journal());
        json.writeNumberField("sync_cycle_max_us", status.syncCycleMaxNs() / 1000.0);
        json.writeNumberField("clock_ahead_ms", status.clockAheadMs());
        json.writeNumberField("clock_offset_ms", status.clockOffsetMs());
        json.writeEndObject();
    }

    /** A digest as 16 hex digits. */
    public static String hex(long digest) {
        return String.format("%016x", digest);
    }

    private static void writeGroup(JsonGenerator json, NodeStatus.Group group) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", group.name());
        json.writeStringField("role", group.role());
        json.writeStringField("syncdev", group.interfaceName());
        json.writeBooleanField("in_sync", group.isInSync());
        json.writeStringField("reason", group.reason());
        writeSilence(json, group.silentNs());
        json.writeStringField("bulk", group.bulk());
        json.writeStringField("answer", group.answer());
        writeAnnouncer(json, group.announcer());
        json.writeArrayFieldStart("senders");
        for (NodeStatus.Sender sender : group.senders()) {
            json.writeStartObject();
            json.writeStringField("address", sender.address());
            json.writeStringField("dialect", sender.dialect());
            json.writeNumberField("frames", sender.frames());
            writeSilence(json, sender.silentNs());
            json.writeBooleanField("fingerprint", sender.hasFingerprint());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeAnnouncer(JsonGenerator json, NodeStatus.Announcer shown)
            throws IOException {
        if (shown == null) {
            json.writeNullField("announcer");
            return;
        }
        json.writeObjectFieldStart("announcer");
        json.writeBooleanField("self", shown.isSelf());
        json.writeStringField("creatorid", shown.creatorId());
        json.writeStringField("address", shown.address());
        numberOrNull(json, "since_s", shown.sinceNs(), 1e9);
        json.writeNumberField("waiting", shown.waiting());
        json.writeEndObject();
    }

    private static void writePeer(JsonGenerator json, NodeStatus.Peer peer) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", peer.name());
        json.writeStringField("address", peer.address());
        json.writeStringField("carrier", peer.carrier());
        json.writeBooleanField("up", peer.isUp());
        json.writeBooleanField("in_sync", peer.isInSync());
        json.writeStringField("reason", peer.reason());
        json.writeBooleanField("receive_only", peer.isReceiveOnly());
        json.writeNumberField("acked_incarnation", peer.ackedIncarnation());
        json.writeNumberField("acked_sequence", peer.ackedSequence());
        json.writeNumberField("lag_messages", peer.lagMessages());
        json.writeNumberField("lag_us", peer.lagNs() / 1000.0);
        json.writeNumberField("received_incarnation", peer.receivedIncarnation());
        json.writeNumberField("received_sequence", peer.receivedSequence());
        json.writeNumberField("behind_messages", peer.behindMessages());
        numberOrNull(json, "buckets_differing", peer.bucketsDiffering(), 1);
        numberOrNull(json, "compared_s", peer.comparedAgoNs(), 1e9);
        json.writeNumberField("repaired_states", peer.repairedStates());
        numberOrNull(
                json, "last_repair", peer.lastRepairMs() == 0 ? -1 : peer.lastRepairMs(), 1000);
        json.writeNumberField("duplicates", peer.duplicates());
        json.writeBooleanField("catching_up", peer.isCatchingUp());
        json.writeEndObject();
    }

    private static void numberOrNull(JsonGenerator json, String name, long value, double unit)
            throws IOException {
        if (value < 0) {
            json.writeNullField(name);
        } else if (unit == 1) {
            json.writeNumberField(name, value);
        } else {
            json.writeNumberField(name, value / unit);
        }
    }

    private static void writeSilence(JsonGenerator json, long silentNs) throws IOException {
        if (silentNs < 0) {
            json.writeNullField("silent_s");
        } else {
            json.writeNumberField("silent_s", silentNs / 1e9);
        }
    }

    private static void writeJournal(JsonGenerator json, NodeStatus.Journal journal)
            throws IOException {
        json.writeObjectFieldStart("journal");
        json.writeNumberField("incarnation", journal.incarnation());
        json.writeNumberField("sequence", journal.sequence());
        json.writeNumberField("appended", journal.appended());
        json.writeBooleanField("stopped", journal.isStopped());
        json.writeNumberField("unrecorded", journal.unrecorded());
        json.writeStringField("losses", journal.lossReport());
        json.writeEndObject();
    }
}
