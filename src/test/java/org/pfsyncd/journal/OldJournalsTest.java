package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal of every format version is kept for ever, and every program after it reads it. */
class OldJournalsTest {
    @TempDir Path directory;

    @Test
    void shouldReadAJournalOfVersion1() throws IOException {
        unpack("/journal/v1/journal.zip");
        try (JournalReader reader = new JournalReader(new JournalDirectory(directory), null)) {
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
            assertEquals(22 * Document.HEADER_LENGTH + OpenPayload.LENGTH + 20 * 300 + 16, bytes);
            assertTrue(reader.isEndProven());
            assertTrue(reader.losses().isEmpty(), () -> reader.losses().toString());
        }
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
