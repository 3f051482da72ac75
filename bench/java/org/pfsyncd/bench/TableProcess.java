package org.pfsyncd.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.agent.HugePages;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * The table on one thread, without network and journal: nanoseconds an operation. Keys come in a
 * scattered order, the table on huge pages as in the daemon. Answers each line {@code round} with
 * {@code INSERT UPD_C UPDATE READ APPLY DELETE COPY}; the last is the floor, a record copied from a
 * random place of as much memory.
 *
 * <p>Round 1 is a cold virtual machine; later ones are the steady state.
 */
final class TableProcess {
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

    private TableProcess(int states) {
        this.states = states;
        HugePages pages = new HugePages();
        TableConfig config = TableConfig.ofCapacity(states).withMemory(pages);
        table = new MirrorTable(config, names, batch, Counters.inMemory().node());
        pages.await();
        record.creatorId(CREATOR).ifname(names.intern("all")).timeout(TCP_ESTABLISHED);
        record.wireAf(4).stackAf(4).wireProto(6).stackProto(6).direction(1);
        record.createdAtMs(NOW_MS).lifetimeS(86_400);
    }

    /** Argument: how many states. Runs until its questions end. */
    static void main(String[] args) throws IOException {
        TableProcess process = new TableProcess(Integer.parseInt(args[0]));
        System.out.println("ready");
        BufferedReader questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (int round = 1; questions.readLine() != null; round++) {
            System.out.println(process.round(round));
        }
        process.table.close();
    }

    private String round(int round) {
        record.createdAtMs(NOW_MS + round * 20_000L); // A tombstone covers the former round.
        return String.join(
                " ",
                Long.toString(time(this::insert)),
                Long.toString(time(this::updateCompressed)),
                Long.toString(time(this::updateFull)),
                Long.toString(time(this::readAll)),
                Long.toString(apply()),
                Long.toString(time(this::delete)),
                Long.toString(copyNs()));
    }

    private long copyNs() {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = (long) states * StateRecord.LENGTH;
            MemorySegment records = arena.allocate(bytes);
            HugePages pages = new HugePages();
            pages.onReserved(records.address(), bytes);
            try {
                pages.await();
                records.fill((byte) 1);
                MemorySegment one = arena.allocate(StateRecord.LENGTH);
                return time(
                        () -> {
                            for (int i = 0; i < states; i++) {
                                long at = (id(i) >>> 1) % states * StateRecord.LENGTH;
                                MemorySegment.copy(records, at, one, 0, StateRecord.LENGTH);
                                deltaBytes ^= one.get(ValueLayout.JAVA_BYTE, 0);
                            }
                        });
            } finally {
                pages.onRelease(records.address());
            }
        }
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
}
