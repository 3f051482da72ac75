package org.pfsyncd.journal;

import java.io.IOException;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.EpochClock;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.NodeCounter;

/**
 * Drains the ring into the queue of the present incarnation. Runs on the journal agent's thread, or
 * last in the shared cycle.
 *
 * <p>Never stores to unallocated space: a document waits in the ring until the janitor has
 * allocated its place. When space runs out, or an append fails, the incarnation is over: what
 * follows is dropped and counted until the sync agent publishes an OPEN of a new incarnation, which
 * it does when {@link #wantsIncarnation} says that one may begin. After an error that is soon, and
 * later each time the error comes back, so that one that stays makes no loop.
 */
public final class JournalAgent implements Agent {
    /** Documents a cycle. */
    private static final int DOCUMENT_LIMIT = 64;

    /** Pause after the first error; doubled by each further one. */
    static final long RETRY_PAUSE_MS = 100;

    /** Longest pause; an incarnation that lasted longer than this starts the doubling anew. */
    static final long RETRY_PAUSE_MAX_MS = 10_000;

    /** Causes of log lines. */
    public static final int LOG_CAUSES = 2;

    private static final int CAUSE_STOPPED = 0;
    private static final int CAUSE_ERROR = 1;

    private JournalRing journalRing;
    private final JournalSettings settings;
    private final JournalStore store;
    private final WriteSide writes;
    private final CounterSet<NodeCounter> counters;
    private final EventLog log;
    private final EpochClock clock;
    private final Checksum checksum = new Checksum();
    private final Document document = new Document();
    private final ControlledMessageHandler handler = this::onDocument;

    private QueueSink writer;
    private long openIncarnation;
    private boolean isAnnounced;
    private boolean isDropping;
    private boolean hasEnded;
    private boolean hasAsked;
    private long startedMs;
    private long retryPauseMs;
    private long endedMs;
    private volatile boolean wantsIncarnation;
    private volatile SnapshotHints.Hint newestSnapshot;
    private long snapshotBeginSequence;
    private long snapshotBeginIndex;
    private int snapshotBeginCycle;

