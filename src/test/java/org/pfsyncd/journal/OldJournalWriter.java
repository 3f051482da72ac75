package org.pfsyncd.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.ClockShift;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Writes the journal that {@link OldJournalsTest} keeps of the present format version; run it once
 * a version, and keep what it wrote: {@code main} takes an empty directory and the zip's name.
 *
 * <p>Documents: OPEN; a batch of two inserts; a batch with an update and a delete; a batch of node
 * {@link #ORIGIN_NODE} that brings a third state; a snapshot; from version 3 on, in an incarnation
 * of its own, an OPEN that moves what is new, and a snapshot; CLOSE.
 */
final class OldJournalWriter {
    static final long SOURCE_NODE = 0x1111_2222_3333_4445L;
    static final long ORIGIN_NODE = 0x5555_6666_7777_8889L;
    static final int CREATOR = 0xc0a8_0001;

    private static final long SHIFT_MS = 9_000;

    private final JournalFixture journal;
    private final NameTable names = new NameTable();
    private final DeltaBatch batch = new DeltaBatch(names);
    private final MirrorTable table =
            new MirrorTable(TableConfig.ofCapacity(100), names, batch, Counters.inMemory().node());
    private final UnsafeBuffer totals =
            new UnsafeBuffer(new byte[16 + 2 * DeltaType.POSITION_LENGTH]);

    private OldJournalWriter(JournalFixture journal) {
        this.journal = journal;
    }

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        try (JournalFixture journal = new JournalFixture(root)) {
            new OldJournalWriter(journal).write();
        }
        zip(root.resolve("journal"), Path.of(arguments[1]));
    }

    private void write() throws IOException {
        journal.start();
        table.insert(state(1), journal.nowMs);
        table.insert(state(2), journal.nowMs);
        publish(Document.KIND_BATCH);
        StateRecord update = state(1).packets0(77);
        table.update(update, journal.nowMs + 5);
        table.delete(update.realm(), 2, CREATOR, journal.nowMs + 5);
        publish(Document.KIND_BATCH);
        batch.appendPosition(DeltaType.ORIGIN, ORIGIN_NODE, 3, 41);
        table.insert(state(3), journal.nowMs + 9);
        batch.appendPosition(DeltaType.SOURCE, SOURCE_NODE, 7, 1_000);
        publish(Document.KIND_BATCH);
        snapshot();
        setClock();
        snapshot();
        publishTotals(Document.KIND_CLOSE, 16);
        journal.drain();
    }

    private void setClock() {
        long sequence = journal.publisher.sequence();
        ClockShift shift = new ClockShift(0, SHIFT_MS, journal.nowMs - 1);
        table.shiftTimes(shift);
        journal.publisher.startIncarnation(2);
        journal.open(
                new OpenPayload(1, sequence, sequence, table.size(), table.digest(), shift, true));
        journal.agent.onIncarnationPublished();
    }

    private StateRecord state(int id) {
        return new StateRecords(names, journal.nowMs)
                .tcp(id, CREATOR)
                .wire("10.1.0." + id + ":1000", "10.2.0.10:80")
                .record();
    }

    private void snapshot() {
        batch.forgetNames();
        batch.appendAllNames();
        publish(Document.KIND_SNAPSHOT_BEGIN);
        for (int segment = 0; segment < table.segmentCount(); segment++) {
            table.readSegment(segment, batch::appendSnapshot);
        }
        publish(Document.KIND_SNAPSHOT_SLICE);
        batch.appendPosition(DeltaType.SOURCE, ORIGIN_NODE, 3, 41);
        batch.appendPosition(DeltaType.SOURCE, SOURCE_NODE, 7, 1_000);
        totals.putBytes(16, batch.buffer(), 0, batch.length());
        batch.reset();
        publishTotals(Document.KIND_SNAPSHOT_END, totals.capacity());
    }

    private void publish(int kind) {
        journal.publish(kind, batch.buffer(), batch.length(), batch.count());
        batch.reset();
    }

    private void publishTotals(int kind, int length) {
        totals.putLong(0, table.digest(), LITTLE_ENDIAN);
        totals.putLong(8, table.size(), LITTLE_ENDIAN);
        journal.publish(kind, totals, length, (length - 16) / DeltaType.POSITION_LENGTH);
    }

    private static void zip(Path directory, Path file) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory)) {
            files = tree.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Path each : files) {
                zip.putNextEntry(new ZipEntry(directory.relativize(each).toString()));
                Files.copy(each, zip);
                zip.closeEntry();
            }
        }
    }
}
