package org.pfsyncd.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.journal.JournalTail.Phase;
import org.pfsyncd.wire.ClockShift;

/**
 * Random lives of a journal: what a tail delivers, from any position and at any moment, is what the
 * reader finds behind that position, up to the first hole.
 */
@Tag("system")
@Tag("apart")
class JournalTailHistoryTest {
    private static final int ROUNDS = 5;
    private static final int MEMORY_ROUNDS = 100;
    private static final int STEPS = 40;
    private static final int SEED = 20_260_204;
    private static final long CYCLE_MS = 300_000;

    @TempDir Path root;
    private JournalFixture journal;
    private TailLog follower;
    private int followedFrom;
    private Random random;
    private int truncated;
    private int carriedOver;

    /** A document as the reader saw it. */
    private record Seen(String position, long incarnation, long sequence, boolean isBehindHole) {}

    @Test
    void shouldDeliverWhatTheReaderReadsInAnyHistory() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            Path place = root.resolve("round" + round);
            live(round, () -> new JournalFixture(place));
        }
        assertTrue(truncated > 0, "no history had a hole");
        assertTrue(carriedOver > 0, "no history carried documents over");
    }

    @Test
    void shouldDeliverTheSameFromMemory() throws IOException {
        for (int round = 0; round < MEMORY_ROUNDS; round++) {
            MemoryStore store = new MemoryStore(Long.MAX_VALUE);
            live(round, () -> new JournalFixture(store));
        }
        assertTrue(truncated > 0, "no history had a hole");
        assertTrue(carriedOver > 0, "no history carried documents over");
    }

    private void live(int round, Supplier<JournalFixture> process) throws IOException {
        random = new Random(SEED + round);
        journal = process.get().start();
        follow(0);
        for (int step = 0; step < STEPS; step++) {
            act(process);
            if (step % 4 == 0) {
                check("seed " + (SEED + round) + " step " + step);
            }
        }
        follower.close();
        journal.kill();
    }

    private void act(Supplier<JournalFixture> process) throws IOException {
        int choice = random.nextInt(20);
        if (choice < 8) {
            journal.publishBatches(1 + random.nextInt(20), 40 + random.nextInt(300));
        } else if (choice < 13) {
            journal.drain();
        } else if (choice < 15) {
            journal.nowMs += random.nextInt(3) * CYCLE_MS / 2;
        } else if (choice < 17) {
            journal.publish(Document.KIND_SNAPSHOT_BEGIN, 100);
            journal.publishBatches(random.nextInt(3), 100);
            journal.publish(Document.KIND_SNAPSHOT_END, 16);
        } else if (choice < 19) {
            restart(process);
        } else {
            begin(random.nextInt(2));
        }
        follower.run();
    }

    private void restart(Supplier<JournalFixture> process) throws IOException {
        follower.close();
        long nowMs = journal.nowMs;
        journal.kill();
        journal = process.get();
        journal.nowMs = nowMs;
        journal.start();
        carriedOver += journal.carriedOver;
        follow(documents().size());
    }

    /** A new incarnation in the same process, perhaps behind a hole. */
    private void begin(int lost) {
        long previous = journal.publisher.incarnation();
        long sequence = journal.publisher.sequence();
        journal.publisher.startIncarnation(previous + 1);
        journal.open(
                new OpenPayload(previous, sequence + lost, sequence, 0, 0, ClockShift.NONE, true));
    }

    /** Follows from the end of what is recorded. */
    private void follow(int from) throws IOException {
        List<Seen> all = documents();
        followedFrom = from;
        follower = new TailLog(journal);
        Seen last = from == 0 ? new Seen("", 1, 0, false) : all.get(from - 1);
        follower.seek(last.incarnation, last.sequence);
    }

    private void check(String name) throws IOException {
        List<Seen> all = documents();
        follower.run();
        assertEquals(expected(all, followedFrom), follower.delivered, name);
        for (int i = 0; i < 3 && !all.isEmpty(); i++) {
            int from = 1 + random.nextInt(all.size());
            Seen position = all.get(from - 1);
            String where = name + " from " + position.position;
            try (TailLog log = new TailLog(journal)) {
                Phase phase = log.seek(position.incarnation, position.sequence).run();
                List<String> expected = expected(all, from);
                assertEquals(expected, log.delivered, where);
                boolean isCut = expected.size() < all.size() - from;
                truncated += isCut ? 1 : 0;
                assertEquals(isCut ? Phase.TRUNCATED : Phase.READY, phase, where);
                assertPassed(all, from, log.passed, where);
            }
        }
    }

    /** Dense, ends with the position, and begins where names begin. */
    private static void assertPassed(List<Seen> all, int to, List<String> passed, String where) {
        List<String> expected = new ArrayList<>();
        for (Seen seen : all.subList(to - passed.size(), to)) {
            expected.add(seen.position);
        }
        assertEquals(expected, passed, where);
        if (passed.isEmpty()) {
            assertTrue(to < all.size(), where + ": the next one must bring the names");
        }
    }

    private static List<String> expected(List<Seen> all, int from) {
        List<String> expected = new ArrayList<>();
        for (Seen seen : all.subList(from, all.size())) {
            if (seen.isBehindHole) {
                break;
            }
            expected.add(seen.position);
        }
        return expected;
    }

    /** What is in the queues, by the reader. */
    private List<Seen> documents() throws IOException {
        List<Seen> all = new ArrayList<>();
        try (JournalReader reader = new JournalReader(journal.journal.store(), null)) {
            reader.startAtOldest();
            while (reader.next()) {
                Document document = reader.document();
                boolean isBehindHole =
                        document.kind() == Document.KIND_OPEN
                                && OpenPayload.decode(document).hasHole();
                all.add(
                        new Seen(
                                TailLog.position(document),
                                document.incarnation(),
                                document.sequence(),
                                isBehindHole));
            }
        }
        return all;
    }
}
