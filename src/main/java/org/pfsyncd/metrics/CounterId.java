package org.pfsyncd.metrics;

/**
 * The catalogue of counters: every counter the daemon has, its name for scripts, and a sentence of
 * meaning.
 *
 * <p>The first names are those of {@code netstat -s -p pfsync} on FreeBSD (spec pfsync.md section
 * 15.3), oddities included; scripts depend on them. The order is the order in which {@code pfsyncd
 * stats} prints.
 */
public enum CounterId {
    IPACKETS(CounterScope.GROUP, "received-inet-packets", "packets received (IPv4)"),
    IPACKETS6(CounterScope.GROUP, "received-inet6-packets", "packets received (IPv6)"),
    BADIF(CounterScope.GROUP, "dropped-bad-interface", "packets discarded for bad interface"),
    BADTTL(CounterScope.GROUP, "dropped-bad-ttl", "packets discarded for bad ttl"),
    HDROPS(CounterScope.GROUP, "dropped-short-header", "packets shorter than header"),
    BADVER(CounterScope.GROUP, "dropped-bad-version", "packets discarded for bad version"),
    BADAUTH(CounterScope.GROUP, "dropped-bad-auth", "packets discarded for bad HMAC"),
    BADACT(CounterScope.GROUP, "dropped-bad-action", "packets discarded for bad action"),
    BADLEN(CounterScope.GROUP, "dropped-short", "packets discarded for short packet"),
    BADVAL(CounterScope.GROUP, "dropped-bad-values", "states discarded for bad values"),
    STALE(CounterScope.GROUP, "dropped-stale-state", "stale states"),
    BADSTATE(CounterScope.GROUP, "dropped-failed-lookup", "failed state lookup/inserts"),
    OPACKETS(CounterScope.GROUP, "sent-inet-packets", "packets sent (IPv4)"),
    OPACKETS6(CounterScope.GROUP, "send-inet6-packets", "packets sent (IPv6)"),
    ONOMEM(CounterScope.GROUP, "discarded-no-memory", "send failed due to mbuf memory error"),
    OERRORS(CounterScope.GROUP, "send-errors", "send error"),
    IACTS_0(
            CounterScope.GROUP,
            "input-histogram.clear-all-request",
            "messages received with action 0"),
    IACTS_1(CounterScope.GROUP, "input-histogram.state-insert", "messages received with action 1"),
    IACTS_2(
            CounterScope.GROUP,
            "input-histogram.state-inserted-ack",
            "messages received with action 2"),
    IACTS_3(CounterScope.GROUP, "input-histogram.state-update", "messages received with action 3"),
    IACTS_4(
            CounterScope.GROUP,
            "input-histogram.compressed-state-update",
            "messages received with action 4"),
    IACTS_5(
            CounterScope.GROUP,
            "input-histogram.uncompressed-state-request",
            "messages received with action 5"),
    IACTS_6(CounterScope.GROUP, "input-histogram.state-delete", "messages received with action 6"),
    IACTS_7(
            CounterScope.GROUP,
            "input-histogram.compressed-state-delete",
            "messages received with action 7"),
    IACTS_8(
            CounterScope.GROUP,
            "input-histogram.fragment-insert",
            "messages received with action 8"),
    IACTS_9(
            CounterScope.GROUP,
            "input-histogram.fragment-delete",
            "messages received with action 9"),
    IACTS_10(
            CounterScope.GROUP,
            "input-histogram.bulk-update-mark",
            "messages received with action 10"),
    IACTS_11(
            CounterScope.GROUP,
            "input-histogram.TDB-replay-counter-update",
            "messages received with action 11"),
    IACTS_12(
            CounterScope.GROUP,
            "input-histogram.end-of-frame-mark",
            "messages received with action 12"),
    IACTS_13(
            CounterScope.GROUP,
            "input-histogram.state-insert-v6-or-1400",
            "messages received with action 13"),
    IACTS_14(
            CounterScope.GROUP,
            "input-histogram.state-update-v6-or-1400",
            "messages received with action 14"),
    IACTS_15(
            CounterScope.GROUP,
            "input-histogram.TDB-v6-or-state-insert-1500",
            "messages received with action 15"),
    IACTS_16(
            CounterScope.GROUP,
            "input-histogram.state-update-1500",
            "messages received with action 16"),
    OACTS_0(
            CounterScope.GROUP,
            "output-histogram.clear-all-request",
            "messages sent with action 0"),
    OACTS_1(CounterScope.GROUP, "output-histogram.state-insert", "messages sent with action 1"),
    OACTS_2(
            CounterScope.GROUP,
            "output-histogram.state-inserted-ack",
            "messages sent with action 2"),
    OACTS_3(CounterScope.GROUP, "output-histogram.state-update", "messages sent with action 3"),
    OACTS_4(
            CounterScope.GROUP,
            "output-histogram.compressed-state-update",
            "messages sent with action 4"),
    OACTS_5(
            CounterScope.GROUP,
            "output-histogram.uncompressed-state-request",
            "messages sent with action 5"),
    OACTS_6(CounterScope.GROUP, "output-histogram.state-delete", "messages sent with action 6"),
    OACTS_7(
            CounterScope.GROUP,
            "output-histogram.compressed-state-delete",
            "messages sent with action 7"),
    OACTS_8(CounterScope.GROUP, "output-histogram.fragment-insert", "messages sent with action 8"),
    OACTS_9(CounterScope.GROUP, "output-histogram.fragment-delete", "messages sent with action 9"),
    OACTS_10(
            CounterScope.GROUP,
            "output-histogram.bulk-update-mark",
            "messages sent with action 10"),
    OACTS_11(
            CounterScope.GROUP,
            "output-histogram.TDB-replay-counter-update",
            "messages sent with action 11"),
    OACTS_12(
            CounterScope.GROUP,
            "output-histogram.end-of-frame-mark",
            "messages sent with action 12"),
    OACTS_13(
            CounterScope.GROUP,
            "output-histogram.state-insert-v6-or-1400",
            "messages sent with action 13"),
    OACTS_14(
            CounterScope.GROUP,
            "output-histogram.state-update-v6-or-1400",
            "messages sent with action 14"),
    OACTS_15(
            CounterScope.GROUP,
            "output-histogram.TDB-v6-or-state-insert-1500",
            "messages sent with action 15"),
    OACTS_16(
            CounterScope.GROUP,
            "output-histogram.state-update-1500",
            "messages sent with action 16"),
    BAD_SENDER(
            CounterScope.GROUP,
            "dropped-bad-sender",
            "packets from an address that the allow list does not name"),
    BADVER_V1(CounterScope.GROUP, "bad-version-v1", "frames of OpenBSD 3.3 and 3.4 (format 1)"),
    BADVER_V2(
            CounterScope.GROUP,
            "bad-version-v2",
            "frames of OpenBSD 3.5 to 3.8, FreeBSD 5 and 6, DragonFly (format 2)"),
    BADVER_V3(
            CounterScope.GROUP,
            "bad-version-v3",
            "frames of OpenBSD 3.9 to 4.3, FreeBSD 7 and 8, NetBSD (format 3)"),
    BADVER_V4(CounterScope.GROUP, "bad-version-v4", "frames of OpenBSD 4.4 (format 4)"),
    BADVER_V5_OPENBSD(
            CounterScope.GROUP,
            "bad-version-v5-openbsd",
            "frames of OpenBSD 4.5 and 4.6 (format 5 with 240-byte states)"),
    BADVER_V5(CounterScope.GROUP, "bad-version-v5", "FreeBSD frames in a group configured for v6"),
    BADVER_V6(
            CounterScope.GROUP,
            "bad-version-v6",
            "OpenBSD frames in a group configured for a FreeBSD dialect"),
    BADVER_OTHER(
            CounterScope.GROUP, "bad-version-other", "frames whose first byte no system ever sent"),
    BADLEN_HEADER(CounterScope.GROUP, "bad-length-header", "frames shorter than their header says"),
    BADLEN_REGION(
            CounterScope.GROUP, "bad-length-region", "regions that are longer than their frame"),
    BADLEN_EOF(
            CounterScope.GROUP, "bad-length-eof", "frames with bytes behind the end-of-frame mark"),
    BADVAL_TIMEOUT(CounterScope.GROUP, "bad-value-timeout", "states with an unknown timeout class"),
    BADVAL_PEER_STATE(
            CounterScope.GROUP, "bad-value-peer-state", "states with a peer state above 12"),
    BADVAL_DIRECTION(CounterScope.GROUP, "bad-value-direction", "states with a direction above 2"),
    BADVAL_AF(
            CounterScope.GROUP,
            "bad-value-af",
            "states with an address family the dialect does not know"),
    BADVAL_IFNAME(
            CounterScope.GROUP, "bad-value-ifname", "states with an empty or unterminated name"),
    BADVAL_CREATORID(CounterScope.GROUP, "bad-value-creatorid", "states with creatorid 0"),
    SKIPPED_ACTION(
            CounterScope.GROUP,
            "skipped-action",
            "v6 regions of unknown or unimplemented actions, skipped by their length"),
    INS_KNOWN(
            CounterScope.GROUP,
            "ins-known",
            "inserts of a known state with the same key and creation, merged"),
    INS_REPLACED(
            CounterScope.GROUP,
            "ins-replaced",
            "inserts or updates of a known id with another key or creation, replaced"),
    INS_COLLISION(
            CounterScope.GROUP, "ins-collision", "inserts whose key another living state holds"),
    INS_UNKNOWN_INTERFACE(
            CounterScope.GROUP,
            "ins-unknown-interface",
            "states on an interface that the group's list does not name"),
    INS_LIMIT(
            CounterScope.GROUP,
            "ins-limit",
            "inserts refused because the table or the name table is full"),
    INS_TOMBSTONED(
            CounterScope.GROUP,
            "ins-tombstoned",
            "late messages for a state deleted less than a minute before"),
    OWN_CREATORID(
            CounterScope.GROUP,
            "own-creatorid",
            "inserts that carry our own creatorid for an id we never issued"),
    UNREPRESENTABLE(
            CounterScope.GROUP,
            "unrepresentable",
            "states that the dialect of the receiver cannot carry, not sent"),
    UNREPRESENTABLE_TIMEOUT(
            CounterScope.GROUP,
            "unrepresentable-timeout",
            "of these, those with a timeout class the dialect does not know (SCTP)"),
    UNREPRESENTABLE_FAMILY(
            CounterScope.GROUP,
            "unrepresentable-family",
            "of these, those translated between IPv4 and IPv6"),
    UNREPRESENTABLE_PROTOCOL(
            CounterScope.GROUP,
            "unrepresentable-protocol",
            "of these, those translated between protocols"),
    LOST_ROUTE(
            CounterScope.GROUP, "lost-route", "states sent without their route option or next hop"),
    LOST_FLAGS(
            CounterScope.GROUP, "lost-flags", "states sent without flags the dialect cannot carry"),
    LOST_TABLE(
            CounterScope.GROUP, "lost-table", "states sent without their routing table or domain"),
    LOST_QUEUE(CounterScope.GROUP, "lost-queue", "states sent without their queues or pipes"),
    LOST_TAG(CounterScope.GROUP, "lost-tag", "states sent without their tag"),
    LOST_SCRUB(
            CounterScope.GROUP,
            "lost-scrub",
            "states sent without their least TTL, TOS or largest MSS"),
    LOST_INTERFACE(
            CounterScope.GROUP,
            "lost-interface",
            "states sent without the interface they were made on"),
    TDB_IGNORED(CounterScope.GROUP, "tdb-ignored", "TDB messages, parsed and ignored"),
    UPD_REQ_HEARD(
            CounterScope.GROUP,
            "update-requests-heard",
            "update requests of others; role listen answers none"),
    BULK_ASKED(
            CounterScope.GROUP,
            "bulk-answers-asked",
            "requests of others for the whole table, in role member or relay"),
    BULK_ANSWERS_BEGUN(
            CounterScope.GROUP, "bulk-answers-begun", "answers with the whole table begun"),
    BULK_ANSWERS_DONE(
            CounterScope.GROUP, "bulk-answers-completed", "of these, those ended by our BUS END"),
    BULK_ANSWERS_ABANDONED(
            CounterScope.GROUP,
            "bulk-answers-abandoned",
            "of these, those broken off without an END because the mirror was no longer proven, the"
                    + " journal had a hole or nothing could be sent"),
    BULK_ANSWERS_LEFT(
            CounterScope.GROUP,
            "bulk-answers-left-to-others",
            "requests for the whole table that another member answers, or that waited for a"
                    + " minute, while our mirror is not proven"),
    BULK_ANSWERS_RESTARTED(
            CounterScope.GROUP,
            "bulk-answers-begun-again",
            "answers with the whole table that began again because somebody else asked for it, or"
                    + " somebody who may have missed the START"),
    BULK_STARTS_REPEATED(
            CounterScope.GROUP,
            "bulk-starts-repeated",
            "BUS STARTs said again to somebody who asked while an answer was under way"),
    BULK_ANSWERS_SLOW(
            CounterScope.GROUP,
            "bulk-answers-slow",
            "requests of somebody who has waited four seconds or longer for the end of an answer"
                    + " under way; raise answer-rate"),
    BULK_ANSWER_STATES(
            CounterScope.GROUP,
            "bulk-answer-states",
            "states sent in answers with the whole table"),
    STATE_ANSWERS(
            CounterScope.GROUP, "state-answers-sent", "states sent in answer to single requests"),
    ANSWERS_MERGED(
            CounterScope.GROUP,
            "answers-merged",
            "requests that another one waiting or under way answers too"),
    ANSWERS_SHED(
            CounterScope.GROUP,
            "answers-shed",
            "single requests not answered because of the answer rate or too many in a frame"),
    ANSWERS_WITHHELD(
            CounterScope.GROUP,
            "answers-withheld",
            "single requests not answered because the mirror is not proven or the journal has a"
                    + " hole"),
    ANSWERS_UNTRACKED(
            CounterScope.GROUP,
            "answers-untracked-sender",
            "requests not answered because the list of senders is full"),
    ANSWER_UNKNOWN(
            CounterScope.GROUP, "answer-unknown", "states not sent because they are not here"),
    ANSWER_UNCONFIRMED(
            CounterScope.GROUP,
            "answer-unconfirmed",
            "states not sent because no living source has confirmed them"),
    ANSWER_NOSYNC(
            CounterScope.GROUP,
            "answer-no-sync",
            "states not sent because they are flagged no-sync"),
    ANSWER_EXPIRED(
            CounterScope.GROUP, "answer-expired", "states not sent because their time is over"),
    REQUESTS_SENT(
            CounterScope.GROUP, "state-requests-sent", "update requests sent for unknown states"),
    REQUESTS_SUPPRESSED(
            CounterScope.GROUP,
            "state-requests-suppressed",
            "update requests not sent because of the loop guard"),
    BULK_REQUESTS(CounterScope.GROUP, "bulk-requests-sent", "bulk update requests sent"),
    BULK_DONE(CounterScope.GROUP, "bulk-updates-completed", "bulk updates completed by a BUS END"),
    BULK_FAILED(
            CounterScope.GROUP, "bulk-updates-failed", "bulk updates that ended by their bound"),
    BULK_DENIED(
            CounterScope.GROUP,
            "bulk-requests-denied",
            "bulk update requests not sent because the budget was used up"),
    BULK_ENDS_LOST(
            CounterScope.GROUP,
            "bulk-ends-lost",
            "bulk updates that fell quiet without a BUS END and were asked for again"),
    BULK_UNPROVEN_HEARD(
            CounterScope.GROUP,
            "bulk-unproven-heard",
            "BUS marks of pfsyncd nodes that are not proven themselves; they prove nothing"),
    BULK_BAD_TIMESTAMP(
            CounterScope.GROUP,
            "bulk-bad-timestamp",
            "BUS END marks that belong to an earlier dump"),
    INS_ACK_SENT(CounterScope.GROUP, "ins-acks-sent", "insert acknowledgements sent"),
    INS_ACK_WITHHELD(
            CounterScope.GROUP,
            "ins-acks-withheld",
            "insert acknowledgements withheld by the ack setting"),
    INS_ACK_HEARD(CounterScope.GROUP, "ins-acks-heard", "insert acknowledgements of others"),
    SOCKET_DROPS(
            CounterScope.GROUP, "socket-drops", "packets the kernel dropped before we read them"),
    SOCKET_REOPENED(
            CounterScope.GROUP,
            "socket-reopened",
            "sockets opened anew because their interface was created again"),
    SENDERS_SHED(
            CounterScope.GROUP,
            "senders-shed",
            "senders not tracked because the peer list is full"),
    ANNOUNCE_MERGED(
            CounterScope.GROUP,
            "announce-merged",
            "changes of a state that was waiting to be announced already"),
    ANNOUNCE_CANCELLED(
            CounterScope.GROUP,
            "announce-cancelled",
            "announcements not sent: the state ended first, or the segment said it itself"),
    ANNOUNCE_REPEATED(CounterScope.GROUP, "announce-repeated", "deletes said a second time"),
    ANNOUNCE_SHED(
            CounterScope.GROUP, "announce-shed", "announcements shed because the queue was full"),
    ANNOUNCE_LOST(
            CounterScope.GROUP, "announce-lost", "messages in frames that the kernel refused"),
    ANNOUNCE_GONE(
            CounterScope.GROUP,
            "announce-gone",
            "announcements of states that had ended when their turn came"),
    ANNOUNCE_UNCONFIRMED(
            CounterScope.GROUP,
            "announce-unconfirmed",
            "announcements withheld because no living source has confirmed the state"),
    ANNOUNCE_NOSYNC(
            CounterScope.GROUP,
            "announce-nosync",
            "announcements withheld because the state is marked no-sync, or is pfsync's own"),
    ANNOUNCE_LEFT_TO_RIVAL(
            CounterScope.GROUP,
            "announce-left-to-rival",
            "announcements left to another relay that is heard on the segment"),
    UNREPRESENTABLE_NAME(
            CounterScope.GROUP,
            "unrepresentable-name",
            "of the unrepresentable, those whose interface name does not fit"),
    RELAY_ACTIVE(
            CounterScope.GROUP,
            "relay-active",
            "1 while this relay announces on the segment (gauge)"),
    RELAY_TAKEOVERS(CounterScope.GROUP, "relay-takeovers", "times this relay began to announce"),
    RELAY_BEACONS_SENT(
            CounterScope.GROUP, "relay-signs-sent", "signs of life sent to other relays"),
    RELAY_BEACONS_HEARD(CounterScope.GROUP, "relay-signs-heard", "signs of life of other relays"),
    RELAY_KEPT_HOME(
            CounterScope.GROUP,
            "relay-kept-home",
            "changes not announced because their creator is heard on the segment"),
    RELAY_ECHOES(
            CounterScope.GROUP,
            "relay-echoes",
            "changes of a peer not announced because the peer had heard a relay say them"),
    RELAY_UNKNOWN_ENDS(
            CounterScope.GROUP,
            "relay-unknown-ends",
            "deletes passed on of states that are not in the table, as after a clear"),
    RELAY_ANSWERS(
            CounterScope.GROUP,
            "relay-answers",
            "changes not announced because they answered somebody's request"),
    RELAY_CONCLUDED(
            CounterScope.GROUP,
            "relay-concluded",
            "deletes not announced because the creator's segment did not say them: expired, swept,"
                    + " collided, or another segment's timer"),
    STATES(CounterScope.NODE, "states", "states in the table (gauge)"),
    CAPACITY(CounterScope.NODE, "capacity", "states the table may hold (gauge)"),
    UNCONFIRMED(
            CounterScope.NODE,
            "unconfirmed",
            "replayed states that no living source has confirmed yet (gauge)"),
    INSERTED(CounterScope.NODE, "inserted", "states inserted"),
    MERGED(CounterScope.NODE, "merged", "updates merged"),
    DELETED(CounterScope.NODE, "deleted", "states deleted on a peer's word"),
    EXPIRED(CounterScope.NODE, "expired", "states expired by our own timers"),
    CLEARED(CounterScope.NODE, "cleared", "states removed by a clear"),
    SWEPT(CounterScope.NODE, "swept", "unconfirmed states removed after a completed bulk update"),
    TOMBSTONES(CounterScope.NODE, "tombstones", "deleted states remembered (gauge)"),
    NAMES(CounterScope.NODE, "names", "names interned (gauge)"),
    JOURNAL_SEQUENCE(
            CounterScope.NODE,
            "journal-sequence",
            "sequence of the newest document published (gauge)"),
    JOURNAL_APPENDED(
            CounterScope.NODE,
            "journal-appended",
            "sequence of the newest document appended to the queue (gauge)"),
    JOURNAL_BYTES(CounterScope.NODE, "journal-bytes", "bytes appended to the queue"),
    JOURNAL_INCARNATION(CounterScope.NODE, "journal-incarnation", "present incarnation (gauge)"),
    JOURNAL_STOPPED(CounterScope.NODE, "journal-stopped", "1 while nothing is journaled (gauge)"),
    JOURNAL_UNRECORDED(
            CounterScope.NODE,
            "journal-unrecorded",
            "documents not recorded while the journal was stopped"),
    JOURNAL_RING_FULL(
            CounterScope.NODE, "journal-ring-full", "documents shed because the ring was full"),
    JOURNAL_ERRORS(CounterScope.NODE, "journal-errors", "write errors that ended an incarnation"),
    JOURNAL_RETRIES(
            CounterScope.NODE,
            "journal-retries",
            "incarnations asked for after the pause that follows a write error"),
    SNAPSHOTS(CounterScope.NODE, "snapshots", "snapshots completed"),
    SNAPSHOT_SLICES(CounterScope.NODE, "snapshot-slices", "snapshot slices written"),
    SYNC_CYCLE_MAX_NS(
            CounterScope.NODE,
            "sync-cycle-max-ns",
            "longest duty cycle of the sync agent, ns (gauge)"),
    SYNC_CYCLE_OVER(
            CounterScope.NODE,
            "sync-cycle-over-threshold",
            "duty cycles of the sync agent above the threshold"),
    JOURNAL_CYCLE_MAX_NS(
            CounterScope.NODE,
            "journal-cycle-max-ns",
            "longest duty cycle of the journal agent, ns (gauge)"),
    JOURNAL_CYCLE_OVER(
            CounterScope.NODE,
            "journal-cycle-over-threshold",
            "duty cycles of the journal agent above the threshold"),
    LINK_FRAMES(CounterScope.PEER, "link-frames", "frames received from the peer"),
    LINK_DOCUMENTS(CounterScope.PEER, "link-documents", "documents of the peer's journal taken in"),
    LINK_DUPLICATES(
            CounterScope.PEER,
            "link-duplicates",
            "documents whose content was known already, by another path"),
    LINK_REFUSED_DELTAS(
            CounterScope.PEER,
            "link-refused-deltas",
            "deltas of the peer that could not be taken in"),
    LINK_GAPS(CounterScope.PEER, "link-gaps", "gaps in the stream that were asked for"),
    LINK_REPEATED(CounterScope.PEER, "link-repeated", "frames that brought nothing new"),
    LINK_BAD_LENGTH(
            CounterScope.PEER, "link-bad-length", "frames whose length contradicts their header"),
    LINK_BAD_CHECKSUM(CounterScope.PEER, "link-bad-checksum", "frames whose checksum is wrong"),
    LINK_BAD_VERSION(
            CounterScope.PEER,
            "link-bad-version",
            "frames of a version this program does not speak"),
    LINK_BAD_TYPE(CounterScope.PEER, "link-bad-type", "frames of an unknown type"),
    LINK_BAD_SESSION(
            CounterScope.PEER,
            "link-bad-session",
            "frames of a conversation that is over or was never agreed"),
    LINK_BAD_KEY(CounterScope.PEER, "link-bad-key", "frames under a key this node does not have"),
    LINK_BAD_WINDOW(CounterScope.PEER, "link-bad-window", "frames outside the window"),
    LINK_BAD_ENTRY(
            CounterScope.PEER,
            "link-bad-entry",
            "conversations ended because their stream made no sense"),
    LINK_REFUSALS(
            CounterScope.PEER,
            "link-refusals",
            "conversations refused because of the node's name or id"),
    LINK_CONVERSATIONS(CounterScope.PEER, "link-conversations", "conversations begun"),
    LINK_COMPARED(
            CounterScope.PEER,
            "link-digests-compared",
            "digests compared with the peer's at the same position"),
    LINK_DIFFERENT(CounterScope.PEER, "link-digests-different", "of these, those that differed"),
    LINK_REPAIRED(
            CounterScope.PEER,
            "link-repaired-states",
            "states asked for because a bucket stayed different"),
    LINK_ANSWERS_DROPPED(
            CounterScope.PEER,
            "link-answers-dropped",
            "questions and answers about differing states for which there was no room; they are"
                    + " asked for again"),
    LINK_SENT_FRAMES(CounterScope.PEER, "link-sent-frames", "frames sent by the link agent"),
    LINK_SENT_BYTES(CounterScope.PEER, "link-sent-bytes", "bytes of frames sent by the link agent"),
    LINK_SENT_DOCUMENTS(CounterScope.PEER, "link-sent-documents", "documents put into the stream"),
    LINK_RESENT_BYTES(CounterScope.PEER, "link-resent-bytes", "bytes of the stream sent again"),
    LINK_SEND_ERRORS(CounterScope.PEER, "link-send-errors", "frames that the kernel refused"),
    LINK_WINDOW_FULL(CounterScope.PEER, "link-window-full", "times the stream waited for the peer"),
    LINK_SNAPSHOTS_SENT(
            CounterScope.PEER,
            "link-snapshots-sent",
            "snapshots sent because the journal no longer reached back"),
    LINK_BLACK_HOLES(
            CounterScope.PEER,
            "link-mtu-reductions",
            "times the frame was made smaller because large ones vanished"),
    LINK_STRANGERS(CounterScope.NODE, "link-strangers", "frames from an address that is no peer"),
    LINK_HEADERS(
            CounterScope.NODE,
            "link-short-frames",
            "frames of peers or strangers that are shorter than a header or lack the magic"),
    LINK_REVIVED(
            CounterScope.NODE,
            "link-revived",
            "states announced again because a peer had concluded from silence that they were gone"),
    LINK_DEAD_REFUSED(
            CounterScope.NODE,
            "link-dead-refused",
            "states of peers not taken in because they were deleted here less than a minute"
                    + " before"),
    LINK_NODES_FORGOTTEN(
            CounterScope.NODE,
            "link-nodes-forgotten",
            "nodes whose positions were forgotten, or not taken in, because 64 others are known"),
    LINK_CYCLE_MAX_NS(
            CounterScope.NODE,
            "link-cycle-max-ns",
            "longest duty cycle of the link agent, ns (gauge)"),
    LINK_CYCLE_OVER(
            CounterScope.NODE,
            "link-cycle-over-threshold",
            "duty cycles of the link agent above the threshold"),
    OPERATOR_LOADED(
            CounterScope.NODE,
            "operator-loaded",
            "states that an operator's load inserted or brought newer values for"),
    OPERATOR_REFUSED(
            CounterScope.NODE, "operator-refused", "states of an operator's load not taken in"),
    OPERATOR_CLEARED(
            CounterScope.NODE, "operator-cleared", "states that an operator's clear removed"),
    ERRORS(CounterScope.NODE, "errors", "unexpected errors in the distinct error log"),
    LOG_SUPPRESSED(
            CounterScope.NODE,
            "log-lines-suppressed",
            "log lines not written because of the rate limit");

    private static final CounterId[] VALUES = values();

    private final CounterScope scope;
    private final String label;
    private final String meaning;

    CounterId(CounterScope scope, String label, String meaning) {
        this.scope = scope;
        this.label = label;
        this.meaning = meaning;
    }

    public CounterScope scope() {
        return scope;
    }

    /** Name in {@code stats --json}. */
    public String label() {
        return label;
    }

    /** One sentence, without a full stop. */
    public String meaning() {
        return meaning;
    }

    /** The input histogram's counter for an action, 0 to 16. */
    public static CounterId input(int action) {
        return VALUES[IACTS_0.ordinal() + action];
    }

    /** The output histogram's counter for an action, 0 to 16. */
    public static CounterId output(int action) {
        return VALUES[OACTS_0.ordinal() + action];
    }
}
