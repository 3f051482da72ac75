package org.pfsyncd.group;

/** Where a bulk update stands, seen by the one who asked for it (spec pfsync.md section 12). */
enum BulkPhase {
    /** Nothing is wanted. */
    IDLE("idle"),
    /** A request waits for the port, the pace or the budget. */
    WANTED("waiting to ask"),
    /** The request is out; neither START nor END was heard. */
    REQUESTED("asked, no answer yet"),
    /** START was heard, updates come in. */
    RUNNING("running"),
    /** END was heard; late updates of other buckets may follow. */
    SETTLING("ended, waiting for late updates"),
    /** Completed by a proven END. */
    DONE("completed"),
    /** Ended by its bound: nobody answered, or the answer stopped coming. */
    FAILED("failed");

    private final String text;

    BulkPhase(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
