package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage of every kind: the reader goes on, and its losses and documents add up to all there were.
 */
@Tag("system")
@Tag("apart")
class JournalDamageTest {
    private static final int DOCUMENTS = 1_001;
    private static final int PAYLOAD_LENGTH = 300;
    private static final int PAGE_LENGTH = 4096;
    private static final int SEED = 20_260_101;

    @TempDir Path root;
    private JournalFixture journal;
    private Path store;
    private byte[] sound;
    private final int[] positions = new int[DOCUMENTS + 1];

    @BeforeEach
    void writeJournal() throws IOException {
        journal = new JournalFixture(root).start();
        journal.publishBatches(DOCUMENTS - 1, PAYLOAD_LENGTH);
        journal.drain();
        journal.kill();
        store = cycleFiles(1).get(0);
        sound = Files.readAllBytes(store);
    }

    @Test
    void shouldLoseOnlyWhatATruncationCutOff() throws IOException {
        for (int tenth = 0; tenth <= 10; tenth++) {
            int cut = (int) (positionOf(DOCUMENTS) * (long) tenth / 10) + tenth;
            truncate(cut);
            int whole = 0;
            while (whole < DOCUMENTS && positionOf(whole + 1) + length(whole + 1) <= cut) {
                whole++;
            }
            assertEquals(range(1, whole), read(), "cut at " + cut);
        }
    }

    /** Chronicle refuses some of these with exceptions that it does not declare. */
    @Test
    void shouldFindNothingInAFileCutBelowItsHeader() throws IOException {
        for (int cut = 0; cut < 32; cut++) {
            truncate(cut);
            assertEquals(range(1, 0), read(), "cut at " + cut);
        }
    }

    private void truncate(int length) throws IOException {
        restore();
        try (FileChannel file = FileChannel.open(store, StandardOpenOption.WRITE)) {
            file.truncate(length);
        }
    }

    @Test
    void shouldRecoverDocumentsBehindAZeroedPage() throws IOException {
        for (int at : new int[] {positionOf(500), positionOf(20), positionOf(990)}) {
            int page = at & -PAGE_LENGTH;
            restore();
            overwrite(page, new byte[PAGE_LENGTH]);
            NavigableSet<Long> expected = intact(page, page + PAGE_LENGTH);
            assertTrue(expected.size() > DOCUMENTS - 14);
            assertEquals(expected, read());
        }
    }

    @Test
    void shouldRecoverBehindAZeroedPageAlsoWhenTheRingIsGone() throws IOException {
        int page = positionOf(500) & -PAGE_LENGTH;
        overwrite(page, new byte[PAGE_LENGTH]);
        Files.delete(root.resolve("ring"));
        assertEquals(intact(page, page + PAGE_LENGTH), read());
    }

    @Test
    void shouldSayThatAnEndWithoutProofIsUnknown() throws IOException {
        byte[] flipped = {(byte) ~sound[positionOf(DOCUMENTS) + 100]};
        overwrite(positionOf(DOCUMENTS) + 100, flipped);
        Files.delete(root.resolve("ring"));
        try (JournalReader reader = journal.reader()) {
            assertEquals(DOCUMENTS - 1, documents(reader).size());
            assertFalse(reader.isEndProven());
            assertEquals(1, reader.losses().size());
            assertEquals(DOCUMENTS, reader.losses().get(0).fromSequence());
            assertEquals(Loss.UNKNOWN, reader.losses().get(0).toSequence());
        }
    }

