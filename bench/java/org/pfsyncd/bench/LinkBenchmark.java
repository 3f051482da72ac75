package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.IoUtil;

/**
 * Node to node: {@code oneway} (accept on A to applied on B, beside a bare hop), {@code
 * oneway-loss} (the same with 1 % of the frames lost), {@code bulk} (1,000,000 states to an empty
 * peer, with CPU a state), {@code slow-peer} (what a dead peer costs the other). Two network
 * namespaces joined by a veth pair, one core a side; add {@code udp} for the UDP carrier.
 */
public final class LinkBenchmark {
    private static final int BLOCK = 5_000;
    private static final int PAIRS = 20;
    private static final int WARM_UP_BLOCKS = 6;
    private static final long INTERVAL_NS = 100_000;
    private static final long HIGHEST_NS = 1_000_000_000L;
    private static final int MILLION = 1_000_000;
    private static final CountDownLatch PAUSE = new CountDownLatch(1);

    /** What one state is on the way: frame header, entry header, names apart, one PUT. */
    private static final int STATE_FRAME_LENGTH = 48 + 8 + 24 + 292;

    private static final long FULL_FRAME_PAYLOAD = 1480 - 56;

    private final Path home;
    private final Path run;
    private final String carrier;
    private boolean hasThird;

    private LinkBenchmark(Path home, Path run, String carrier) {
        this.home = home;
        this.run = run;
        this.carrier = carrier;
    }

    /** Runs one scenario. */
    public static void main(String[] args) throws Exception {
        Path home = Files.createTempDirectory("pfsyncd-bench");
        Path run = Files.createTempDirectory(Path.of("/dev/shm"), "pfsyncd-bench");
        String carrier = args.length > 1 ? args[1] : "raw";
        LinkBenchmark benchmark = new LinkBenchmark(home, run, carrier);
        try (BenchNetwork network = new BenchNetwork()) {
            switch (args[0]) {
                case "oneway" -> benchmark.oneWay(network, false);
                case "oneway-loss" -> benchmark.oneWay(network, true);
                case "bulk" -> benchmark.bulk(network);
                case "slow-peer" -> benchmark.slowPeer(network);
                default ->
                        throw new IllegalArgumentException(
                                args[0] + " is not one of oneway, oneway-loss, bulk, slow-peer");
            }
        } finally {
            IoUtil.delete(home.toFile(), true);
            IoUtil.delete(run.toFile(), true);
        }
    }

    /** One after the other, not in turns: a node that is stopped for long is down for its peer. */
    private void oneWay(BenchNetwork network, boolean isLossy) throws Exception {
        int stamps = (PAIRS + WARM_UP_BLOCKS) * BLOCK;
        Histogram nodes;
        try (StampFile node = new StampFile(run.resolve("node"), stamps);
                BenchProcess a = node(network, "a", "send", stamps, 0, "busy-spin");
                BenchProcess b = node(network, "b", "see", stamps, 0, "busy-spin")) {
            awaitLink();
            if (isLossy) {
                network.lose(1);
            }
            nodes = blocks(node, false);
            a.kill();
            b.kill();
        }
        Histogram bare;
        try (StampFile floor = new StampFile(run.resolve("floor"), stamps);
                BenchProcess see = floor(network, "b", "see", stamps, STATE_FRAME_LENGTH);
                BenchProcess send = floor(network, "a", "send", stamps, STATE_FRAME_LENGTH)) {
            bare = blocks(floor, isLossy);
            see.kill();
            send.kill();
        }
        print("bare hop", bare);
        print("accepted -> applied", nodes);
        for (double percentile : new double[] {50, 99, 99.9}) {
            System.out.printf(
                    Locale.ROOT,
                    "p%s: %.2f times the bare hop%n",
                    percentile,
                    (double) nodes.getValueAtPercentile(percentile)
                            / bare.getValueAtPercentile(percentile));
        }
    }

    private static Histogram blocks(StampFile stamps, boolean isLossy) {
        Histogram total = new Histogram(HIGHEST_NS, 3);
        for (int i = 0; i < PAIRS + WARM_UP_BLOCKS; i++) {
            Histogram block = block(stamps, (long) i * BLOCK, isLossy);
            if (i >= WARM_UP_BLOCKS) {
                total.add(block);
            }
        }
        return total;
    }

