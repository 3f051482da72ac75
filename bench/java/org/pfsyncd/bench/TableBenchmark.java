package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * Throughput of the table on one thread, one million states unless told otherwise: nanoseconds an
 * operation, with the delta written but not journaled, and resident bytes a state. Keys come in a
 * scattered order. Argument 1: states; argument 2: rounds.
 *
 * <p>Round 1 is a cold JVM on memory that no one has touched; the later ones are the steady state.
 */
final class TableBenchmark {
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final int CREATOR = 0xc0a8_0001;
    private static final int TCP_ESTABLISHED = 2;
    private static final int BATCH_MARK = DeltaBatch.WORST_FRAME_LENGTH;

    private final int states;
    private final NameTable names = new NameTable();
    private final DeltaBatch batch = new DeltaBatch(names);
    private final MirrorTable table;
    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();
    private long deltaBytes;

    private TableBenchmark(int states) {
        this.states = states;
        TableConfig config = TableConfig.ofCapacity(states);
        table = new MirrorTable(config, names, batch, Counters.inMemory().node());
        record.creatorId(CREATOR).ifname(names.intern("all")).timeout(TCP_ESTABLISHED);
        record.wireAf(4).stackAf(4).wireProto(6).stackProto(6).direction(1);
        record.createdAtMs(NOW_MS).lifetimeS(86_400);
    }

    public static void main(String[] args) throws IOException {
        int states = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
        long before = residentBytes();
        TableBenchmark benchmark = new TableBenchmark(states);
        for (int round = 1; round <= rounds; round++) {
            benchmark.round(round, before);
        }
        benchmark.table.close();
    }

    private void round(int round, long residentBefore) throws IOException {
        record.createdAtMs(NOW_MS + round * 20_000L); // A tombstone covers the former round.
        long insertNs = time(this::insert);
        long resident = residentBytes() - residentBefore;
        long updateNs = time(this::updateCompressed);
        long fullNs = time(this::updateFull);
        long readNs = time(this::readAll);
        long walkNs = walk();
        long applyNs = apply();
        long deleteNs = time(this::delete);
        System.out.printf(
                Locale.ROOT,
                "round=%d states=%d insert_ns=%d update_compressed_ns=%d update_full_ns=%d"
                        + " read_ns=%d expiry_walk_ms=%d apply_put_ns=%d delete_ns=%d"
                        + " resident_bytes_per_state=%d delta_bytes=%d%n",
                round,
                states,
                insertNs,
                updateNs,
                fullNs,
                readNs,
                walkNs / 1_000_000,
                applyNs,
                deleteNs,
                resident / states,
                deltaBytes);
    }

    private long time(Runnable pass) {
        long start = System.nanoTime();
        pass.run();
        return (System.nanoTime() - start) / states;
    }

    private void insert() {
        for (int i = 0; i < states; i++) {
            expect(Outcome.INSERTED, table.insert(state(i), NOW_MS));
        }
    }

    private void updateCompressed() {
        for (int i = 0; i < states; i++) {
            StateRecord state = state(i);
            state.src().seqlo(1);
            expect(
                    Outcome.MERGED,
                    table.updateCompressed(
                            0, state.id(), CREATOR, state.src(), state.dst(), 2, NOW_MS + 1));
        }
    }

    private void updateFull() {
        for (int i = 0; i < states; i++) {
            StateRecord state = state(i);
            state.src().seqlo(2);
            expect(Outcome.MERGED, table.update(state, NOW_MS + 2));
        }
    }

    private void readAll() {
        long[] sum = new long[1];
        for (int segment = 0; segment < table.segmentCount(); segment++) {
            table.readSegment(segment, shown -> sum[0] += shown.id());
        }
        deltaBytes ^= sum[0] & 1; // Keeps the reads alive.
    }

    /** One whole pass of the expiry's scan in which nothing is due, in slices of 1,024 slots. */
    private long walk() {
        long start = System.nanoTime();
        for (int i = 0; i < states && table.work(NOW_MS + 3, 64) > 0; i++) {
            assert batch.remaining() > 0;
        }
        return System.nanoTime() - start;
    }

    /** Applies the deltas of single inserts, as replay does, over states that are there. */
    private long apply() {
        batch.reset();
        batch.appendAllNames();
        expect(0, table.apply(batch.buffer(), 0, batch.length(), true));
        long ns = 0;
        int applied = 0;
        while (applied < states) {
            batch.reset();
            for (int segment = 0; segment < table.segmentCount(); segment++) {
                applied += table.readSegment(segment, batch::appendSnapshot);
                long start = System.nanoTime();
                expect(0, table.apply(batch.buffer(), 0, batch.length(), true));
                ns += System.nanoTime() - start;
                batch.reset();
            }
        }
        return ns / applied;
    }

    private void delete() {
        for (int i = 0; i < states; i++) {
            keepRoom();
            expect(Outcome.DELETED, table.delete(0, id(i), CREATOR, NOW_MS + 4));
        }
    }

    private StateRecord state(int number) {
        keepRoom();
        record.id(id(number));
        int address = 0x0a00_0000 + number;
        record.buffer().putInt(StateRecord.WIRE_ADDR0_OFFSET, address);
        record.buffer().putInt(StateRecord.STACK_ADDR0_OFFSET, address);
        record.src().seqlo(0).state(4);
        record.dst().state(4);
        return record;
    }

    private void keepRoom() {
        if (batch.remaining() < BATCH_MARK) {
            deltaBytes += batch.length();
            batch.reset();
        }
    }

    /** Scattered, so that neighbours in time are no neighbours in memory. */
    private long id(int number) {
        return (number * 0x9e37_79b9_7f4a_7c15L) >>> 8;
    }

    private static void expect(int wanted, int outcome) {
        if (wanted != outcome) {
            throw new IllegalStateException("outcome " + outcome + " instead of " + wanted);
        }
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024;
            }
        }
        return 0;
    }
}
