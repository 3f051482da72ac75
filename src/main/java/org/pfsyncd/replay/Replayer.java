package org.pfsyncd.replay;

import java.io.IOException;
import java.nio.ByteOrder;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.OpenPayload;
import org.pfsyncd.journal.SnapshotHints;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.wire.NameTable;

/**
 * Rebuilds the table from the journal, starting at the newest complete snapshot whose documents all
 * pass (design section 4, {@code src/docs/journal-format.md}).
 *
 * <p>Documents hold results, so nothing is judged again. Behind a hole the table may hold the dead
 * and lack the living: it is then tainted, and the next snapshot is built beside it and takes its
 * place when it is complete. Owned by the calling thread; may allocate.
 */
public final class Replayer {
    private static final int SNAPSHOT_DIGEST_OFFSET = 0;
    private static final int SNAPSHOT_TOTALS_LENGTH = 16;

    private final JournalReader reader;
    private final TableConfig config;
    private final CounterSet<NodeCounter> counters;

    private NameTable names = new NameTable();
    private DeltaBatch batch;
    private MirrorTable table;
    private NameTable shadowNames;
    private DeltaBatch shadowBatch;
    private MirrorTable shadow;
    private boolean isPending;
    private boolean isTainted;
    private boolean isSnapshotRunning;
    private long documents;
    private long deltas;
    private long inconsistencies;
    private long timeMs;
    private long incarnation;
    private long sequence;
    private int lossesSeen;
    private boolean isClosed;

    /**
     * @param counters take the gauges of the table being built.
     */
    public Replayer(JournalReader reader, TableConfig config, CounterSet<NodeCounter> counters) {
        this.reader = reader;
        this.config = config;
        this.counters = counters;
    }

    /** Replays up to the limit. */
    public Replayed replay(ReplayLimit limit) throws IOException {
        for (SnapshotHints.Hint hint : reader.snapshots()) {
            if (limit.allows(hint) && reader.startAt(hint)) {
                start();
                if (run(limit, hint)) {
                    return result();
                }
                discard();
            }
        }
        reader.startAtOldest();
        start();
        run(limit, null);
        return result();
    }

    private void start() {
        names = new NameTable();
        batch = new DeltaBatch(names);
        table = new MirrorTable(config, names, batch, counters);
        documents = 0;
        deltas = 0;
        inconsistencies = 0;
        timeMs = 0;
        incarnation = 0;
        sequence = 0;
        lossesSeen = 0;
        isClosed = false;
        isPending = true;
        isTainted = false;
        isSnapshotRunning = false;
    }

    private void discard() {
        table.close();
        dropShadow();
    }

    private void dropShadow() {
        if (shadow != null) {
            shadow.close();
            shadow = null;
        }
    }

    /** Returns false if the snapshot that it started at turned out to be damaged. */
    private boolean run(ReplayLimit limit, SnapshotHints.Hint start) throws IOException {
        boolean isFirst = true;
        while (reader.next()) {
            Document document = reader.document();
            if (limit.isBeyond(document)) {
                break;
            }
            noteLosses();
            boolean isInside =
                    start != null
                            && document.incarnation() == start.incarnation()
                            && document.sequence() <= start.endSequence();
            if (start != null && isFirst && document.kind() != Document.KIND_SNAPSHOT_BEGIN) {
                return false;
            }
            if (isInside && isTainted) {
                return false;
            }
            isFirst = false;
            apply(document);
        }
        noteLosses();
        return start == null || !isFirst;
    }

    private void noteLosses() {
        if (reader.losses().size() > lossesSeen) {
            lossesSeen = reader.losses().size();
            isTainted = true;
            isPending = true;
        }
    }

    private void apply(Document document) {
        documents++;
        incarnation = document.incarnation();
        sequence = document.sequence();
        timeMs = Math.max(document.timeMs(), 0);
        isClosed = document.kind() == Document.KIND_CLOSE;
        switch (document.kind()) {
            case Document.KIND_OPEN -> open(document);
            case Document.KIND_SNAPSHOT_BEGIN -> {
                beginSnapshot();
                applyDeltas(document);
            }
            case Document.KIND_BATCH, Document.KIND_SNAPSHOT_SLICE -> applyDeltas(document);
            case Document.KIND_TOMBSTONES -> recallTombstones(document);
            case Document.KIND_SNAPSHOT_END -> endSnapshot(document);
            default -> {}
        }
    }

    private void applyDeltas(Document document) {
        deltas += document.deltaCount();
        table.replayTime(timeMs);
        inconsistencies +=
                table.apply(
                        document.buffer(),
                        document.payloadOffset(),
                        document.payloadLength(),
                        isPending);
        if (shadow != null) {
            shadow.replayTime(timeMs);
            inconsistencies +=
                    shadow.apply(
                            document.buffer(),
                            document.payloadOffset(),
                            document.payloadLength(),
                            true);
        }
    }

    private void recallTombstones(Document document) {
        deltas += document.deltaCount();
        MirrorTable into = shadow == null ? table : shadow;
        inconsistencies +=
                into.tombstones()
                        .recall(
                                document.buffer(),
                                document.payloadOffset(),
                                document.payloadLength());
    }

    private void open(Document document) {
        OpenPayload open = OpenPayload.decode(document);
        if (!open.clockShift().isNone()) {
            table.shiftTimes(open.clockShift());
        }
        if (!open.isContinuing()) {
            table.markAllUnconfirmed(open.isClockContinuing());
        }
        if (open.hasHole()) {
            isTainted = true;
            isPending = true;
        }
        isSnapshotRunning = false;
        dropShadow();
        boolean isComparable = !isTainted && !isPending && open.previousIncarnation() != 0;
        if (isComparable && open.digest() != table.digest()) {
            inconsistencies++;
        }
    }

    private void beginSnapshot() {
        isSnapshotRunning = true;
        dropShadow();
        if (isTainted) {
            shadowNames = new NameTable();
            shadowBatch = new DeltaBatch(shadowNames);
            shadow = new MirrorTable(config, shadowNames, shadowBatch, counters);
        }
    }

    private void endSnapshot(Document document) {
        if (!isSnapshotRunning) {
            return;
        }
        isSnapshotRunning = false;
        if (shadow != null) {
            table.close();
            table = shadow;
            names = shadowNames;
            batch = shadowBatch;
            shadow = null;
        }
        isTainted = false;
        isPending = false;
        table.apply(
                document.buffer(),
                document.payloadOffset() + SNAPSHOT_TOTALS_LENGTH,
                document.payloadLength() - SNAPSHOT_TOTALS_LENGTH,
                false);
        long digest =
                document.buffer()
                        .getLong(
                                document.payloadOffset() + SNAPSHOT_DIGEST_OFFSET,
                                ByteOrder.LITTLE_ENDIAN);
        if (digest != table.digest()) {
            inconsistencies++;
        }
    }

    private Replayed result() {
        dropShadow();
        return new Replayed(
                table,
                names,
                batch,
                documents,
                deltas,
                incarnation,
                sequence,
                timeMs,
                inconsistencies,
                reader.losses(),
                reader.recoveredCount(),
                reader.isEndProven(),
                isClosed,
                isTainted);
    }
}
