package org.pfsyncd.control;

import java.util.Locale;
import org.pfsyncd.state.MirrorTable;

/**
 * How far a comparison of our table with a peer's is, and what it found.
 *
 * @param isDone whether the round has ended; until then the rest is what is known so far.
 * @param isEqual whether all buckets were equal at one position of both journals.
 * @param states in our table when they were compared.
 * @param bucketsDiffering of {@link MirrorTable#DIGEST_BUCKETS}, -1 not compared yet.
 * @param digest of our whole table when they were compared.
 * @param repairedStates found different by this round and put right.
 * @param note what it waits for, or why it ended without a comparison; may be empty.
 */
public record VerifyStatus(
        boolean isDone,
        boolean isEqual,
        long states,
        int bucketsDiffering,
        long digest,
        long repairedStates,
        String note) {

    /** One line for people. */
    String describe(String peer) {
        String repaired =
                repairedStates == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %,d states repaired", repairedStates);
        String found =
                bucketsDiffering < 0
                        ? String.format(Locale.ROOT, "%,d states, not compared", states)
                        : String.format(
                                Locale.ROOT,
                                "%,d states, %,d of %,d buckets, digest %s",
                                states,
                                MirrorTable.DIGEST_BUCKETS - bucketsDiffering,
                                MirrorTable.DIGEST_BUCKETS,
                                StatusJson.hex(digest));
        return (isEqual ? "equal: " : "NOT equal: ")
                + found
                + repaired
                + ", peer "
                + peer
                + (note.isEmpty() ? "" : "; " + note);
    }
}
