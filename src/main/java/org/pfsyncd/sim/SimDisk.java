package org.pfsyncd.sim;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.journal.JournalDirectory;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.JournalStore;
import org.pfsyncd.journal.MemoryStore;

/** A node's disk and tmpfs, which outlive its process. */
final class SimDisk {
    final Path data;
    final Path run;
    final MemoryStore memory;
    private boolean isFull;

    /**
     * @param memory null for files.
     */
    SimDisk(Path root, String node, MemoryStore memory) {
        data = root.resolve(node + "-data");
        run = root.resolve(node + "-run");
        this.memory = memory;
    }

    boolean isFull() {
        return isFull;
    }

    void setFull(boolean isFull) {
        this.isFull = isFull;
        if (memory != null) {
            memory.setFull(isFull);
        }
    }

    void setStalled(boolean isStalled) {
        if (memory != null) {
            memory.setStalled(isStalled);
        }
    }

    /** Everything on tmpfs is gone, and the end of the journal is torn. */
    void losePower(SplittableRandom random) throws IOException {
        Files.deleteIfExists(run.resolve("clock"));
        if (memory != null) {
            memory.losePower(random.nextInt(8), random.nextInt(2));
            return;
        }
        loseRing();
        tear(random.nextInt(4_000));
    }

    /** As if the ring did not outlive the process. */
    void loseRing() throws IOException {
        if (memory != null) {
            memory.losePower(0, 0);
        }
        Files.deleteIfExists(run.resolve("ring"));
    }

    /** Zeroes the end of what was written to the newest file. */
    private void tear(int bytes) throws IOException {
        Path newest = newestFile();
        if (newest == null) {
            return;
        }
        try (FileChannel file =
                FileChannel.open(newest, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            UnsafeBuffer content = new UnsafeBuffer(Files.readAllBytes(newest));
            int end = content.capacity() - 8;
            while (end > 0 && content.getLong(end) == 0) {
                end -= 8;
            }
            int from = Math.max(end - bytes & -8, Math.min(end, 8_192));
            file.write(java.nio.ByteBuffer.allocate(end + 8 - from), from);
        }
    }

    private Path newestFile() throws IOException {
        JournalStore store = new JournalDirectory(data.resolve("journal"));
        List<Long> incarnations = store.incarnations();
        if (incarnations.isEmpty()) {
            return null;
        }
        try (Stream<Path> files = Files.walk(data.resolve("journal"))) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .filter(file -> !file.toString().contains("metadata"))
                    .max(Comparator.comparing(Path::toString))
                    .orElse(null);
        }
    }

    /** A reader of everything in journal and ring, beside the writer or without one. */
    JournalReader reader() throws IOException {
        if (memory != null) {
            return new JournalReader(memory, memory.leftRing());
        }
        Path ring = run.resolve("ring");
        return new JournalReader(
                new JournalDirectory(data.resolve("journal")),
                Files.exists(ring) ? JournalRing.open(ring) : null);
    }
}
