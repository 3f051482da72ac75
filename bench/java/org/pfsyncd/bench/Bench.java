package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.CountersReader;
import org.pfsyncd.metrics.MetricsFile;

/**
 * What a scenario works with: directories, the lab, its processes. Closing it ends all of them and
 * removes all; so does the end of the benchmark's process, however it is asked to end.
 */
final class Bench implements AutoCloseable {
    private static final long STILL_NS = 300_000_000L;
    private static final long FIRST_NS = 3_000_000_000L;
    private static final long WAIT_LIMIT_NS = 180_000_000_000L;
    private static final CountDownLatch PAUSE = new CountDownLatch(1);

    private final Effort effort;
    private final int rate;
    private final Trial trial;
    private final Path homes;
    private final Path memories;
    private final Deque<Child> children = new ConcurrentLinkedDeque<>();
    private final Thread atExit = new Thread(this::release, "bench-cleanup");
    private Lab lab;
    private Path home;
    private Path memory;
    private String scenario = "";

    /**
     * Makes its directories.
     *
     * @param effort how much to do.
     * @param rate frames a second of an open loop.
     * @param trial what it measures in place of the usual.
     */
    Bench(Effort effort, int rate, Trial trial) throws IOException {
        this.effort = effort;
        this.rate = rate;
        this.trial = trial;
        homes = Files.createTempDirectory("pfsyncd-bench");
        memories = Files.createTempDirectory(Path.of("/dev/shm"), "pfsyncd-bench");
        home = homes;
        memory = memories;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    Effort effort() {
        return effort;
    }

    Trial trial() {
        return trial;
    }

    /** Frames a second of an open loop. */
    int rate() {
        return rate;
    }

    /** Directory on disk; removed at the end. */
    Path home() {
        return home;
    }

    /** Directory in memory, for rings and stamps; removed at the end. */
    Path memory() {
        return memory;
    }

    /** The program, as its user starts it. */
    String launcher() {
        return Path.of(System.getProperty("pfsyncd.home", "."), "ops", "pfsyncd").toString();
    }

    /**
     * The namespaces; made at the first call.
     *
     * @throws IOException if they cannot be made: root is needed.
     */
    Lab lab() throws IOException {
        if (lab == null) {
            lab = new Lab(trial.isPinned());
        }
        return lab;
    }

    /** Cores that the benchmark may use. */
    int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    void own(Child child) {
        children.push(child);
    }

    /** A scenario begins, in directories of its own: stamps and journals of others mislead. */
    void begin(String name) throws IOException {
        scenario = name;
        home = Files.createDirectory(homes.resolve(name));
        memory = Files.createDirectory(memories.resolve(name));
    }

    /** Tells how far it is, on standard error. */
    void say(String progress) {
        System.err.println("bench " + scenario + ": " + progress);
    }

    /** A condition that may fail to be looked at. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /**
     * Waits until it holds, looking each millisecond, three minutes at most.
     *
     * @param what is waited for, for who reads that it did not happen.
     * @throws IOException also if a process ends meanwhile that nobody has closed.
     */
    void await(String what, Condition condition) throws IOException {
        long limitNs = System.nanoTime() + WAIT_LIMIT_NS;
        while (!condition.holds()) {
            for (Child child : children) {
                child.requireAlive();
            }
            if (System.nanoTime() - limitNs > 0) {
                throw new IOException(
                        "scenario "
                                + scenario
                                + " waited "
                                + WAIT_LIMIT_NS / 1_000_000_000L
                                + " s in vain for "
                                + what
                                + "; try it again where nothing else runs");
            }
            pause(1);
        }
    }

    /** The benchmark's own waiting, beside the processes it measures. */
    void pause(long ms) throws IOException {
        try {
            PAUSE.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A counter of a daemon by its label, 0 where there is none. */
    static long counter(NodeConfig node, String label) throws IOException {
        try (MetricsFile file = MetricsFile.open(node.runDir().resolve("counters"))) {
            CountersReader reader = file.reader();
            long[] value = new long[1];
            reader.forEach(
                    (id, name) -> {
                        if (name.equals(label)) {
                            value[0] = reader.getCounterValue(id);
                        }
                    });
            return value[0];
        }
    }

    /**
     * Waits until a daemon's counter has rested for a while, longer for the first change, and
     * returns when it last changed, of the machine's monotonic clock.
     *
     * @param before its value before anything was sent.
     */
    long awaitStill(NodeConfig node, String label, long before) throws IOException {
        long last = -1;
        long now = counter(node, label);
        long changedNs = System.nanoTime();
        while (System.nanoTime() - changedNs < (now == before ? FIRST_NS : STILL_NS)) {
            if (now != last) {
                last = now;
                changedNs = System.nanoTime();
            }
            pause(1);
            now = counter(node, label);
        }
        return changedNs;
    }

    /** Removes the data of a node whose process has ended. */
    void forget(NodeConfig node) {
        IoUtil.delete(node.home().toFile(), true);
        IoUtil.delete(node.runDir().toFile(), true);
    }

    /** Ends the processes of a scenario and removes its data; the lab stays for the next. */
    void end() {
        endChildren();
        IoUtil.delete(home.toFile(), true);
        IoUtil.delete(memory.toFile(), true);
    }

    private void endChildren() {
        while (!children.isEmpty()) {
            children.pop().close();
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        release();
    }

    private void release() {
        endChildren();
        if (lab != null) {
            lab.close();
        }
        IoUtil.delete(homes.toFile(), true);
        IoUtil.delete(memories.toFile(), true);
    }
}
