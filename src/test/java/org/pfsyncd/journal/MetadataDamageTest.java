package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a queue costs no document when it is damaged, and not ten seconds either. */
@Tag("system")
@Tag("apart")
class MetadataDamageTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir Path root;
    private JournalFixture journal;
    private Path metadata;
    private byte[] sound;

    @BeforeEach
    void writeJournal() throws IOException {
        journal = new JournalFixture(root).start();
        journal.publishBatches(10, 300);
        journal.drain();
        journal.kill();
        metadata = journal.directory().path(1).resolve("metadata.cq4t");
        sound = Files.readAllBytes(metadata);
    }

    @Test
    void shouldReadAllDocumentsSoonWhateverBecameOfTheMetadata() throws IOException {
        byte[] flipped = sound.clone();
        flipped[3] ^= 0x40;
        byte[] scribbled = sound.clone();
        Arrays.fill(scribbled, 4, 200, (byte) 0x5A);
        List<byte[]> damages =
                List.of(
                        new byte[0],
                        new byte[sound.length],
                        Arrays.copyOf(sound, 100),
                        flipped,
                        scribbled);
        for (byte[] damage : damages) {
            Files.write(metadata, damage);
            assertTimeout(LIMIT, this::readAll, "damage " + damages.indexOf(damage));
        }
        Files.delete(metadata);
        assertTimeout(LIMIT, this::readAll);
    }

    private void readAll() throws IOException {
        try (JournalReader reader = journal.reader()) {
            reader.startAtOldest();
            int count = 0;
            while (reader.next()) {
                count++;
            }
            assertEquals(11, count);
            assertTrue(reader.losses().isEmpty(), () -> reader.losses().toString());
        }
    }
}
