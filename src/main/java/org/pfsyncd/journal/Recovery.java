package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Brings what a dead process left in its ring into safety before the ring is used again: the
 * documents are carried over, as they are, to the front of the new incarnation's queue. Used once,
 * by the starting thread, while the lock on the data directory is held.
 *
 * <p>A kill in between loses nothing: the ring is replaced only after they are appended, and
 * whoever reads them twice drops them by (incarnation, sequence).
 */
public final class Recovery {
    private final Journal journal;

    public Recovery(Journal journal) {
        this.journal = journal;
    }

    /** The ring that the last process left, or null if there is none or it cannot be used. */
    public static JournalRing leftRing(Path path) throws IOException {
        return Files.exists(path) ? JournalRing.open(path) : null;
    }

    /**
     * Creates the new incarnation and carries the ring's documents over. On a full disk nothing is
     * created, for even an empty queue would store to unallocated space: the agent begins stopped,
     * and a later incarnation's snapshot holds what the documents brought.
     *
     * @param left the ring of the last process, or null.
     * @param janitor allocates the space that is written to.
     * @return documents carried over.
     */
    public int begin(
            long incarnation, JournalRing left, JournalAgent agent, Janitor janitor, long nowMs)
            throws IOException {
        janitor.step();
        if (journal.writes().isLow()) {
            agent.stop();
            return 0;
        }
        journal.writes().create(incarnation);
        agent.start(incarnation, nowMs);
        janitor.step();
        return left == null ? 0 : carryOver(left, agent, janitor);
    }

    private int carryOver(JournalRing left, JournalAgent agent, Janitor janitor) {
        RingScan scan = new RingScan(left);
        Document document = new Document();
        int count = 0;
        while (scan.next()) {
            int length = scan.view().capacity();
            document.wrap(scan.view(), 0);
            if (document.magic() != Document.MAGIC || document.length() != length) {
                continue;
            }
            UnsafeBuffer copy = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
            copy.putBytes(0, scan.view(), 0, length);
            if (!agent.hasRoom(length)) {
                janitor.step();
            }
            if (!agent.hasRoom(length)) {
                // The disk is full: the agent stops, and a later snapshot holds what they brought.
                return count;
            }
            agent.carryOver(copy, length);
            count++;
        }
        return count;
    }
}
