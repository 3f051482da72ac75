package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.pfsyncd.wire.Dialect;

/**
 * How fast a relay says what waits, in inserts of full packets, over what the same kind of socket
 * sends of packets of that length in the same process. A socket in another namespace receives both.
 * What is announced in a dialect before the process has compiled the way does not count.
 */
final class AnnounceScenario implements Scenario {
    private static final double NS_PER_S = 1e9;

    /** Most announcements of a dialect that do not count. */
    private static final int WARM_UP_LIMIT = 4;

    /** Compiler time in one, some seconds long, below which it was the last of these. */
    private static final long QUIET_NS = 300_000_000L;

    @Override
    public String name() {
        return "announce";
    }

    @Override
    public String about() {
        return "inserts that a relay announces, by dialect";
    }

    @Override
    public int seconds(Effort effort) {
        return effort.of(15, 120, 300, 500);
    }

    @Override
    public Outcome run(Bench bench) throws IOException {
        int states = bench.effort().of(5_000, 200_000, 300_000, 500_000);
        int pairs = bench.effort().of(1, 2, 5, 7);
        Outcome outcome = new Outcome(name());
        try (Child sink = Child.floor(bench);
                Child relay =
                        Child.start(
                                bench,
                                bench.lab().in("a"),
                                ChildKind.ANNOUNCE,
                                Lab.DEVICE,
                                Lab.FLOOR,
                                Lab.FLOOR_LOAD,
                                bench.memory())) {
            sink.setRunning(true);
            List<Dialect> dialects = List.of(Dialect.V1301, Dialect.V6, Dialect.V1500);
            for (Dialect dialect :
                    dialects.subList(
                            0, bench.effort().of(1, 2, dialects.size(), dialects.size()))) {
                outcome.add(row(bench, relay, dialect, states, pairs));
            }
        }
        return outcome;
    }

    private static Row row(Bench bench, Child relay, Dialect dialect, int states, int pairs)
            throws IOException {
        double[] rates = new double[pairs];
        double[] floors = new double[pairs];
        warmUp(bench, relay, dialect, states);
        for (int i = 0; i < pairs; i++) {
            String[] said = announce(relay, dialect, states);
            String[] bare = relay.ask("bare " + said[3] + " " + said[0]).split(" ", -1);
            rates[i] = Long.parseLong(said[0]) / (Long.parseLong(said[1]) / NS_PER_S);
            floors[i] = Long.parseLong(bare[0]) / (Long.parseLong(bare[1]) / NS_PER_S);
            bench.say(dialect + ": " + (i + 1) + " of " + pairs + " pairs");
        }
        String what = String.format(Locale.ROOT, "INS %s, %,d waiting", dialect, states);
        Row head = Medians.head(what, "bare socket, same length");
        return Medians.row(head, Figures.RATE, "frames/s", rates, floors)
                .with(Goal.ratioAbove(Figures.RATE, 0.5, 0.8));
    }

    /** Until the compilers of the process had next to nothing to do. */
    private static void warmUp(Bench bench, Child relay, Dialect dialect, int states)
            throws IOException {
        int limit = bench.effort() == Effort.SMOKE ? 0 : WARM_UP_LIMIT;
        long usedNs = QUIET_NS;
        for (int i = 0; i < limit && usedNs >= QUIET_NS; i++) {
            long beforeNs = relay.compilerNs();
            announce(relay, dialect, states);
            usedNs = relay.compilerNs() - beforeNs;
            bench.say(
                    String.format(
                            Locale.ROOT,
                            "%s: warming up, the compilers took %.1f s",
                            dialect,
                            usedNs / NS_PER_S));
        }
    }

    /** Frames, nanoseconds, states, and the longest frame's bytes. */
    private static String[] announce(Child relay, Dialect dialect, int states) throws IOException {
        return relay.ask("announce " + dialect.name() + " " + states).split(" ", -1);
    }
}
