package org.pfsyncd.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.ClockShift;
import org.slf4j.helpers.NOPLogger;

/**
 * A whole journal stepped by hand on a settable clock; what a restart finds is what {@link #kill}
 * leaves.
 */
final class JournalFixture implements AutoCloseable {
    static final int BLOCK_BYTES = 1 << 20;

    final Path root;
    final JournalSettings settings;
    final Journal journal;
    private final MemoryStore memory;
    final CounterSet<NodeCounter> counters = Counters.inMemory().node();
    long nowMs = 1_795_333_922_000L;

    JournalRing ring;
    JournalPublisher publisher;
    JournalAgent agent;
    Janitor janitor;
    int carriedOver;

    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[Document.LENGTH_LIMIT]);
    private final Cause cause = new Cause();

    JournalFixture(Path root) {
        this(root, 3_600_000, 1L << 40);
    }

    JournalFixture(Path root, long retainMs, long retainBytes) {
        this.root = root;
        settings =
                new JournalSettings(
                        root.resolve("journal"), 5, BLOCK_BYTES, 0, retainMs, retainBytes, 0);
        journal = new Journal(settings);
        memory = null;
    }

    /** Without a disk. */
    JournalFixture(MemoryStore memory) {
        root = Path.of("memory");
        settings = new JournalSettings(root, 5, BLOCK_BYTES, 0, 0, 0, 0);
        journal = new Journal(settings, memory);
        this.memory = memory;
    }

    private JournalRing leftRing() throws IOException {
        return memory == null ? Recovery.leftRing(root.resolve("ring")) : memory.leftRing();
    }

    private JournalRing createRing() throws IOException {
        return memory == null
                ? JournalRing.create(root.resolve("ring"), 1 << 20)
                : memory.createRing(1 << 20);
    }

    /** Of the journal on disk. */
    JournalDirectory directory() {
        return (JournalDirectory) journal.store();
    }

    /** As a process start: recovers, opens the next incarnation, publishes its OPEN. */
    JournalFixture start() throws IOException {
        return start(0, 0);
    }

    /** As {@link #start()}, of a table that holds this much. */
    JournalFixture start(long states, long digest) throws IOException {
        JournalRing left = leftRing();
        long previous = left == null ? 0 : left.incarnation();
        long published = left == null ? 0 : left.published();
        if (left != null) {
            left.close();
        }
        return start(
                new OpenPayload(
                        previous, published, published, states, digest, ClockShift.NONE, false));
    }

    /** As {@link #start()}, with an OPEN that says so. */
    JournalFixture start(OpenPayload open) throws IOException {
        if (memory == null) {
            Files.createDirectories(settings.directory());
        }
        JournalRing left = leftRing();
        EventLog log = new EventLog(NOPLogger.NOP_LOGGER, counters, 8, 0);
        long unused = left == null ? 0 : left.incarnation() + 1;
        long incarnation = Math.max(unused, journal.store().nextIncarnation());
        JournalAgent[] built = new JournalAgent[1];
        JournalRing fresh;
        if (left != null) {
            built[0] = new JournalAgent(journal, left, counters, log, () -> nowMs);
            Janitor carrier = new Janitor(journal, built[0], log, () -> nowMs);
            carriedOver = new Recovery(journal).begin(incarnation, left, built[0], carrier, nowMs);
            fresh = createRing();
            left.close();
            built[0].ring(fresh);
            janitor = carrier;
        } else {
            fresh = createRing();
            built[0] = new JournalAgent(journal, fresh, counters, log, () -> nowMs);
            janitor = new Janitor(journal, built[0], log, () -> nowMs);
            new Recovery(journal).begin(incarnation, null, built[0], janitor, nowMs);
        }
        ring = fresh;
        agent = built[0];
        publisher = new JournalPublisher(ring, counters);
        publisher.startIncarnation(incarnation);
        open(open);
        return this;
    }

    void open(OpenPayload open) {
        int length = open.encode(payload, 0);
        cause.version = open.version();
        publisher.publish(cause.ofNode(Document.KIND_OPEN, nowMs, 0), payload, 0, length);
        cause.version = Document.COMMON_VERSION;
    }

    long publish(int kind, int length) {
        payload.setMemory(0, length, (byte) publisher.sequence());
        return publisher.publish(cause.ofNode(kind, nowMs, 1), payload, 0, length);
    }

    long publish(int kind, DirectBuffer deltas, int length, int count) {
        return publisher.publish(cause.ofNode(kind, nowMs, count), deltas, 0, length);
    }

    void publishBatches(int count, int length) {
        for (int i = 0; i < count; i++) {
            while (publish(Document.KIND_BATCH, length) < 0) {
                drain();
            }
        }
    }

    /** So many documents, appended. */
    void write(int batches, int length) {
        publishBatches(batches, length);
        drain();
    }

    /** A snapshot of one slice: three documents, appended. */
    void writeSnapshot(int length) {
        publish(Document.KIND_SNAPSHOT_BEGIN, length);
        publish(Document.KIND_SNAPSHOT_SLICE, length);
        publish(Document.KIND_SNAPSHOT_END, 16);
        drain();
    }

    /** Steps janitor and agent until the ring is empty; bounded. */
    void drain() {
        for (int i = 0; i < 10_000 && ring.ring().size() > 0; i++) {
            janitor.step();
            agent.doWork();
        }
    }

    JournalReader reader() throws IOException {
        return new JournalReader(journal.store(), leftRing());
    }

    /** As a kill: nothing is drained; mappings go as they would with the process. */
    void kill() {
        agent.abandon();
        ring.close();
    }

    @Override
    public void close() {
        agent.abandon();
    }
}
