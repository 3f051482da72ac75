package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.DeltaType;
import org.pfsyncd.state.Knowledge;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;

/** A journal of every format version is kept for ever, and every program after it reads it. */
class OldJournalsTest {
    private static final long V2_DIGEST = -1737948735974719599L;
    private static final long V3_DIGEST = -783096459664149635L;

    @TempDir Path directory;

    @Test
    void shouldReadAJournalOfVersion1() throws IOException {
        unpack("/journal/v1/journal.zip");
        try (JournalReader reader = open()) {
            reader.startAtOldest();
            long documents = 0;
            long bytes = 0;
            while (reader.next()) {
                documents++;
                bytes += reader.document().length();
                assertEquals(1, reader.document().version());
                assertEquals(documents, reader.document().sequence());
            }
            assertEquals(22, documents, "an OPEN, 20 batches of 300 bytes, a CLOSE");
            assertEquals(
                    22 * Document.HEADER_LENGTH + OpenPayload.OLD_LENGTH + 20 * 300 + 16, bytes);
            assertTrue(reader.isEndProven());
            assertTrue(reader.losses().isEmpty(), () -> reader.losses().toString());
        }
    }

    @Test
    void shouldReadAJournalOfVersion2() throws IOException {
        unpack("/journal/v2/journal.zip");
        List<Integer> kinds = new ArrayList<>();
        List<String> deltas = new ArrayList<>();
        DeltaReader reader = new DeltaReader();
        try (JournalReader journal = open()) {
            journal.startAtOldest();
            while (journal.next()) {
                Document document = journal.document();
                assertEquals(2, document.version());
                kinds.add(document.kind());
                if (document.kind() == Document.KIND_BATCH) {
                    reader.wrap(
                            document.buffer(), document.payloadOffset(), document.payloadLength());
                    while (reader.next()) {
                        deltas.add(DeltaType.name(reader.type()) + " " + reader.length());
                    }
                    assertFalse(reader.isMalformed());
                }
            }
            assertTrue(journal.isEndProven());
        }
        assertEquals(List.of(1, 2, 2, 2, 3, 4, 5, 6), kinds);
        deltas.removeIf(delta -> delta.startsWith("NAME"));
        assertEquals(
                List.of(
                        "PUT 292",
                        "PUT 292",
                        "PUT 292",
                        "DELETE 36",
                        "POSITION 28",
                        "PUT 292",
                        "POSITION 28"),
                deltas);
    }

    /** From its snapshot, which the hints name, and without them from the OPEN on. */
    @Test
    void shouldReplayAJournalOfVersion2() throws IOException {
        unpack("/journal/v2/journal.zip");
        assertEquals(4, replayed(V2_DIGEST), "documents from the snapshot on");
        Files.delete(directory.resolve("0000000001/snapshots"));
        assertEquals(8, replayed(V2_DIGEST), "all documents");
    }

    /** Its second OPEN moves what came since the first. */
    @Test
    void shouldReplayAJournalOfVersion3() throws IOException {
        unpack("/journal/v3/journal.zip");
        assertEquals(4, replayed(V3_DIGEST), "documents from the second snapshot on");
        Files.delete(directory.resolve("0000000002/snapshots"));
        assertEquals(8, replayed(V3_DIGEST), "documents from the first snapshot on");
        Files.delete(directory.resolve("0000000001/snapshots"));
        assertEquals(12, replayed(V3_DIGEST), "all documents");
    }

    /** Replays and compares with what the journal says of itself; returns documents read. */
    private long replayed(long digest) throws IOException {
        try (JournalReader journal = open()) {
            Replayed replayed =
                    new Replayer(journal, TableConfig.ofCapacity(100), Counters.inMemory().node())
                            .replay(ReplayLimit.NONE);
            try (MirrorTable table = replayed.table()) {
                assertEquals(0, replayed.inconsistencies(), "the digests of snapshot and table");
                assertEquals(2, table.size());
                assertEquals(digest, table.digest());
                Knowledge knowledge = table.knowledge();
                assertTrue(knowledge.covers(OldJournalWriter.ORIGIN_NODE, 3, 41));
                assertFalse(knowledge.covers(OldJournalWriter.ORIGIN_NODE, 3, 42));
                assertTrue(knowledge.covers(OldJournalWriter.SOURCE_NODE, 7, 1_000));
                assertFalse(knowledge.covers(OldJournalWriter.SOURCE_NODE, 7, 1_001));
                assertEquals(2, knowledge.size());
            }
            return replayed.documents();
        }
    }

    private JournalReader open() throws IOException {
        return new JournalReader(new JournalDirectory(directory), null);
    }

    private void unpack(String resource) throws IOException {
        try (InputStream in = OldJournalsTest.class.getResourceAsStream(resource);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }
}
