package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Mixed life for ten minutes: 10,000 new flows a second, each updated once and deleted after 20 s,
 * every insert acknowledged. Latencies over time, memory at both ends, collections and safepoints.
 * The floor takes the same frames and answers the same ones, before and after.
 */
final class SteadyScenario implements Scenario {
    private static final long INTERVAL_NS = 100_000;
    private static final int A_SECOND = 10_000;
    private static final int LIFE = 20 * A_SECOND;
    private static final double NS_PER_US = 1e3;
    private static final double NS_PER_MS = 1e6;
    private static final int TO_NODE = 0;
    private static final int TO_FLOOR = 1;

    private static final Pattern SAFEPOINT =
            Pattern.compile("Safepoint \"(\\w+)\".* Total: +(\\d+) ns");

    private static final Pattern COLLECTION = Pattern.compile("GC\\(\\d+\\) Pause");

    @Override
    public String name() {
        return "steady";
    }

    @Override
    public String about() {
        return "ten minutes of mixed life: percentiles over time, memory, collections, safepoints";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(8, 90, 640, 640);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int window = bench.effort().of(1, 10, 10, 10);
        int windows = bench.effort().of(2, 6, 60, 60);
        NodeConfig config =
                new NodeConfig(bench, "steady").inLab().capacity(1_000_000).idle("busy-spin");
        Lab lab = bench.lab();
        Child floor = Child.floor(bench);
        Path log = bench.home().resolve("steady-jvm.log");
        Child node =
                Child.daemon(
                        bench,
                        lab.in("b"),
                        config,
                        "-Xlog:gc:file=" + log + " -Xlog:safepoint:file=" + log + ".safepoint");
        Child load = Child.load(bench, Lab.NODE, Lab.LOAD, Lab.FLOOR, Lab.FLOOR_LOAD);
        node.setRunning(false);
        Histogram bare = load.histogram(mixed(TO_FLOOR, 2 * window));
        floor.setRunning(false);
        node.setRunning(true);
        load.histogram("closed " + TO_NODE + " " + A_SECOND);
        long memoryBefore = node.statusBytes("RssAnon");
        long collectionsBefore = collections(log);
        Path safepoints = Path.of(log + ".safepoint");
        int safepointsBefore = lines(safepoints).size();
        List<Histogram> parts = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            parts.add(load.histogram(mixed(TO_NODE, window)));
            bench.say((i + 1) * window + " of " + windows * window + " s");
        }
        return outcome(bare, parts, window)
                .note(
                        "Private memory "
                                + Numbers.of(memoryBefore >> 20)
                                + " MiB before, "
                                + Numbers.of(node.statusBytes("RssAnon") >> 20)
                                + " MiB after; states at the end "
                                + Numbers.of(Bench.counter(config, "states"))
                                + "; collections in between "
                                + (collections(log) - collectionsBefore)
                                + " (must 0).")
                .note(
                        "Safepoints in this time: "
                                + causes(lines(safepoints), safepointsBefore, Integer.MAX_VALUE)
                                + "; before, from the start of the node on: "
                                + causes(lines(safepoints), 0, safepointsBefore)
                                + ".");
    }

    private static String mixed(int target, int seconds) {
        return "mixed " + target + " " + seconds * A_SECOND + " " + INTERVAL_NS + " " + LIFE;
    }

    private Outcome outcome(Histogram bare, List<Histogram> parts, int window) {
        Histogram all = Pairs.histogram();
        double[] p50 = new double[parts.size()];
        double[] p99 = new double[parts.size()];
        Map<String, List<Picture.Point>> lines = new LinkedHashMap<>();
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
            List<Picture.Point> points = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                points.add(
                        new Picture.Point(
                                (i + 1.0) * window,
                                parts.get(i).getValueAtPercentile(percentile) / NS_PER_US));
            }
            lines.put(percentile == 100 ? "max" : "p" + Numbers.of(percentile), points);
        }
        for (int i = 0; i < parts.size(); i++) {
            Histogram part = parts.get(i);
            all.add(part);
            p50[i] = ratio(part, bare, 50);
            p99[i] = ratio(part, bare, 99);
        }
        Map<String, Ratio> ratio = new LinkedHashMap<>();
        ratio.put("p50", Ratio.of(p50));
        ratio.put("p99", Ratio.of(p99));
        return new Outcome(name())
                .add(
                        new Row(
                                "10,000 new flows a second",
                                "same frames, raw-socket echo",
                                Figures.ofLatencies(bare),
                                Figures.ofLatencies(all),
                                ratio,
                                List.of()))
                .histogram("floor", bare)
                .histogram("pfsyncd", all)
                .picture(
                        new Picture(
                                "over-time",
                                "steady: latency of INS to INS_ACK over time",
                                "seconds",
                                "microseconds",
                                false,
                                true,
                                lines));
    }

    private static double ratio(Histogram run, Histogram bare, double percentile) {
        return run.getValueAtPercentile(percentile)
                / (double) Math.max(1, bare.getValueAtPercentile(percentile));
    }

    private static long collections(Path log) throws IOException {
        return lines(log).stream().filter(line -> COLLECTION.matcher(line).find()).count();
    }

    private static List<String> lines(Path log) throws IOException {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    /** Of some lines of the log, by cause: how many, and the longest. */
    private static String causes(List<String> lines, int from, int to) {
        Map<String, long[]> causes = new LinkedHashMap<>();
        for (String line : lines.subList(from, Math.min(to, lines.size()))) {
            Matcher found = SAFEPOINT.matcher(line);
            if (found.find()) {
                long[] cause = causes.computeIfAbsent(found.group(1), name -> new long[3]);
                long ns = Long.parseLong(found.group(2));
                cause[0]++;
                cause[1] = Math.max(cause[1], ns);
                cause[2] += ns > NS_PER_MS ? 1 : 0;
            }
        }
        List<String> texts = new ArrayList<>();
        causes.forEach(
                (name, cause) ->
                        texts.add(
                                name
                                        + " "
                                        + cause[0]
                                        + " (longest "
                                        + Numbers.of(cause[1] / NS_PER_US)
                                        + " us, above 1 ms "
                                        + cause[2]
                                        + ")"));
        return texts.isEmpty() ? "none" : String.join(", ", texts);
    }
}
