package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds documents behind a hole that Chronicle takes for the end: reads the cycle files as bytes
 * and looks for magic and checksum. After a power loss pages come back out of order, so what it
 * finds is sorted by sequence. Used by one reading thread; the files are read, not mapped, so a
 * file that shrinks meanwhile is an error and not a fault.
 */
final class RawScan implements JournalStore.Search {
    /** Documents start at a multiple of this in a cycle file. */
    private static final int ALIGNMENT = 4;

    private static final int WINDOW_LENGTH = 2 * Document.LENGTH_LIMIT;

    private final JournalDirectory directory;
    private final DocumentCheck check = new DocumentCheck();
    private final Document document = new Document();
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_LENGTH);
    private final UnsafeBuffer view = new UnsafeBuffer(window);

    RawScan(JournalDirectory directory) {
        this.directory = directory;
    }

    /** Where a document lies. */
    private record Place(Path file, long offset, int length) implements JournalStore.Found {
        @Override
        public UnsafeBuffer read() throws IOException {
            UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                readFully(channel, bytes.byteBuffer(), offset);
            }
            return bytes;
        }
    }

    @Override
    public void find(
            long place,
            long incarnation,
            long fromSequence,
            long toSequence,
            NavigableMap<Long, JournalStore.Found> found)
            throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory.path(place))) {
            files =
                    entries.filter(file -> file.toString().endsWith(Cycles.STORE_SUFFIX))
                            .sorted()
                            .toList();
        } catch (java.nio.file.NoSuchFileException e) {
            return;
        }
        for (Path file : files) {
            scan(file, incarnation, fromSequence, toSequence, found);
        }
    }

    private void scan(
            Path file,
            long incarnation,
            long from,
            long to,
            NavigableMap<Long, JournalStore.Found> found)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            long base = 0;
            while (base < size) {
                int length = readFully(channel, window.clear(), base);
                int at = 0;
                boolean isLast = base + length >= size;
                // A document that starts in the second half may end outside: the next window starts
                // there.
                int end = isLast ? length : Math.min(length, WINDOW_LENGTH - Document.LENGTH_LIMIT);
                while (at + Document.HEADER_LENGTH <= end) {
                    at += step(file, base, at, length, incarnation, from, to, found);
                }
                base += isLast ? length : at;
                if (length == 0) {
                    break;
                }
            }
        }
    }

    private int step(
            Path file,
            long base,
            int at,
            int length,
            long incarnation,
            long from,
            long to,
            NavigableMap<Long, JournalStore.Found> found)
            throws IOException {
        if (view.getInt(at) != Document.MAGIC
                || check.damage(view, at, length - at, file.toString()) != null) {
            return ALIGNMENT;
        }
        document.wrap(view, at);
        if (document.incarnation() == incarnation
                && document.sequence() >= from
                && document.sequence() <= to) {
            found.putIfAbsent(document.sequence(), new Place(file, base + at, document.length()));
        }
        return (document.length() + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private static int readFully(FileChannel channel, ByteBuffer into, long offset)
            throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int n = channel.read(into, at);
            if (n < 0) {
                break;
            }
            at += n;
        }
        return (int) (at - offset);
    }
}