    /** 10,000 a second for half a second; waits for the last, or on a lossy floor for silence. */
    private static Histogram block(StampFile stamps, long from, boolean isLossy) {
        stamps.want(from + BLOCK, INTERVAL_NS);
        long limitNs = System.nanoTime() + BLOCK * INTERVAL_NS + 15 * HIGHEST_NS;
        long seen = stamps.seen();
        long changedNs = System.nanoTime();
        boolean isOver = false;
        while (!isOver && System.nanoTime() - limitNs < 0) {
            pause(20);
            if (stamps.seen() != seen) {
                seen = stamps.seen();
                changedNs = System.nanoTime();
            }
            isOver =
                    isLossy
                            ? System.nanoTime() - changedNs > 300_000_000L
                            : stamps.seen() >= from + BLOCK;
        }
        Histogram latencies = new Histogram(HIGHEST_NS, 3);
        long missing = 0;
        for (long i = from; i < from + BLOCK; i++) {
            if (stamps.seenAt(i) == 0) {
                missing++;
            } else {
                latencies.recordValue(
                        Math.max(0, Math.min(stamps.seenAt(i) - stamps.sentAt(i), HIGHEST_NS)));
            }
        }
        if (missing > 0 && !isLossy) {
            throw new IllegalStateException(missing + " of " + BLOCK + " never arrived");
        }
        return latencies;
    }

    /** The sender stays and is warm from the second peer on; each peer is new and empty. */
    private void bulk(BenchNetwork network) throws Exception {
        Path file = run.resolve("node");
        try (StampFile stamps = new StampFile(file, 16);
                BenchProcess a = node(network, "a", "send", 16, 0, "backoff")) {
            stamps.want(MILLION, 0);
            await(() -> BenchProcess.counter(run.resolve("a"), "states") == MILLION);
            await(() -> BenchProcess.counter(run.resolve("a"), "snapshots") > 0);
            await(this::isJournalDrained);
            for (int i = 0; i < 6; i++) {
                long cpuBeforeNs = a.cpuNs();
                try (BenchProcess b = daemon(network, "b")) {
                    while (BenchProcess.counter(run.resolve("b"), "states") < MILLION) {
                        pause(1);
                    }
                    long finishedNs = System.nanoTime();
                    System.out.printf(
                            Locale.ROOT,
                            "bulk %s: 1,000,000 states in %.2f s; sender CPU %.2f us a state,"
                                    + " receiver %.2f%s%n",
                            carrier,
                            (finishedNs - b.readyNs()) / 1e9,
                            (a.cpuNs() - cpuBeforeNs) / 1e3 / MILLION,
                            b.cpuSinceReadyNs() / 1e3 / MILLION,
                            i == 0 ? " (sender cold)" : "");
                    b.kill();
                }
                IoUtil.delete(home.resolve("b").toFile(), true);
                IoUtil.delete(run.resolve("b").toFile(), true);
            }
            a.kill();
        }
        bulkFloor(network);
    }

    private boolean isJournalDrained() throws IOException {
        return BenchProcess.counter(run.resolve("a"), "journal-sequence")
                == BenchProcess.counter(run.resolve("a"), "journal-appended");
    }

    /** The same bytes through the bare socket. */
    private void bulkFloor(BenchNetwork network) throws Exception {
        long frames = 292L * MILLION / FULL_FRAME_PAYLOAD;
        for (int i = 0; i < 5; i++) {
            Path file = run.resolve("floor");
            Files.deleteIfExists(file);
            try (StampFile stamps = new StampFile(file, 16);
                    BenchProcess see = floor(network, "b", "see", 16, 1472);
                    BenchProcess send = floor(network, "a", "send", 16, 1472)) {
                long startNs = System.nanoTime();
                stamps.want(frames, 0);
                long seen = -1;
                while (seen != stamps.seen()) {
                    seen = stamps.seen();
                    pause(500);
                }
                System.out.printf(
                        Locale.ROOT,
                        "floor %s: %,d of %,d frames of the same bytes in %.2f s%n",
                        carrier,
                        seen,
                        frames,
                        (stamps.finishedAt() - startNs) / 1e9);
                see.kill();
                send.kill();
            }
        }
    }

