package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.pfsyncd.bench.StampFile;

/** What conntrackd does in the place of a pair of our nodes. */
final class ConntrackdFigures {
    private static final int BLOCK = 1_000;

    private final Pair pair;
    private final String device;
    private final Path directory;
    private final int states;
    private final int runs;

    /**
     * @param device the end of the veth pair in both namespaces.
     * @param states in the sender's kernel.
     */
    ConntrackdFigures(Pair pair, String device, Path directory, int states, int runs) {
        this.pair = pair;
        this.device = device;
        this.directory = directory;
        this.states = states;
        this.runs = runs;
    }

    private Conntrackd sender() throws IOException {
        return Conntrackd.start(
                directory, pair.a(), List.of(pair.addressA(), pair.addressB()), device, false);
    }

    private Conntrackd receiver(boolean isInjecting) throws IOException {
        return Conntrackd.start(
                directory,
                pair.b(),
                List.of(pair.addressB(), pair.addressA()),
                device,
                isInjecting);
    }

    /** New connections as fast as one conntrack(8) makes them, then bulk after bulk. */
    void load(Report report) throws IOException {
        ConntrackTables.flush(pair.a());
        try (Conntrackd a = sender();
                Conntrackd b = receiver(false)) {
            double[] rate = new double[runs];
            double[] cpuA = new double[runs];
            double[] cpuB = new double[runs];
            for (int i = 0; i < runs; i++) {
                int from = (int) ((long) states * i / runs);
                int to = (int) ((long) states * (i + 1) / runs);
                long cpuBeforeA = a.child().cpuNs();
                long cpuBeforeB = b.child().cpuNs();
                long startNs = ConntrackTables.fill(pair.a(), directory, from, to);
                rate[i] = (to - from) * 1e9 / (b.await("external", to) - startNs);
                cpuA[i] = (a.child().cpuNs() - cpuBeforeA) / 1e3 / (to - from);
                cpuB[i] = (b.child().cpuNs() - cpuBeforeB) / 1e3 / (to - from);
            }
            report.add("conntrackd", Figure.LIVE_RATE, rate);
            report.add("conntrackd", Figure.LIVE_CPU_SENDER, cpuA);
            report.add("conntrackd", Figure.LIVE_CPU_RECEIVER, cpuB);
            report.add("conntrackd", Figure.MEMORY_SENDER, perState(a));
            report.add("conntrackd", Figure.MEMORY_RECEIVER, perState(b));
            bulk(report, a, b);
        } finally {
            ConntrackTables.flush(pair.a());
        }
    }

    private double[] perState(Conntrackd daemon) throws IOException {
        return new double[] {(double) daemon.child().anonymousBytes() / states};
    }

    private void bulk(Report report, Conntrackd a, Conntrackd b) throws IOException {
        double[] seconds = new double[runs];
        double[] cpuA = new double[runs];
        double[] cpuB = new double[runs];
        for (int i = 0; i < runs; i++) {
            b.ask("-f", "external");
            if (b.states("external") != 0) {
                throw new IOException("conntrackd -f external left states in the cache");
            }
            long cpuBeforeA = a.child().cpuNs();
            long cpuBeforeB = b.child().cpuNs();
            long startNs = System.nanoTime();
            b.ask("-n");
            seconds[i] = (b.await("external", states) - startNs) / 1e9;
            cpuA[i] = (a.child().cpuNs() - cpuBeforeA) / 1e3 / states;
            cpuB[i] = (b.child().cpuNs() - cpuBeforeB) / 1e3 / states;
        }
        report.add("conntrackd", Figure.BULK_SECONDS, seconds);
        report.add("conntrackd", Figure.BULK_CPU_SENDER, cpuA);
        report.add("conntrackd", Figure.BULK_CPU_RECEIVER, cpuB);
    }

    /** From the event in the one kernel to the event in the other, 1,000 a second at most. */
    void oneWay(Path programs, Report report) throws IOException {
        ConntrackTables.flush(pair.a());
        ConntrackTables.flush(pair.b());
        Histogram[] delays = new Histogram[runs];
        Path file = directory.resolve("stamps");
        Files.deleteIfExists(file);
        int total = BLOCK * (runs + 1);
        try (StampFile stamps = new StampFile(file, total);
                Conntrackd a = sender();
                Conntrackd b = receiver(true);
                Child watchA = watch(programs, pair.a(), "send", total);
                Child watchB = watch(programs, pair.b(), "see", total)) {
            Delays blocks = new Delays(stamps, BLOCK);
            for (int i = 0; i <= runs; i++) {
                ConntrackTables.feed(pair.a(), BLOCK * i, BLOCK * (i + 1), 1);
                delays[Math.max(0, i - 1)] = blocks.next(0);
            }
            for (Child child : List.of(a.child(), b.child(), watchA, watchB)) {
                if (!child.process().isAlive()) {
                    throw new IOException("a process ended before its time");
                }
            }
        }
        report.addOneWay("conntrackd", delays);
        ConntrackTables.flush(pair.a());
        ConntrackTables.flush(pair.b());
    }

    private Child watch(Path programs, String namespace, String role, int stamps)
            throws IOException {
        return Child.start(
                        directory.resolve("watch-" + role + ".log"),
                        Pair.in(
                                namespace,
                                programs.resolve("watch").toString(),
                                directory.resolve("stamps").toString(),
                                Integer.toString(stamps),
                                role))
                .await("ready");
    }
}
