package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * The numbers of design section 9 on this machine, beside a bare raw socket in the same run: {@code
 * ack}, {@code ack-open}, {@code ingest}, {@code replay}. Daemon and floor are processes of their
 * own and take turns; the one that waits is stopped.
 */
public final class SystemBenchmark {
    private static final int BLOCK = 10_000;
    private static final int PAIRS = 20;
    private static final int WARM_UP_BLOCKS = 5;
    private static final int STATES_PER_FRAME = 6;
    private static final long FLOOD_NS = 1_000_000_000L;
    private static final long HIGHEST_NS = 1_000_000_000L;
    private static final int FLAG_ACK = 0x10;
    private static final long OPEN_LOOP_INTERVAL_NS = 100_000;
    private static final int ACTION_OFFSET = 20;
    private static final int INS_ACK = 2;
    private static final int COUNT_OFFSET = 22;
    private static final int PFSYNC_VERSION = 5;
    private static final int SMALL_CAPACITY = 1_000;
    private static final String DEFAULT_RING_SIZE = "32MiB";
    private static final int MILLION = 1_000_000;

    private final Path home;
    private final Path runDir;
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(1500));
    private final NameTable names = new NameTable();
    private final StateRecord state =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final UnsafeBuffer address = new UnsafeBuffer(new byte[16]);
    private final FrameEncoder encoder = new FrameEncoder();
    private long nextId = 1;
    private long answered;
    private long answer;

    private SystemBenchmark(Path home, Path runDir) {
        this.home = home;
        this.runDir = runDir;
    }

    /** Runs one scenario. */
    public static void main(String[] args) throws Exception {
        Path home = Files.createTempDirectory("pfsyncd-bench");
        Path runDir = Files.createTempDirectory(Path.of("/dev/shm"), "pfsyncd-bench");
        SystemBenchmark benchmark = new SystemBenchmark(home, runDir);
        try {
            switch (args[0]) {
                case "ack" -> benchmark.ack(benchmark::closedLoop);
                case "ack-open" -> benchmark.ack(benchmark::openLoop);
                case "ingest" -> benchmark.ingest();
                case "replay" -> benchmark.replay();
                default ->
                        throw new IllegalArgumentException(
                                args[0] + " is not one of ack, ack-open, ingest, replay");
            }
        } finally {
            IoUtil.delete(home.toFile(), true);
            IoUtil.delete(runDir.toFile(), true);
        }
    }

    /** One block of round trips through a port. */
    private interface Block {
        Histogram run(SocketPort port);
    }

    /** INS with ACK to INS_ACK, journal on. */
    private void ack(Block block) throws Exception {
        try (BenchProcess daemon = BenchProcess.daemon(home, runDir, 1_000_000);
                BenchProcess floor = BenchProcess.floor(EchoFloor.class.getName(), home);
                SocketPort toDaemon = port(Addresses.NODE, Addresses.NODE_PEER);
                SocketPort toFloor = port(Addresses.FLOOR, Addresses.FLOOR_PEER)) {
            double[] p50 = new double[PAIRS];
            double[] p99 = new double[PAIRS];
            Histogram floorTotal = new Histogram(HIGHEST_NS, 3);
            Histogram daemonTotal = new Histogram(HIGHEST_NS, 3);
            for (int i = -WARM_UP_BLOCKS; i < PAIRS; i++) {
                daemon.setRunning(false);
                floor.setRunning(true);
                Block next =
                        i < 0 ? this::closedLoop : block; // A cold node is slower than the rate.
                Histogram bare = next.run(toFloor);
                floor.setRunning(false);
                daemon.setRunning(true);
                Histogram run = next.run(toDaemon);
                if (i >= 0) {
                    floorTotal.add(bare);
                    daemonTotal.add(run);
                    p50[i] = (double) run.getValueAtPercentile(50) / bare.getValueAtPercentile(50);
                    p99[i] = (double) run.getValueAtPercentile(99) / bare.getValueAtPercentile(99);
                }
            }
            print("bare raw-socket echo", floorTotal);
            print("INS -> INS_ACK", daemonTotal);
            printRatios("p50", p50);
            printRatios("p99", p99);
        }
    }

    private static void printRatios(String name, double[] ratios) {
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "ratio %s: median %.2f, least %.2f, most %.2f of %d pairs%n",
                name,
                ratios[ratios.length / 2],
                ratios[0],
                ratios[ratios.length - 1],
                ratios.length);
    }

    private static void print(String what, Histogram h) {
        System.out.printf(
                Locale.ROOT,
                "%-22s p50 %.1f  p99 %.1f  p99.9 %.1f  max %.1f us, %d round trips%n",
                what,
                h.getValueAtPercentile(50) / 1e3,
                h.getValueAtPercentile(99) / 1e3,
                h.getValueAtPercentile(99.9) / 1e3,
                h.getMaxValue() / 1e3,
                h.getTotalCount());
    }

    private static SocketPort port(String node, String peer) {
        return SocketPort.open(PortConfig.pfsync("lo", node, peer));
    }

    /** The next is sent when the answer to the last has come. */
    private Histogram closedLoop(SocketPort port) {
        Histogram latencies = new Histogram(HIGHEST_NS, 3);
        for (int i = 0; i < BLOCK; i++) {
            int length = inserts(1, FLAG_ACK);
            long before = answered;
            long sentNs = System.nanoTime();
            port.send(frame, 0, length);
            while (answered == before && System.nanoTime() - sentNs < HIGHEST_NS) {
                poll(port);
            }
            if (answered != before) {
                latencies.recordValue(System.nanoTime() - sentNs);
            }
        }
        return latencies;
    }

    /**
     * 10,000 a second, whatever the answers do; each counts from when it should have been sent, so
     * that a stall hides nothing behind it. Answers come in order.
     */
    private Histogram openLoop(SocketPort port) {
        Histogram latencies = new Histogram(HIGHEST_NS, 3);
        long startNs = System.nanoTime();
        long before = answered;
        int sent = 0;
        int recorded = 0;
        while (recorded < BLOCK
                && System.nanoTime() - startNs < BLOCK * OPEN_LOOP_INTERVAL_NS + HIGHEST_NS) {
            if (sent < BLOCK && System.nanoTime() - startNs >= sent * OPEN_LOOP_INTERVAL_NS) {
                port.send(frame, 0, inserts(1, FLAG_ACK));
                sent++;
            }
            poll(port);
            long nowNs = System.nanoTime();
            for (; recorded < answered - before; recorded++) {
                long intendedNs = startNs + recorded * OPEN_LOOP_INTERVAL_NS;
                latencies.recordValue(Math.min(nowNs - intendedNs, HIGHEST_NS));
            }
        }
        if (recorded < BLOCK) {
            throw new IllegalStateException(
                    "only "
                            + recorded
                            + " of "
                            + BLOCK
                            + " were answered: the times would be wrong");
        }
        return latencies;
    }

    /** The floor answers each frame with one of its own; the daemon may pack acknowledgements. */
    private void poll(SocketPort port) {
        port.poll(
                (buffer, offset, length, info) -> {
                    answer = buffer.getLong(offset);
                    if (buffer.getByte(offset) != PFSYNC_VERSION) {
                        answered++;
                    } else if (buffer.getByte(offset + ACTION_OFFSET) == INS_ACK) {
                        answered += buffer.getShort(offset + COUNT_OFFSET, ByteOrder.BIG_ENDIAN);
                    }
                },
                16);
    }

    /** Inserts as fast as one core sends them, at MTU 1500, against what a bare socket receives. */
    private void ingest() throws Exception {
        try (BenchProcess daemon = BenchProcess.daemon(home, runDir, 16_000_000);
                BenchProcess floor = BenchProcess.floor(EchoFloor.class.getName(), home);
                SocketPort toDaemon = port(Addresses.NODE, Addresses.NODE_PEER);
                SocketPort toFloor = port(Addresses.FLOOR, Addresses.FLOOR_PEER)) {
            double[] ratios = new double[5];
            for (int i = -1; i < ratios.length; i++) {
                daemon.setRunning(false);
                floor.setRunning(true);
                long countedBefore = question(toFloor);
                long sentToFloor = flood(toFloor);
                long bare = question(toFloor) - countedBefore;
                floor.setRunning(false);
                daemon.setRunning(true);
                long before = BenchProcess.counter(runDir, "inserted");
                long sent = flood(toDaemon);
                long accepted = settle(before) - before;
                System.out.printf(
                        Locale.ROOT,
                        "%sbare: sent %,d received %,d packets/s; pfsyncd: sent %,d packets/s, %,d"
                                + " inserts/s, %.2f%n",
                        i < 0 ? "(warm-up) " : "",
                        sentToFloor,
                        bare,
                        sent,
                        accepted,
                        accepted / (double) STATES_PER_FRAME / bare);
                if (i >= 0) {
                    ratios[i] = accepted / (double) STATES_PER_FRAME / bare;
                }
            }
            printRatios("inserts over bare packets", ratios);
            System.out.println(
                    "dropped by the socket: "
                            + BenchProcess.counter(runDir, "bench/socket-drops")
                            + ", journal ring full: "
                            + BenchProcess.counter(runDir, "journal-ring-full"));
        }
    }

    private long flood(SocketPort port) {
        long sent = 0;
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < FLOOD_NS) {
            int length = inserts(STATES_PER_FRAME, 0);
            sent += port.send(frame, 0, length) > 0 ? 1 : 0;
        }
        return sent;
    }

    /** Asks the floor how many packets it has received. */
    private long question(SocketPort port) {
        long before = answered;
        while (answered == before) {
            port.send(frame, 0, 16);
            long sentNs = System.nanoTime();
            while (answered == before && System.nanoTime() - sentNs < HIGHEST_NS) {
                poll(port);
            }
        }
        return answer;
    }

    /** The counter of inserts once it has stood still for a while. */
    private long settle(long start) throws IOException {
        long last = start;
        long changedNs = System.nanoTime();
        while (System.nanoTime() - changedNs < 300_000_000L) {
            long now = BenchProcess.counter(runDir, "inserted");
            if (now != last) {
                last = now;
                changedNs = System.nanoTime();
            }
        }
        return last;
    }

    /** One million states: bytes a state, restart, replay of the snapshot. */
    private void replay() throws Exception {
        long emptyBytes = bytesOfEmptyDaemon();
        try (SocketPort toDaemon = port(Addresses.NODE, Addresses.NODE_PEER)) {
            try (BenchProcess daemon = BenchProcess.daemon(home, runDir, MILLION)) {
                while (BenchProcess.counter(runDir, "states") < MILLION) {
                    for (int i = 0; i < 200; i++) {
                        toDaemon.send(frame, 0, inserts(STATES_PER_FRAME, 0));
                    }
                    awaitJournal();
                }
                System.out.printf(
                        Locale.ROOT,
                        "memory: %,d MiB with room for %,d states, %,d MiB with 1,000,000 states,"
                                + " %d B a state%n",
                        emptyBytes >> 20,
                        SMALL_CAPACITY,
                        daemon.anonymousBytes() >> 20,
                        (daemon.anonymousBytes() - emptyBytes) / MILLION);
                daemon.kill();
            }
        }
        for (int i = 0; i < 5; i++) {
            Files.deleteIfExists(runDir.resolve("control"));
            long startNs = System.nanoTime();
            try (BenchProcess daemon =
                    BenchProcess.daemon(home, runDir, MILLION, DEFAULT_RING_SIZE)) {
                System.out.printf(
                        Locale.ROOT,
                        "restart %d: ready in %.2f s, %,d states%n",
                        i,
                        (System.nanoTime() - startNs) / 1e9,
                        BenchProcess.counter(runDir, "states"));
                awaitSnapshot();
                daemon.kill();
            }
        }
        for (int i = 0; i < 5; i++) {
            System.out.print(BenchProcess.output(home, "replay"));
        }
    }

    private long bytesOfEmptyDaemon() throws Exception {
        Path elsewhere = Files.createDirectory(home.resolve("empty"));
        Path runElsewhere = Files.createDirectory(runDir.resolve("empty"));
        try (BenchProcess daemon = BenchProcess.daemon(elsewhere, runElsewhere, SMALL_CAPACITY)) {
            long bytes = daemon.anonymousBytes();
            daemon.kill();
            return bytes;
        }
    }

    /** Keeps the fill below what the disk takes, so that the ring never refuses. */
    private void awaitJournal() throws IOException {
        while (BenchProcess.counter(runDir, "journal-sequence")
                        - BenchProcess.counter(runDir, "journal-appended")
                > 2_000) {
            Thread.onSpinWait();
        }
    }

    private void awaitSnapshot() throws IOException {
        while (BenchProcess.counter(runDir, "snapshots") == 0) {
            Thread.onSpinWait();
        }
    }

    /** Composes a frame of new TCP states and returns its length. */
    private int inserts(int count, int flags) {
        encoder.begin(frame, 0, Dialect.V1301, 1500);
        for (int i = 0; i < count; i++) {
            fill(nextId++, flags);
            encoder.addState(MessageKind.INS, state, names, 0);
        }
        return encoder.finish();
    }

    private void fill(long id, int flags) {
        state.clear()
                .id(id)
                .creatorId(0xbe4cbe4c)
                .dialect(Dialect.V1301.ordinal())
                .ifname(names.intern("all"));
        state.wireAf(4)
                .stackAf(4)
                .wireProto(6)
                .stackProto(6)
                .direction(1)
                .timeout(2)
                .stateFlags(flags);
        state.expiresAtMs(86_400_000L).src().state(4);
        state.dst().state(4);
        address.putLong(0, 0);
        address.putInt(0, (int) (0x0A00_0000 + (id >>> 14)), ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR0_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR0_OFFSET, address, 0);
        address.putInt(0, 0x0A02_000A, ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR1_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR1_OFFSET, address, 0);
        int port = 1024 + (int) (id & 0x3FFF);
        state.wirePort0(port).stackPort0(port).wirePort1(443).stackPort1(443);
    }
}