    /** A's time to take a load in, with one living peer, and with a second that is stopped. */
    private void slowPeer(BenchNetwork network) throws Exception {
        hasThird = true;
        System.out.println("states a second accepted and applied at B; C stopped: the same load");
        for (boolean isStopped : new boolean[] {false, true, false, true}) {
            Path file = run.resolve("node");
            Files.deleteIfExists(file);
            try (StampFile stamps = new StampFile(file, 16);
                    BenchProcess a = node(network, "a", "send", 16, 0, "backoff");
                    BenchProcess b = node(network, "b", "see", 16, MILLION / 2, "backoff");
                    BenchProcess c = node(network, "c", "see-not", 16, 0, "backoff")) {
                awaitLink();
                await(() -> BenchProcess.counter(run.resolve("a"), "c/link-frames") > 1);
                if (isStopped) {
                    c.setRunning(false);
                }
                long startNs = System.nanoTime();
                stamps.want(MILLION / 2, 10_000);
                await(() -> stamps.finishedAt() != 0);
                System.out.printf(
                        Locale.ROOT,
                        "C %s: 500,000 states at B after %.2f s, A's CPU %.2f us a state%n",
                        isStopped ? "stopped" : "running",
                        (stamps.finishedAt() - startNs) / 1e9,
                        a.cpuNs() / 1e3 / (MILLION / 2));
                c.setRunning(true);
                a.kill();
                b.kill();
                c.kill();
            }
            IoUtil.delete(home.toFile(), true);
            Files.createDirectories(home);
        }
    }

    private BenchProcess node(
            BenchNetwork network, String name, String role, int stamps, long target, String idle)
            throws Exception {
        return BenchProcess.java(
                idle.equals("busy-spin") ? network.pinned(name) : network.command(name),
                LinkNodeProcess.class.getName(),
                Files.createDirectories(home.resolve(name)),
                config(network, name, idle).toString(),
                run.resolve("node").toString(),
                Integer.toString(stamps),
                role,
                Long.toString(target));
    }

    /** The packaged program as it is. */
    private BenchProcess daemon(BenchNetwork network, String name) throws Exception {
        Path config = config(network, name, "backoff");
        return BenchProcess.daemon(
                network.command(name), config, config.getParent(), run.resolve(name));
    }

    private Path config(BenchNetwork network, String name, String idle) throws IOException {
        Path directory = Files.createDirectories(home.resolve(name));
        StringBuilder text =
                new StringBuilder(
                        """
                        [node]
                        name = "%s"
                        data-dir = "%s"
                        run-dir = "%s"
                        capacity = 1100000
                        idle = "%s"
                        [journal]
                        ring-size = "256MiB"
                        snapshot-rate = "512MiB"
                        [timeouts]
                        tcp.established = "10d"
                        [[group]]
                        name = "bench"
                        syncdev = "lo"
                        syncpeer = "127.0.0.2"
                        address = "127.0.0.1"
                        """
                                .formatted(
                                        name, directory.resolve("data"), run.resolve(name), idle));
        for (String peer : peers(name)) {
            text.append(
                    """
                    [[peer]]
                    name = "%s"
                    address = "%s"
                    carrier = "%s"
                    """
                            .formatted(peer, network.address(peer, name), carrier));
        }
        Path config = directory.resolve("pfsyncd.toml");
        Files.writeString(config, text.toString());
        return config;
    }

    private List<String> peers(String name) {
        if (!name.equals("a")) {
            return List.of("a");
        }
        return hasThird ? List.of("b", "c") : List.of("b");
    }

    private BenchProcess floor(
            BenchNetwork network, String name, String role, int stamps, int length)
            throws Exception {
        Path directory = Files.createDirectories(home.resolve("floor-" + name));
        return BenchProcess.java(
                network.pinned(name),
                HopFloor.class.getName(),
                directory,
                run.resolve("floor").toString(),
                Integer.toString(stamps),
                role,
                network.address(name.equals("a") ? "b" : "a", name),
                carrier,
                Integer.toString(length));
    }

    private void awaitLink() throws Exception {
        await(() -> BenchProcess.counter(run.resolve("a"), "b/link-digests-compared") > 0);
        await(() -> BenchProcess.counter(run.resolve("b"), "a/link-digests-compared") > 0);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long limitNs = System.nanoTime() + 120 * HIGHEST_NS;
        while (!condition.holds()) {
            if (System.nanoTime() - limitNs > 0) {
                throw new IllegalStateException("nothing happened for two minutes");
            }
            pause(5);
        }
    }

    /** The benchmark's own waiting, beside the processes it measures. */
    private static void pause(long ms) {
        try {
            PAUSE.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void print(String what, Histogram h) {
        System.out.printf(
                Locale.ROOT,
                "%-20s p50 %.1f  p99 %.1f  p99.9 %.1f  max %.1f us, %,d%n",
                what,
                h.getValueAtPercentile(50) / 1e3,
                h.getValueAtPercentile(99) / 1e3,
                h.getValueAtPercentile(99.9) / 1e3,
                h.getMaxValue() / 1e3,
                h.getTotalCount());
    }
}
