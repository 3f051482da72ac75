package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the complete snapshots of an incarnation lie: a file {@code snapshots} beside its cycles,
 * 40 little-endian bytes a snapshot. Only a hint: a reader checks what it finds there, and without
 * the file it reads from the start.
 */
public final class SnapshotHints {
    private static final String FILE_NAME = "snapshots";
    private static final int ENTRY_LENGTH = 40;

    private SnapshotHints() {}

    /**
     * One complete snapshot.
     *
     * @param incarnation it belongs to.
     * @param beginSequence its first document.
     * @param endSequence its last document.
     * @param beginIndex Chronicle's index of the first document.
     * @param endTimeMs time of the last document.
     * @param beginCycle cycle file of the first document.
     */
    public record Hint(
            long incarnation,
            long beginSequence,
            long endSequence,
            long beginIndex,
            long endTimeMs,
            int beginCycle) {}

    static void append(Path directory, Hint hint) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        entry.putLong(hint.beginSequence)
                .putLong(hint.endSequence)
                .putLong(hint.beginIndex)
                .putLong(hint.endTimeMs);
        entry.putInt(hint.beginCycle).putInt(0).flip();
        try (FileChannel file =
                FileChannel.open(
                        directory.resolve(FILE_NAME),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            while (entry.hasRemaining()) {
                file.write(entry);
            }
        }
    }

    /** The hints of an incarnation, oldest first; what is torn or missing is left out. */
    static List<Hint> read(Path directory, long incarnation) {
        List<Hint> hints = new ArrayList<>();
        Path file = directory.resolve(FILE_NAME);
        if (!Files.isReadable(file)) {
            return hints;
        }
        try {
            ByteBuffer all =
                    ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            while (all.remaining() >= ENTRY_LENGTH) {
                Hint hint =
                        new Hint(
                                incarnation,
                                all.getLong(),
                                all.getLong(),
                                all.getLong(),
                                all.getLong(),
                                all.getInt());
                all.getInt();
                if (hint.beginSequence > 0 && hint.endSequence > hint.beginSequence) {
                    hints.add(hint);
                }
            }
        } catch (IOException e) {
            return hints;
        }
        return hints;
    }
}
