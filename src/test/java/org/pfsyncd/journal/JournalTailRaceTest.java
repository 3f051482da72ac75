package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.pfsyncd.journal.TailLog.join;
import static org.pfsyncd.journal.TailLog.range;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.ClockShift;

/** A writer that acts just when the tail has seen the end of a queue. */
class JournalTailRaceTest {
    private final MemoryStore memory = new MemoryStore(Long.MAX_VALUE);
    private JournalFixture journal;
    private Runnable atEnd = () -> {};

    @Test
    void shouldReadWhatAQueueTookLastBeforeItGoesToTheNext() throws IOException {
        journal = new JournalFixture(memory).start();
        journal.drain();
        Watched store = new Watched();
        try (JournalTail tail = new JournalTail(store, document -> {})) {
            tail.seek(1, 0);
            tail.work(10);
            List<String> delivered = new ArrayList<>();
            tail.next();
            delivered.add(TailLog.position(tail.document()));
            atEnd =
                    () -> {
                        atEnd = () -> {};
                        journal.publishBatches(3, 100);
                        journal.publisher.startIncarnation(2);
                        journal.open(new OpenPayload(1, 4, 4, 0, 0, ClockShift.NONE, true));
                        journal.drain();
                        store.changed();
                    };
            for (int i = 0; i < 10; i++) {
                while (tail.next()) {
                    delivered.add(TailLog.position(tail.document()));
                }
            }
            assertEquals(JournalTail.Phase.READY, tail.phase());
            assertEquals(join(range(1, 1, 4), range(2, 1, 1)), delivered);
        }
    }

    /** The store in memory, but for what happens at an end. */
    private final class Watched extends JournalStore {
        @Override
        public List<Long> incarnations() {
            return memory.incarnations();
        }

        @Override
        boolean isPresent(long incarnation) {
            return memory.isPresent(incarnation);
        }

        @Override
        String where(long incarnation) {
            return memory.where(incarnation);
        }

        @Override
        List<SnapshotHints.Hint> snapshots(long incarnation) {
            return memory.snapshots(incarnation);
        }

        @Override
        QueueSource open(long incarnation) {
            return new WatchedSource(memory.open(incarnation));
        }

        @Override
        Search search() {
            return memory.search();
        }
    }

    private final class WatchedSource implements QueueSource {
        private final QueueSource source;

        WatchedSource(QueueSource source) {
            this.source = source;
        }

        @Override
        public boolean next() {
            boolean isThere = source.next();
            if (!isThere) {
                atEnd.run();
            }
            return isThere;
        }

        @Override
        public boolean seek(long index) {
            return source.seek(index);
        }

        @Override
        public void rewind() {
            source.rewind();
        }

        @Override
        public UnsafeBuffer view() {
            return source.view();
        }

        @Override
        public String damage() {
            return source.damage();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