    /**
     * @param journal what the janitor and this agent share.
     */
    public JournalAgent(
            Journal journal,
            JournalRing journalRing,
            CounterSet<NodeCounter> counters,
            EventLog log,
            EpochClock clock) {
        this.journalRing = journalRing;
        settings = journal.settings();
        store = journal.store();
        writes = journal.writes();
        this.counters = counters;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public String roleName() {
        return "journal";
    }

    @Override
    public int doWork() {
        if (hasEnded && !hasAsked && writes.isPlentiful() && isPauseOver()) {
            ask();
        }
        if (writes.isLow() && writer != null) {
            stop();
        }
        return journalRing.ring().controlledRead(handler, DOCUMENT_LIMIT);
    }

    /** Also when the clock was set back meanwhile: other nodes may set it by hours. */
    private boolean isPauseOver() {
        long elapsedMs = clock.time() - endedMs;
        return elapsedMs < 0 || elapsedMs >= retryPauseMs;
    }

    private void ask() {
        hasAsked = true;
        wantsIncarnation = true;
        if (retryPauseMs > 0) {
            counters.increment(NodeCounter.JOURNAL_RETRIES);
        }
    }

    /**
     * Whether nothing is recorded and a new incarnation may begin; the sync agent then publishes an
     * OPEN.
     */
    public boolean wantsIncarnation() {
        return wantsIncarnation;
    }

    /** By the sync agent: the OPEN is published. */
    public void onIncarnationPublished() {
        wantsIncarnation = false;
    }

    /** The newest complete snapshot of this process, or null; any thread. */
    public SnapshotHints.Hint newestSnapshot() {
        return newestSnapshot;
    }

    private ControlledMessageHandler.Action onDocument(
            int type, MutableDirectBuffer buffer, int offset, int length) {
        document.wrap(buffer, offset);
        try {
            if (document.kind() == Document.KIND_OPEN && !isOpen(document.incarnation())) {
                begin(document.incarnation(), document.timeMs());
            }
            if (writer == null) {
                drop();
                return ControlledMessageHandler.Action.COMMIT;
            }
            if (!writer.hasRoom(document.timeMs(), length)) {
                return ControlledMessageHandler.Action.ABORT;
            }
            append(buffer, offset, length);
        } catch (IOException | RuntimeException | InternalError e) {
            fail(e);
        }
        return ControlledMessageHandler.Action.COMMIT;
    }

    /** By the sync agent: the clock was set, and with it all times from an incarnation on. */
    public void rebased(long incarnation) {
        store.rebased(incarnation);
    }

    /** Not below the reserve: even an empty queue would store to unallocated space. */
    private void begin(long incarnation, long timeMs) throws IOException {
        // Whoever asks how far the new one was recorded must not read the old one's number.
        journalRing.appended(0);
        counters.set(NodeCounter.JOURNAL_APPENDED, 0);
        if (!writes.isLow()) {
            open(incarnation, timeMs);
        } else if (writer != null) {
            stop();
        }
    }

    private boolean isOpen(long incarnation) {
        return writer != null && openIncarnation == incarnation;
    }

    private void append(MutableDirectBuffer buffer, int offset, int length) throws IOException {
        Document.crc(buffer, offset, checksum.of(buffer, offset, length));
        long sequence = document.sequence();
        int kind = document.kind();
        long timeMs = document.timeMs();
        long index = writer.append(buffer, offset, length, timeMs);
        announce();
        journalRing.appended(sequence);
        counters.set(NodeCounter.JOURNAL_APPENDED, sequence);
        counters.add(NodeCounter.JOURNAL_BYTES, length);
        if (kind == Document.KIND_SNAPSHOT_BEGIN) {
            snapshotBeginSequence = sequence;
            snapshotBeginIndex = index;
            snapshotBeginCycle = writer.cycle(timeMs);
        } else if (kind == Document.KIND_SNAPSHOT_END && snapshotBeginSequence > 0) {
            SnapshotHints.Hint hint =
                    new SnapshotHints.Hint(
                            document.incarnation(),
                            snapshotBeginSequence,
                            sequence,
                            snapshotBeginIndex,
                            timeMs,
                            snapshotBeginCycle);
            writes.complete(hint);
            newestSnapshot = hint;
            store.changed();
            counters.increment(NodeCounter.SNAPSHOTS);
        }
    }

    private void open(long incarnation, long timeMs) throws IOException {
        closeWriter();
        openIncarnation = incarnation;
        writes.create(incarnation);
        start(incarnation, timeMs);
    }

    /** Continues in a queue that the recovery has created and written carried-over documents to. */
    void start(long incarnation, long timeMs) {
        openIncarnation = incarnation;
        snapshotBeginSequence = 0;
        writer = writes.open(incarnation, timeMs);
        startedMs = clock.time();
        isAnnounced = false;
        isDropping = false;
        hasEnded = false;
        hasAsked = false;
        counters.set(NodeCounter.JOURNAL_STOPPED, 0);
    }

    /** Whether the place of a carried-over document is allocated. */
    boolean hasRoom(int length) {
        return writer.hasRoom(0, length);
    }

    /**
     * Appends a document of an older incarnation with its own numbers; by the recovery, before
     * anything else.
     */
    void carryOver(MutableDirectBuffer buffer, int length) {
        document.wrap(buffer, 0);
        Document.crc(buffer, 0, checksum.of(buffer, 0, length));
        writer.append(buffer, 0, length, 0);
        announce();
    }

    /** Readers in this process may look: the incarnation has its first document. */
    private void announce() {
        if (!isAnnounced) {
            isAnnounced = true;
            store.changed();
        }
    }

    private void drop() {
        if (!isDropping) {
            isDropping = true;
            counters.set(NodeCounter.JOURNAL_STOPPED, 1);
        }
        counters.increment(NodeCounter.JOURNAL_UNRECORDED);
    }

    /** Ends the incarnation before the mark: the file system is below the reserve. */
    void stop() {
        closeWriter();
        end(0);
        if (log.isDue(CAUSE_STOPPED, clock.time() * 1_000_000L)) {
            log.warn(
                    CAUSE_STOPPED,
                    clock.time() * 1_000_000L,
                    "journal stopped reason=disk-full directory="
                            + settings.directory()
                            + " reserve_bytes="
                            + settings.reserveBytes()
                            + " action=free-space; it goes on by itself with a snapshot");
        }
    }

    private void fail(Throwable error) {
        counters.increment(NodeCounter.JOURNAL_ERRORS);
        counters.increment(NodeCounter.JOURNAL_UNRECORDED);
        closeWriter();
        end(Math.clamp(2 * retryPauseMs, RETRY_PAUSE_MS, RETRY_PAUSE_MAX_MS));
        if (log.isDue(CAUSE_ERROR, clock.time() * 1_000_000L)) {
            log.warn(
                    CAUSE_ERROR,
                    clock.time() * 1_000_000L,
                    "journal incarnation abandoned directory="
                            + store.where(openIncarnation)
                            + " error=\""
                            + error
                            + "\" errors="
                            + counters.get(NodeCounter.JOURNAL_ERRORS)
                            + " pause_ms="
                            + retryPauseMs
                            + " action=new-incarnation-with-snapshot-after-the-pause");
        }
    }

    /** Nothing is recorded any more; a new incarnation may begin after the pause. */
    private void end(long pauseMs) {
        hasEnded = true;
        hasAsked = false;
        retryPauseMs = pauseMs;
        endedMs = clock.time();
        counters.set(NodeCounter.JOURNAL_STOPPED, 1);
    }

    private void closeWriter() {
        if (writer == null) {
            return;
        }
        if (clock.time() - startedMs > RETRY_PAUSE_MAX_MS) {
            retryPauseMs = 0;
        }
        QueueSink closing = writer;
        writer = null;
        try {
            closing.close();
        } catch (RuntimeException | InternalError e) {
            counters.increment(NodeCounter.JOURNAL_ERRORS);
        }
    }

    /** The recovery has read the old ring; from now on documents come from this one. */
    public void ring(JournalRing fresh) {
        journalRing = fresh;
    }

    /** Closes the queue and leaves what is still in the ring there, for the next start. */
    public void abandon() {
        closeWriter();
    }

    /** Drains what is left, then closes the queue. */
    @Override
    public void onClose() {
        for (int i = 0; i < 1000 && journalRing.ring().size() > 0; i++) {
            if (doWork() == 0) {
                Thread.onSpinWait();
            }
        }
        closeWriter();
    }
}
