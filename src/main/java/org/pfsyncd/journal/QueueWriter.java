package org.pfsyncd.journal;

import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;

/**
 * Appends documents to the queue of one incarnation. Owned by the journal agent; allocates nothing
 * an append.
 *
 * <p>After any error the writer is abandoned with its directory: a queue that lost one header word
 * takes appends that nobody can ever read.
 */
final class QueueWriter implements QueueSink {
    /** Index pages and the header of the next document lie behind a document. */
    private static final long SLACK_BYTES = 1024 * 1024;

    private final Cycles cycles;
    private final Cycles.Clock clock = new Cycles.Clock();
    private final Space space;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final PointerBytesStore source = BytesStore.nativePointer();
    private BytesStore<?, ?> mappedStore;

    QueueWriter(Path directory, JournalSettings settings, Cycles cycles, Space space, long nowMs) {
        this.cycles = cycles;
        this.space = space;
        clock.set(nowMs);
        queue =
                SingleChronicleQueueBuilder.binary(directory)
                        .rollCycle(cycles.rollCycle())
                        .blockSize((long) settings.blockBytes())
                        .timeProvider(clock)
                        .build();
        appender = queue.createAppender();
        // What a dead process left is appended by the thread that starts the node, the rest by the
        // agent's, never by both: starting the agent's thread is the hand-over.
        appender.singleThreadedCheckDisabled(true);
    }

    @Override
    public boolean hasRoom(long timeMs, int length) {
        int cycle = cycle(timeMs);
        boolean isAllocated = space.isAllocated(cycle, length + SLACK_BYTES);
        if (!isAllocated) {
            space.wantedCycle(cycle);
        }
        return isAllocated;
    }

    @Override
    public int cycle(long timeMs) {
        clock.set(timeMs);
        return cycles.cycle(clock.currentTimeMillis());
    }

    @Override
    public long append(DirectBuffer document, int offset, int length, long timeMs) {
        clock.set(timeMs);
        source.set(document.addressOffset() + offset, length);
        try (DocumentContext context = appender.writingDocument()) {
            context.wire().bytes().write(source, 0L, (long) length);
        }
        publishPosition();
        return appender.lastIndexAppended();
    }

    @SuppressWarnings("ReferenceEquality") // another mapping, whatever it holds
    private void publishPosition() {
        Bytes<?> bytes = appender.wire().bytes();
        space.written(appender.cycle(), bytes.writePosition());
        BytesStore<?, ?> store = bytes.bytesStore();
        if (store != mappedStore) {
            mappedStore = store;
            space.chunk(
                    new Space.Chunk(
                            store.addressForRead(store.start()),
                            store.start(),
                            store.realCapacity()));
        }
    }

    @Override
    public void close() {
        space.directory(null, -1);
        appender.close();
        queue.close();
    }
}
