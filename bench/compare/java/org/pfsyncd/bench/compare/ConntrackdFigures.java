package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What conntrackd does in the place of a pair of our nodes. */
final class ConntrackdFigures {
    private static final long HIGHEST_US = 10_000_000;
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
    void oneWay(Report report) throws IOException {
        ConntrackTables.flush(pair.a());
        ConntrackTables.flush(pair.b());
        Histogram[] delays = new Histogram[runs];
        Path logA = directory.resolve("events-a");
        Path logB = directory.resolve("events-b");
        int total = BLOCK * (runs + 1);
        try (Conntrackd a = sender();
                Conntrackd b = receiver(true);
                Child watchA = ConntrackTables.watch(pair.a(), logA);
                Child watchB = ConntrackTables.watch(pair.b(), logB)) {
            Child.pause(500);
            ConntrackTables.feed(pair.a(), 0, total, 1);
            Child.pause(1_000);
            for (Child child : List.of(a.child(), b.child(), watchA, watchB)) {
                if (!child.process().isAlive()) {
                    throw new IOException("a process ended before its time");
                }
            }
        }
        long[] atA = new long[total];
        long[] atB = new long[total];
        int found = Math.min(ConntrackTables.read(logA, atA), ConntrackTables.read(logB, atB));
        if (found < total) {
            throw new IOException(found + " of " + total + " connections arrived in the kernel");
        }
        for (int i = 0; i < runs; i++) {
            delays[i] = new Histogram(HIGHEST_US * 1_000, 3);
            for (int n = BLOCK * (i + 1); n < BLOCK * (i + 2); n++) {
                delays[i].recordValue(1_000 * Math.clamp(atB[n] - atA[n], 0, HIGHEST_US));
            }
        }
        report.addOneWay("conntrackd", delays);
        ConntrackTables.flush(pair.a());
        ConntrackTables.flush(pair.b());
    }
}
