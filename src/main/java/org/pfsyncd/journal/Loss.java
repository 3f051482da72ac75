package org.pfsyncd.journal;

/**
 * Documents that should be in the journal and are not.
 *
 * @param incarnation they belonged to.
 * @param fromSequence first one missing.
 * @param toSequence last one missing; {@link #UNKNOWN} if nothing says how many there were.
 * @param where file or directory.
 * @param reason what was found there.
 */
public record Loss(
        long incarnation, long fromSequence, long toSequence, String where, String reason) {
    /** The journal ends early, and nothing tells how early. */
    public static final long UNKNOWN = -1;

    /** One sentence with the numbers. */
    public String describe() {
        String count =
                toSequence == UNKNOWN
                        ? "documents from sequence " + fromSequence
                        : (toSequence - fromSequence + 1)
                                + " documents, sequence "
                                + fromSequence
                                + " to "
                                + toSequence;
        return "incarnation "
                + incarnation
                + ": lost "
                + count
                + " ("
                + reason
                + ", "
                + where
                + ")";
    }
}
