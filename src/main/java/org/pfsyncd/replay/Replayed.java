package org.pfsyncd.replay;

import java.util.List;
import java.util.stream.Collectors;
import org.pfsyncd.journal.Loss;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.wire.NameTable;

/**
 * What a replay came to.
 *
 * @param table the table at that point; the caller closes it.
 * @param names ids in its records.
 * @param batch that the table fills when it goes on living.
 * @param documents read.
 * @param deltas applied.
 * @param incarnation of the last document, 0 if there was none.
 * @param sequence of the last document.
 * @param timeMs of the last document, epoch milliseconds.
 * @param inconsistencies deltas that did not fit the table, digests that differed.
 * @param losses documents that are missing.
 * @param recovered documents found behind holes.
 * @param isEndProven whether nothing can be missing at the end.
 * @param isClosed whether the last process ended cleanly.
 * @param isIncomplete whether states may be missing, because the documents that brought them are.
 */
public record Replayed(
        MirrorTable table,
        NameTable names,
        DeltaBatch batch,
        long documents,
        long deltas,
        long incarnation,
        long sequence,
        long timeMs,
        long inconsistencies,
        List<Loss> losses,
        long recovered,
        boolean isEndProven,
        boolean isClosed,
        boolean isIncomplete) {

    public Replayed {
        losses = List.copyOf(losses);
    }

    /** What is missing in one line, with numbers; empty if nothing is. */
    public String lossReport() {
        String lost = losses.stream().map(Loss::describe).collect(Collectors.joining("; "));
        if (recovered > 0) {
            lost +=
                    (lost.isEmpty() ? "" : "; ")
                            + recovered
                            + " documents recovered from behind a hole";
        }
        if (inconsistencies > 0) {
            lost += (lost.isEmpty() ? "" : "; ") + inconsistencies + " inconsistencies";
        }
        return lost;
    }
}
