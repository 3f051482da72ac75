package org.pfsyncd.metrics;

/**
 * The counters of one group, in the order in which {@code pfsyncd stats} prints them.
 *
 * <p>The first names are those of {@code netstat -s -p pfsync} on FreeBSD (spec pfsync.md section
 * 15.3), oddities included; scripts depend on them. All are written by the sync agent.
 */
public enum GroupCounter implements CounterId {
    IPACKETS("received-inet-packets", "packets received (IPv4)"),
    IPACKETS6("received-inet6-packets", "packets received (IPv6)"),
    BADIF("dropped-bad-interface", "packets discarded for bad interface"),
    BADTTL("dropped-bad-ttl", "packets discarded for bad ttl"),
    HDROPS("dropped-short-header", "packets shorter than header"),
    BADVER("dropped-bad-version", "packets discarded for bad version"),
    BADAUTH("dropped-bad-auth", "packets discarded for bad HMAC"),
    BADACT("dropped-bad-action", "packets discarded for bad action"),
    BADLEN("dropped-short", "packets discarded for short packet"),
    BADVAL("dropped-bad-values", "states discarded for bad values"),
    STALE("dropped-stale-state", "stale states"),
    BADSTATE("dropped-failed-lookup", "failed state lookup/inserts"),
    OPACKETS("sent-inet-packets", "packets sent (IPv4)"),
    OPACKETS6("send-inet6-packets", "packets sent (IPv6)"),
    ONOMEM("discarded-no-memory", "send failed due to mbuf memory error"),
    OERRORS("send-errors", "send error"),
    IACTS_0("input-histogram.clear-all-request", "messages received with action 0"),
    IACTS_1("input-histogram.state-insert", "messages received with action 1"),
    IACTS_2("input-histogram.state-inserted-ack", "messages received with action 2"),
    IACTS_3("input-histogram.state-update", "messages received with action 3"),
    IACTS_4("input-histogram.compressed-state-update", "messages received with action 4"),
    IACTS_5("input-histogram.uncompressed-state-request", "messages received with action 5"),
    IACTS_6("input-histogram.state-delete", "messages received with action 6"),
    IACTS_7("input-histogram.compressed-state-delete", "messages received with action 7"),
    IACTS_8("input-histogram.fragment-insert", "messages received with action 8"),
    IACTS_9("input-histogram.fragment-delete", "messages received with action 9"),
    IACTS_10("input-histogram.bulk-update-mark", "messages received with action 10"),
    IACTS_11("input-histogram.TDB-replay-counter-update", "messages received with action 11"),
    IACTS_12("input-histogram.end-of-frame-mark", "messages received with action 12"),
    IACTS_13("input-histogram.state-insert-v6-or-1400", "messages received with action 13"),
    IACTS_14("input-histogram.state-update-v6-or-1400", "messages received with action 14"),
    IACTS_15("input-histogram.TDB-v6-or-state-insert-1500", "messages received with action 15"),
    IACTS_16("input-histogram.state-update-1500", "messages received with action 16"),
    OACTS_0("output-histogram.clear-all-request", "messages sent with action 0"),
    OACTS_1("output-histogram.state-insert", "messages sent with action 1"),
    OACTS_2("output-histogram.state-inserted-ack", "messages sent with action 2"),
    OACTS_3("output-histogram.state-update", "messages sent with action 3"),
    OACTS_4("output-histogram.compressed-state-update", "messages sent with action 4"),
    OACTS_5("output-histogram.uncompressed-state-request", "messages sent with action 5"),
    OACTS_6("output-histogram.state-delete", "messages sent with action 6"),
    OACTS_7("output-histogram.compressed-state-delete", "messages sent with action 7"),
    OACTS_8("output-histogram.fragment-insert", "messages sent with action 8"),
    OACTS_9("output-histogram.fragment-delete", "messages sent with action 9"),
    OACTS_10("output-histogram.bulk-update-mark", "messages sent with action 10"),
    OACTS_11("output-histogram.TDB-replay-counter-update", "messages sent with action 11"),
    OACTS_12("output-histogram.end-of-frame-mark", "messages sent with action 12"),
    OACTS_13("output-histogram.state-insert-v6-or-1400", "messages sent with action 13"),
    OACTS_14("output-histogram.state-update-v6-or-1400", "messages sent with action 14"),
    OACTS_15("output-histogram.TDB-v6-or-state-insert-1500", "messages sent with action 15"),
    OACTS_16("output-histogram.state-update-1500", "messages sent with action 16"),
    BAD_SENDER("dropped-bad-sender", "packets from an address that the allow list does not name"),
    BADVER_V1("bad-version-v1", "frames of OpenBSD 3.3 and 3.4 (format 1)"),
    BADVER_V2(
            "bad-version-v2",
            "frames of OpenBSD 3.5 to 3.8, FreeBSD 5 and 6, DragonFly (format 2)"),
    BADVER_V3("bad-version-v3", "frames of OpenBSD 3.9 to 4.3, FreeBSD 7 and 8, NetBSD (format 3)"),
    BADVER_V4("bad-version-v4", "frames of OpenBSD 4.4 (format 4)"),
    BADVER_V5_OPENBSD(
            "bad-version-v5-openbsd",
            "frames of OpenBSD 4.5 and 4.6 (format 5 with 240-byte states)"),
    BADVER_V5("bad-version-v5", "FreeBSD frames in a group configured for v6"),
    BADVER_V6("bad-version-v6", "OpenBSD frames in a group configured for a FreeBSD dialect"),
    BADVER_OTHER("bad-version-other", "frames whose first byte no system ever sent"),
    BADLEN_HEADER("bad-length-header", "frames shorter than their header says"),
    BADLEN_REGION("bad-length-region", "regions that are longer than their frame"),
    BADLEN_EOF("bad-length-eof", "frames with bytes behind the end-of-frame mark"),
    BADVAL_TIMEOUT("bad-value-timeout", "states with an unknown timeout class"),
    BADVAL_PEER_STATE("bad-value-peer-state", "states with a peer state above 12"),
    BADVAL_DIRECTION("bad-value-direction", "states with a direction above 2"),
    BADVAL_AF("bad-value-af", "states with an address family the dialect does not know"),
    BADVAL_IFNAME("bad-value-ifname", "states with an empty or unterminated name"),
    BADVAL_CREATORID("bad-value-creatorid", "states with creatorid 0"),
    SKIPPED_ACTION(
            "skipped-action",
            "v6 regions of unknown or unimplemented actions, skipped by their length"),
    INS_KNOWN("ins-known", "inserts of a known state with the same key and creation, merged"),
    INS_REPLACED(
            "ins-replaced",
            "inserts or updates of a known id with another key or creation, replaced"),
    INS_COLLISION("ins-collision", "inserts whose key another living state holds"),
    INS_UNKNOWN_INTERFACE(
            "ins-unknown-interface", "states on an interface that the group's list does not name"),
    INS_LIMIT("ins-limit", "inserts refused because the table or the name table is full"),
    INS_TOMBSTONED("ins-tombstoned", "late messages for a state deleted less than a minute before"),
    OWN_CREATORID(
            "own-creatorid", "inserts that carry our own creatorid for an id we never issued"),
    UNREPRESENTABLE(
            "unrepresentable", "states that the dialect of the receiver cannot carry, not sent"),
    UNREPRESENTABLE_TIMEOUT(
            "unrepresentable-timeout",
            "of these, those with a timeout class the dialect does not know (SCTP)"),
    UNREPRESENTABLE_FAMILY(
            "unrepresentable-family", "of these, those translated between IPv4 and IPv6"),
    UNREPRESENTABLE_PROTOCOL(
            "unrepresentable-protocol", "of these, those translated between protocols"),
    LOST_ROUTE("lost-route", "states sent without their route option or next hop"),
    LOST_FLAGS("lost-flags", "states sent without flags the dialect cannot carry"),
    LOST_TABLE("lost-table", "states sent without their routing table or domain"),
    LOST_QUEUE("lost-queue", "states sent without their queues or pipes"),
    LOST_TAG("lost-tag", "states sent without their tag"),
    LOST_SCRUB("lost-scrub", "states sent without their least TTL, TOS or largest MSS"),
    LOST_INTERFACE("lost-interface", "states sent without the interface they were made on"),
    TDB_IGNORED("tdb-ignored", "TDB messages, parsed and ignored"),
    UPD_REQ_HEARD("update-requests-heard", "update requests of others; role listen answers none"),
    BULK_ASKED(
            "bulk-answers-asked",
            "requests of others for the whole table, in role member or relay"),
    BULK_ANSWERS_BEGUN("bulk-answers-begun", "answers with the whole table begun"),
    BULK_ANSWERS_DONE("bulk-answers-completed", "of these, those ended by our BUS END"),
    BULK_ANSWERS_ABANDONED(
            "bulk-answers-abandoned",
            "of these, those broken off without an END because the mirror was no longer proven, the"
                    + " journal had a hole or nothing could be sent"),
    BULK_ANSWERS_LEFT(
            "bulk-answers-left-to-others",
            "requests for the whole table that another member answers, or that waited for a minute,"
                    + " while our mirror is not proven"),
    BULK_ANSWERS_RESTARTED(
            "bulk-answers-begun-again",
            "answers with the whole table that began again because somebody else asked for it, or"
                    + " somebody who may have missed the START"),
    BULK_STARTS_REPEATED(
            "bulk-starts-repeated",
            "BUS STARTs said again to somebody who asked while an answer was under way"),
    BULK_ANSWERS_SLOW(
            "bulk-answers-slow",
            "requests of somebody who has waited four seconds or longer for the end of an answer"
                    + " under way; raise answer-rate"),
    BULK_ANSWER_STATES("bulk-answer-states", "states sent in answers with the whole table"),
    STATE_ANSWERS("state-answers-sent", "states sent in answer to single requests"),
    ANSWERS_MERGED("answers-merged", "requests that another one waiting or under way answers too"),
    ANSWERS_SHED(
            "answers-shed",
            "single requests not answered because of the answer rate or too many in a frame"),
    ANSWERS_WITHHELD(
            "answers-withheld",
            "single requests not answered because the mirror is not proven or the journal has a"
                    + " hole"),
    ANSWERS_UNTRACKED(
            "answers-untracked-sender",
            "requests not answered because the list of senders is full"),
    ANSWER_UNKNOWN("answer-unknown", "states not sent because they are not here"),
    ANSWER_UNCONFIRMED(
            "answer-unconfirmed", "states not sent because no living source has confirmed them"),
    ANSWER_NOSYNC("answer-no-sync", "states not sent because they are flagged no-sync"),
    ANSWER_EXPIRED("answer-expired", "states not sent because their time is over"),
    REQUESTS_SENT("state-requests-sent", "update requests sent for unknown states"),
    REQUESTS_SUPPRESSED(
            "state-requests-suppressed", "update requests not sent because of the loop guard"),
    BULK_REQUESTS("bulk-requests-sent", "bulk update requests sent"),
    BULK_DONE("bulk-updates-completed", "bulk updates completed by a BUS END"),
    BULK_FAILED("bulk-updates-failed", "bulk updates that ended by their bound"),
    BULK_DENIED(
            "bulk-requests-denied", "bulk update requests not sent because the budget was used up"),
    BULK_ENDS_LOST(
            "bulk-ends-lost",
            "bulk updates that fell quiet without a BUS END and were asked for again"),
    BULK_UNPROVEN_HEARD(
            "bulk-unproven-heard",
            "BUS marks of pfsyncd nodes that are not proven themselves; they prove nothing"),
    BULK_BAD_TIMESTAMP("bulk-bad-timestamp", "BUS END marks that belong to an earlier dump"),
    INS_ACK_SENT("ins-acks-sent", "insert acknowledgements sent"),
    INS_ACK_WITHHELD("ins-acks-withheld", "insert acknowledgements withheld by the ack setting"),
    INS_ACK_HEARD("ins-acks-heard", "insert acknowledgements of others"),
    SOCKET_DROPS("socket-drops", "packets the kernel dropped before we read them"),
    SOCKET_REOPENED(
            "socket-reopened", "sockets opened anew because their interface was created again"),
    SENDERS_SHED("senders-shed", "senders not tracked because the peer list is full"),
    ANNOUNCE_MERGED(
            "announce-merged", "changes of a state that was waiting to be announced already"),
    ANNOUNCE_CANCELLED(
            "announce-cancelled",
            "announcements not sent: the state ended first, or the segment said it itself"),
    ANNOUNCE_REPEATED("announce-repeated", "deletes said a second time"),
    ANNOUNCE_SHED("announce-shed", "announcements shed because the queue was full"),
    ANNOUNCE_LOST("announce-lost", "messages in frames that the kernel refused"),
    ANNOUNCE_GONE("announce-gone", "announcements of states that had ended when their turn came"),
    ANNOUNCE_UNCONFIRMED(
            "announce-unconfirmed",
            "announcements withheld because no living source has confirmed the state"),
    ANNOUNCE_NOSYNC(
            "announce-nosync",
            "announcements withheld because the state is marked no-sync, or is pfsync's own"),
    ANNOUNCE_LEFT_TO_RIVAL(
            "announce-left-to-rival",
            "announcements left to another relay that is heard on the segment"),
    UNREPRESENTABLE_NAME(
            "unrepresentable-name",
            "of the unrepresentable, those whose interface name does not fit"),
    RELAY_ACTIVE("relay-active", "1 while this relay announces on the segment (gauge)"),
    RELAY_TAKEOVERS("relay-takeovers", "times this relay began to announce"),
    RELAY_BEACONS_SENT("relay-signs-sent", "signs of life sent to other relays"),
    RELAY_BEACONS_HEARD("relay-signs-heard", "signs of life of other relays"),
    RELAY_KEPT_HOME(
            "relay-kept-home",
            "changes not announced because their creator is heard on the segment"),
    RELAY_ECHOES(
            "relay-echoes",
            "changes of a peer not announced because the peer had heard a relay say them"),
    RELAY_UNKNOWN_ENDS(
            "relay-unknown-ends",
            "deletes passed on of states that are not in the table, as after a clear"),
    RELAY_ANSWERS(
            "relay-answers", "changes not announced because they answered somebody's request"),
    RELAY_CONCLUDED(
            "relay-concluded",
            "deletes not announced because the creator's segment did not say them: expired, swept,"
                    + " collided, or another segment's timer");

    private static final GroupCounter[] VALUES = values();

    private final String label;
    private final String meaning;

    GroupCounter(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    /** The input histogram's counter for an action, 0 to 16. */
    public static GroupCounter input(int action) {
        return VALUES[IACTS_0.ordinal() + action];
    }

    /** The output histogram's counter for an action, 0 to 16. */
    public static GroupCounter output(int action) {
        return VALUES[OACTS_0.ordinal() + action];
    }
}
