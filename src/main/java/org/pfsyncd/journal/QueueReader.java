package org.pfsyncd.journal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.RollingResourcesCache;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the queue of one incarnation, read-only, beside a living writer or after its death. Owned
 * by the reading thread; allocates nothing a document.
 *
 * <p>What Chronicle calls the end may be a hole: the caller decides by the sequence. A truncated
 * file ends in an error of the virtual machine at the cut, which is turned into damage here: the
 * last byte of a document is touched before the document is handed out, so that no reader of {@link
 * #view} meets the cut. Chronicle also throws checked exceptions that it does not declare.
 */
final class QueueReader implements QueueSource {
    private final Path directory;
    private final SingleChronicleQueue queue;
    private final ExcerptTailer tailer;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private DocumentContext context;
    private String damage;

    QueueReader(Path directory) {
        queue = SingleChronicleQueueBuilder.binary(directory).readOnly(true).build();
        tailer = queue.createTailer();
        // Whoever closes a reader may be another thread than the one that read, after its end.
        tailer.singleThreadedCheckDisabled(true);
        this.directory = directory;
        skipDeleted();
    }

    /** Whether a queue was ever written there; opening an empty directory would fail. */
    static boolean isPresent(Path directory) {
        try (var files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(Cycles.STORE_SUFFIX));
        } catch (IOException e) {
            return false;
        }
    }

    /** By Chronicle's index. */
    @Override
    public boolean seek(long index) {
        try {
            boolean isFound = tailer.moveToIndex(index);
            deliverFaults();
            return isFound;
        } catch (Exception | InternalError e) {
            return false;
        }
    }

    @Override
    public void rewind() {
        try {
            tailer.toStart();
            deliverFaults();
        } catch (Exception | InternalError e) {
            damage = e.toString();
        }
        skipDeleted();
    }

    /**
     * Chronicle's own idea of the first cycle comes from its metadata, which does not know what
     * retention took.
     */
    private void skipDeleted() {
        try {
            int first = firstCycle();
            if (first > queue.firstCycle()) {
                tailer.moveToCycle(first);
            }
            deliverFaults();
        } catch (Exception | InternalError e) {
            damage = e.toString();
        }
    }

    /** Of the files; 0 if none has a name that can be read. */
    private int firstCycle() {
        RollingResourcesCache names =
                new RollingResourcesCache(
                        queue.rollCycle(), queue.epoch(), File::new, File::getName);
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(Cycles.STORE_SUFFIX))
                    .sorted()
                    .map(name -> name.substring(0, name.length() - Cycles.STORE_SUFFIX.length()))
                    .findFirst()
                    .map(name -> cycle(names, name))
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static int cycle(RollingResourcesCache names, String name) {
        try {
            return names.parseCount(name);
        } catch (RuntimeException e) {
            return 0;
        }
    }

    @Override
    public boolean next() {
        release();
        if (damage != null) {
            return false;
        }
        try {
            context = tailer.readingDocument();
            deliverFaults();
            if (!context.isPresent()) {
                release();
                return false;
            }
            Bytes<?> bytes = context.wire().bytes();
            long at = bytes.readPosition();
            long length = bytes.readRemaining();
            BytesStore<?, ?> store = bytes.bytesStore();
            if (length > Document.LENGTH_LIMIT
                    || at + length > store.start() + store.realCapacity()) {
                damage = "a document of " + length + " bytes at " + at;
                return false;
            }
            view.wrap(bytes.addressForRead(at), (int) length);
            if (length > 0) {
                view.getByteVolatile((int) length - 1);
                deliverFaults();
            }
            return true;
        } catch (Exception | InternalError e) {
            damage = e.toString();
            context = null;
            return false;
        }
    }

    @Override
    public UnsafeBuffer view() {
        return view;
    }

    @Override
    public String damage() {
        return damage;
    }

    /**
     * Compiled code goes on behind a read that failed; HotSpot throws when the thread next comes
     * back from native code or to a safepoint, which may be in another method. This is a native
     * method, so that the error is thrown here.
     */
    private static void deliverFaults() {
        Thread.holdsLock(QueueReader.class);
    }

    private void release() {
        if (context != null) {
            try {
                context.close();
            } catch (Exception | InternalError e) {
                damage = e.toString();
            }
            context = null;
        }
    }

    @Override
    public void close() {
        release();
        tailer.close();
        queue.close();
    }
}
