package org.pfsyncd.metrics;

/**
 * The counters of one peer, in the order in which {@code pfsyncd stats} prints them. What is sent
 * is written by the link agent, what is received by the sync agent: each has one writer.
 */
public enum PeerCounter implements CounterId {
    LINK_FRAMES("link-frames", "frames received from the peer"),
    LINK_DOCUMENTS("link-documents", "documents of the peer's journal taken in"),
    LINK_DUPLICATES(
            "link-duplicates", "documents whose content was known already, by another path"),
    LINK_REFUSED_DELTAS("link-refused-deltas", "deltas of the peer that could not be taken in"),
    LINK_GAPS("link-gaps", "gaps in the stream that were asked for"),
    LINK_REPEATED("link-repeated", "frames that brought nothing new"),
    LINK_BAD_LENGTH("link-bad-length", "frames whose length contradicts their header"),
    LINK_BAD_CHECKSUM("link-bad-checksum", "frames whose checksum is wrong"),
    LINK_BAD_VERSION("link-bad-version", "frames of a version this program does not speak"),
    LINK_BAD_TYPE("link-bad-type", "frames of an unknown type"),
    LINK_BAD_SESSION(
            "link-bad-session", "frames of a conversation that is over or was never agreed"),
    LINK_BAD_KEY("link-bad-key", "frames under a key this node does not have"),
    LINK_BAD_WINDOW("link-bad-window", "frames outside the window"),
    LINK_BAD_ENTRY("link-bad-entry", "conversations ended because their stream made no sense"),
    LINK_REFUSALS("link-refusals", "conversations refused because of the node's name or id"),
    LINK_CONVERSATIONS("link-conversations", "conversations begun"),
    LINK_COMPARED("link-digests-compared", "digests compared with the peer's at the same position"),
    LINK_DIFFERENT("link-digests-different", "of these, those that differed"),
    LINK_REPAIRED("link-repaired-states", "states asked for because a bucket stayed different"),
    LINK_ANSWERS_DROPPED(
            "link-answers-dropped",
            "questions and answers about differing states for which there was no room; they are"
                    + " asked for again"),
    LINK_SENT_FRAMES("link-sent-frames", "frames sent by the link agent"),
    LINK_SENT_BYTES("link-sent-bytes", "bytes of frames sent by the link agent"),
    LINK_SENT_DOCUMENTS("link-sent-documents", "documents put into the stream"),
    LINK_RESENT_BYTES("link-resent-bytes", "bytes of the stream sent again"),
    LINK_SEND_ERRORS("link-send-errors", "frames that the kernel refused"),
    LINK_WINDOW_FULL("link-window-full", "times the stream waited for the peer"),
    LINK_SNAPSHOTS_SENT(
            "link-snapshots-sent", "snapshots sent because the journal no longer reached back"),
    LINK_BLACK_HOLES(
            "link-mtu-reductions", "times the frame was made smaller because large ones vanished");

    private final String label;
    private final String meaning;

    PeerCounter(String label, String meaning) {
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