    @Test
    void shouldLoseTheDocumentInWhichAnyBitFlips() throws IOException {
        Random random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            int victim = 2 + random.nextInt(DOCUMENTS - 2);
            int at = positionOf(victim) + random.nextInt(i % 2 == 0 ? 64 : PAYLOAD_LENGTH + 64);
            byte flipped = (byte) (sound[at] ^ (1 << random.nextInt(8)));
            overwrite(at, new byte[] {flipped});
            NavigableSet<Long> expected = range(1, DOCUMENTS);
            expected.remove((long) victim);
            assertEquals(expected, read(), "seed " + SEED + " round " + i + " byte " + at);
            overwrite(at, new byte[] {sound[at]});
        }
    }

    @Test
    void shouldLoseNoOtherDocumentWhenChroniclesOwnHeaderFlips() throws IOException {
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            int at = positionOf(300) - 4 + bit / 8;
            overwrite(at, new byte[] {(byte) (sound[at] ^ (1 << (bit % 8)))});
            NavigableSet<Long> found = read();
            assertTrue(found.size() >= DOCUMENTS - 1, "bit " + bit + ": " + found.size());
            overwrite(at, new byte[] {sound[at]});
        }
    }

    @Test
    void shouldReportAZeroedTailByTheRing() throws IOException {
        int at = positionOf(900);
        overwrite(at - 4, new byte[positionOf(DOCUMENTS) + 1000 - at]);
        assertEquals(range(1, 899), read());
    }

    @Test
    void shouldAddUpWhateverBytesAreScribbledOver() throws IOException {
        Random random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            restore();
            int end = positionOf(DOCUMENTS) + PAYLOAD_LENGTH;
            int from = random.nextInt(end);
            byte[] noise = new byte[1 + random.nextInt(3 * PAGE_LENGTH)];
            random.nextBytes(noise);
            overwrite(from, noise);
            NavigableSet<Long> found = read();
            assertTrue(
                    found.containsAll(intact(from, from + noise.length)),
                    "seed " + SEED + " round " + i);
        }
    }

    @Test
    void shouldReportTheDocumentsOfADeletedCycle() throws IOException {
        try (JournalFixture next = new JournalFixture(root).start()) {
            for (int cycle = 0; cycle < 3; cycle++) {
                next.publishBatches(10, 100);
                next.drain();
                next.nowMs += 300_000;
            }
            Files.delete(cycleFiles(2).get(1));
            try (JournalReader reader = next.reader()) {
                documents(reader);
                assertEquals(1, reader.losses().size());
                Loss loss = reader.losses().get(0);
                assertEquals(2, loss.incarnation());
                assertEquals(12, loss.fromSequence());
                assertEquals(21, loss.toSequence());
                assertTrue(loss.describe().contains("lost 10 documents, sequence 12 to 21"));
            }
        }
    }

    @Test
    void shouldReportAWholeIncarnationThatIsGone() throws IOException {
        JournalFixture second = new JournalFixture(root).start();
        second.publishBatches(10, 100);
        second.drain();
        second.kill();
        JournalFixture third = new JournalFixture(root).start();
        third.publishBatches(5, 100);
        third.drain();
        third.kill();
        for (Path file : cycleFiles(2)) {
            Files.delete(file);
        }
        try (JournalReader reader = journal.reader()) {
            assertEquals(DOCUMENTS + 6, documents(reader).size());
            assertEquals(1, reader.losses().size(), () -> reader.losses().toString());
            Loss loss = reader.losses().get(0);
            assertEquals(2, loss.incarnation());
            assertEquals(1, loss.fromSequence());
            assertEquals(11, loss.toSequence());
        }
        for (Path file : cycleFiles(3)) {
            Files.delete(file);
        }
        try (JournalReader reader = journal.reader()) {
            assertEquals(DOCUMENTS, documents(reader).size());
            assertEquals(3, reader.losses().get(reader.losses().size() - 1).incarnation());
            assertEquals(6, reader.losses().get(reader.losses().size() - 1).toSequence());
        }
    }

    @Test
    void shouldReadWithoutChroniclesMetadata() throws IOException {
        Path metadata = store.resolveSibling("metadata.cq4t");
        byte[] noise = new byte[(int) Files.size(metadata)];
        new Random(SEED).nextBytes(noise);
        Files.write(metadata, noise);
        assertEquals(range(1, DOCUMENTS), read());
        Files.write(metadata, new byte[0]);
        assertEquals(range(1, DOCUMENTS), read());
        Files.delete(metadata);
        assertEquals(range(1, DOCUMENTS), read());
    }

    @Test
    void shouldRefuseANewerFormatByName() throws IOException {
        int at = positionOf(500);
        UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(length(500)));
        bytes.putBytes(0, sound, at, length(500));
        bytes.putShort(
                Document.VERSION_OFFSET, (short) (Document.VERSION + 1), ByteOrder.LITTLE_ENDIAN);
        Document.crc(bytes, 0, new Checksum().of(bytes, 0, length(500)));
        byte[] newer = new byte[length(500)];
        bytes.getBytes(0, newer);
        overwrite(at, newer);
        try (JournalReader reader = journal.reader()) {
            IOException refusal = assertThrows(IOException.class, () -> documents(reader));
            assertTrue(
                    refusal.getMessage()
                            .endsWith(
                                    "journal format 4 is newer than this program's 3;"
                                            + " upgrade pfsyncd"),
                    refusal.getMessage());
        }
    }

    @Test
    void shouldReadTheQueueWhateverTheRingHolds() throws IOException {
        Path ring = root.resolve("ring");
        byte[] whole = Files.readAllBytes(ring);
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            boolean isTrailer = i % 2 == 0;
            int from = isTrailer ? whole.length - 768 : JournalRing.HEADER_LENGTH;
            int flips = 1 + random.nextInt(isTrailer ? 200 : 2000);
            for (int flip = 0; flip < flips; flip++) {
                int at = from + random.nextInt(whole.length - from);
                damaged[at] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(ring, damaged);
            try (JournalReader reader = journal.reader()) {
                NavigableSet<Long> found = documents(reader);
                assertTrue(found.containsAll(range(1, DOCUMENTS)), "seed " + SEED + " round " + i);
            }
        }
    }

    @Test
    void shouldRefuseARingThatIsNone() throws IOException {
        Path ring = root.resolve("ring");
        byte[] whole = Files.readAllBytes(ring);
        for (int at : new int[] {0, 7, 8, 12, 14}) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            Files.write(ring, damaged);
            assertThrows(IOException.class, () -> Recovery.leftRing(ring), "byte " + at);
        }
        Files.write(ring, new byte[10]);
        assertThrows(IOException.class, () -> Recovery.leftRing(ring));
    }

    /** Reads all; checks that losses and documents together are all there were, each once. */
    private NavigableSet<Long> read() throws IOException {
        try (JournalReader reader = journal.reader()) {
            NavigableSet<Long> found = documents(reader);
            NavigableSet<Long> all = new TreeSet<>(found);
            for (Loss loss : reader.losses()) {
                assertEquals(1, loss.incarnation());
                for (long n = loss.fromSequence(); n <= loss.toSequence(); n++) {
                    assertTrue(all.add(n), "read and lost: " + n);
                }
            }
            assertEquals(range(1, DOCUMENTS), all, () -> reader.losses().toString());
            return found;
        }
    }

    private static NavigableSet<Long> documents(JournalReader reader) throws IOException {
        reader.startAtOldest();
        NavigableSet<Long> found = new TreeSet<>();
        while (reader.next()) {
            Document document = reader.document();
            long key = document.sequence() + (document.incarnation() - 1) * 1_000_000;
            assertTrue(found.isEmpty() || found.last() < key, "in order");
            found.add(key);
        }
        return found;
    }

    private NavigableSet<Long> intact(int from, int to) {
        NavigableSet<Long> whole = new TreeSet<>();
        for (int n = 1; n <= DOCUMENTS; n++) {
            if (positionOf(n) + length(n) <= from || positionOf(n) >= to) {
                whole.add((long) n);
            }
        }
        return whole;
    }

    private static NavigableSet<Long> range(long from, long to) {
        NavigableSet<Long> all = new TreeSet<>();
        LongStream.rangeClosed(from, to).forEach(all::add);
        return all;
    }

    private int positionOf(int sequence) {
        if (positions[1] == 0) {
            ByteBuffer bytes = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at + 64 <= sound.length; at += 4) {
                if (bytes.getInt(at) == Document.MAGIC) {
                    positions[(int) bytes.getLong(at + Document.SEQUENCE_OFFSET)] = at;
                }
            }
        }
        return positions[sequence];
    }

    private static int length(int sequence) {
        return Document.HEADER_LENGTH + (sequence == 1 ? OpenPayload.LENGTH : PAYLOAD_LENGTH);
    }

    private void restore() throws IOException {
        Files.write(store, sound);
    }

    private void overwrite(int at, byte[] bytes) throws IOException {
        try (FileChannel file = FileChannel.open(store, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private List<Path> cycleFiles(long incarnation) throws IOException {
        try (Stream<Path> files = Files.list(journal.directory().path(incarnation))) {
            return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
        }
    }
}
