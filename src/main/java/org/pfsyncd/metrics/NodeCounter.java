package org.pfsyncd.metrics;

/**
 * The counters that exist once, in the order in which {@code pfsyncd stats} prints them: table,
 * journal, link, operator, errors. Each is written by the agent that it speaks of.
 */
public enum NodeCounter implements CounterId {
    STATES("states", "states in the table (gauge)"),
    CAPACITY("capacity", "states the table may hold (gauge)"),
    UNCONFIRMED("unconfirmed", "replayed states that no living source has confirmed yet (gauge)"),
    INSERTED("inserted", "states inserted"),
    MERGED("merged", "updates merged"),
    DELETED("deleted", "states deleted on a peer's word"),
    EXPIRED("expired", "states expired by our own timers"),
    CLEARED("cleared", "states removed by a clear"),
    SWEPT("swept", "unconfirmed states removed after a completed bulk update"),
    TOMBSTONES("tombstones", "deleted states remembered (gauge)"),
    NAMES("names", "names interned (gauge)"),
    RECOUNTS("digest-recounts", "times the digest was counted again from the records"),
    RECOUNT_WRONG(
            "digest-sums-wrong",
            "sums of the digest that were not those of the records, and were put right"),
    JOURNAL_SEQUENCE("journal-sequence", "sequence of the newest document published (gauge)"),
    JOURNAL_APPENDED(
            "journal-appended", "sequence of the newest document appended to the queue (gauge)"),
    JOURNAL_BYTES("journal-bytes", "bytes appended to the queue"),
    JOURNAL_INCARNATION("journal-incarnation", "present incarnation (gauge)"),
    JOURNAL_STOPPED("journal-stopped", "1 while nothing is journaled (gauge)"),
    JOURNAL_UNRECORDED(
            "journal-unrecorded", "documents not recorded while the journal was stopped"),
    JOURNAL_RING_FULL("journal-ring-full", "documents shed because the ring was full"),
    JOURNAL_ERRORS("journal-errors", "write errors that ended an incarnation"),
    JOURNAL_RETRIES(
            "journal-retries", "incarnations asked for after the pause that follows a write error"),
    SNAPSHOTS("snapshots", "snapshots completed"),
    SNAPSHOT_SLICES("snapshot-slices", "snapshot slices written"),
    SYNC_CYCLE_MAX_NS("sync-cycle-max-ns", "longest duty cycle of the sync agent, ns (gauge)"),
    SYNC_CYCLE_OVER(
            "sync-cycle-over-threshold", "duty cycles of the sync agent above the threshold"),
    JOURNAL_CYCLE_MAX_NS(
            "journal-cycle-max-ns", "longest duty cycle of the journal agent, ns (gauge)"),
    JOURNAL_CYCLE_OVER(
            "journal-cycle-over-threshold", "duty cycles of the journal agent above the threshold"),
    LINK_STRANGERS("link-strangers", "frames from an address that is no peer"),
    LINK_HEADERS(
            "link-short-frames",
            "frames of peers or strangers that are shorter than a header or lack the magic"),
    LINK_REVIVED(
            "link-revived",
            "states announced again because a peer had concluded from silence that they were gone"),
    LINK_DEAD_REFUSED(
            "link-dead-refused",
            "states of peers not taken in because they were deleted here less than a minute"
                    + " before"),
    LINK_NODES_FORGOTTEN(
            "link-nodes-forgotten",
            "nodes whose positions were forgotten, or not taken in, because 64 others are known"),
    LINK_CYCLE_MAX_NS("link-cycle-max-ns", "longest duty cycle of the link agent, ns (gauge)"),
    LINK_CYCLE_OVER(
            "link-cycle-over-threshold", "duty cycles of the link agent above the threshold"),
    OPERATOR_LOADED(
            "operator-loaded",
            "states that an operator's load inserted or brought newer values for"),
    OPERATOR_REFUSED("operator-refused", "states of an operator's load not taken in"),
    OPERATOR_CLEARED("operator-cleared", "states that an operator's clear removed"),
    ERRORS("errors", "unexpected errors in the distinct error log"),
    LOG_SUPPRESSED("log-lines-suppressed", "log lines not written because of the rate limit");

    private final String label;
    private final String meaning;

    NodeCounter(String label, String meaning) {
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
}
