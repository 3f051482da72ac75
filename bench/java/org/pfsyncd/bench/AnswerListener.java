package org.pfsyncd.bench;

import java.io.IOException;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateFilter;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/**
 * A listener that hears a holder's answers again and again, and who makes it forget them meanwhile:
 * a sender of other states at the holder's address. Owned by the benchmark's thread.
 */
final class AnswerListener implements AutoCloseable {
    private static final double NS_PER_S = 1e9;
    private static final long STILL_NS = 2_000_000_000L;

    /** Of ids that the holder has not. */
    private static final long OTHERS_FIRST = 500_000_000L;

    /** More than a table remembers as dead: those of the last answer would be refused else. */
    private static final int OTHERS = 70_000;

    private static final double OTHERS_RATE = 200_000;
    private static final int MTU = 1500;

    /** A node looks once a second whether its socket lost packets. */
    private static final long DROPS_SEEN_MS = 1_100;

    private static final int TRIES = 20;

    private final Bench bench;
    private final NodeConfig config;
    private final long expected;
    private final Child daemon;
    private final Child others;
    private final Gauge states;
    private final Gauge completed;
    private final Gauge deleted;
    private long othersFirst = OTHERS_FIRST;
    private long lost;

    /** Starts it; it asks at once. */
    @SuppressWarnings("MustBeClosedChecker")
    AnswerListener(Bench bench, long expected) throws IOException {
        this.bench = bench;
        this.expected = expected;
        config =
                new NodeConfig(bench, "listener")
                        .oppositeInLab()
                        .bulkPace(1)
                        .capacity(expected + expected / 10 + OTHERS);
        others =
                Child.start(
                        bench, bench.lab().in("b"), ChildKind.LOAD, Lab.DEVICE, Lab.LOAD, Lab.NODE);
        daemon = Child.daemon(bench, bench.lab().in("a"), config);
        states = new Gauge(config, "states");
        completed = new Gauge(config, "bench/bulk-updates-completed");
        deleted = new Gauge(config, "deleted");
    }

    Child daemon() {
        return daemon;
    }

    /** States of the last answer that never arrived. */
    long lost() {
        return lost;
    }

    /** Asks for the whole table. */
    void ask() throws IOException {
        try (ControlClient client = new ControlClient(config.runDir().resolve("control"))) {
            client.ask(new Request("sync", true, 0, "bench", StateFilter.ANY));
            client.line();
        }
    }

    /** Hears an answer: states a second, from the first that it has to the last. */
    double hear() throws IOException {
        bench.await("the first state of an answer", () -> states.value() > 0);
        long had = states.value();
        long startNs = System.nanoTime();
        long changedNs = startNs;
        long last = had;
        while (last < expected && System.nanoTime() - changedNs < STILL_NS) {
            bench.pause(1);
            long now = states.value();
            if (now != last) {
                last = now;
                changedNs = System.nanoTime();
            }
        }
        lost = expected - last;
        return (last - had) / ((changedNs - startNs) / NS_PER_S);
    }

    /** Waits until it has everything and the answer's end: after a loss, that of another answer. */
    void awaitDone(long completedBefore) throws IOException {
        bench.await(
                "an answer's end and all its states",
                () -> states.value() >= expected && completed.value() > completedBefore);
    }

    /** Bulk updates that ended well. */
    long completed() {
        return completed.value();
    }

    /**
     * Makes it forget what it has, as if never heard. A listener that loses packets meanwhile asks
     * for the table by itself and is filled again: then it has to forget once more.
     *
     * @throws IOException if it was filled again each time.
     */
    void empty() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            bench.await("a listener in sync", this::isInSync);
            others.ask("clear 0 " + Dialect.V1301);
            bench.await("a cleared listener", () -> states.value() == 0 || !isInSync());
            comeAndGo();
            bench.pause(DROPS_SEEN_MS);
            bench.await("a listener in sync", this::isInSync);
            if (states.value() == 0) {
                return;
            }
        }
        throw new IOException(
                "the listener has "
                        + states.value()
                        + " states after "
                        + TRIES
                        + " clears: it loses packets each time; see socket-drops of pfsyncd stats,"
                        + " and what else runs on this machine");
    }

    private boolean isInSync() throws IOException {
        try (ControlClient client = new ControlClient(config.runDir().resolve("control"))) {
            client.ask(new Request("status", true, 0, "", StateFilter.ANY));
            return client.line().contains("\"in_sync\":true");
        }
    }

    /** Other states come and go, so many that it remembers none of those that went before. */
    private void comeAndGo() throws IOException {
        long wanted = deleted.value() + OTHERS;
        for (int i = 0; i < TRIES && deleted.value() < wanted; i++) {
            othersFirst += OTHERS; // never the same: a tombstone would keep them out
            flood(MessageKind.INS);
            flood(MessageKind.DEL_C);
            flood(MessageKind.DEL_C); // What was lost of the first would stay.
            awaitJournal();
        }
        if (deleted.value() < wanted) {
            throw new IOException(
                    "of "
                            + OTHERS
                            + " states "
                            + (wanted - deleted.value())
                            + " did not come and go in "
                            + TRIES
                            + " floods: the listener loses packets; see what else runs on this"
                            + " machine");
        }
    }

    private void flood(MessageKind kind) throws IOException {
        others.ask(
                String.join(
                        " ",
                        "flood 0",
                        Dialect.V1301.name(),
                        Integer.toString(MTU),
                        kind.name(),
                        Long.toString(othersFirst),
                        Integer.toString(OTHERS),
                        Double.toString(OTHERS_RATE),
                        "0"));
        bench.pause(20);
    }

    private void awaitJournal() throws IOException {
        bench.await(
                "the listener's journal",
                () ->
                        Bench.counter(config, "journal-sequence")
                                == Bench.counter(config, "journal-appended"));
    }

    @Override
    public void close() {
        states.close();
        completed.close();
        deleted.close();
        daemon.close();
        others.close();
    }
}
