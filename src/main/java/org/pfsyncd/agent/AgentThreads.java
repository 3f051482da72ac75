package org.pfsyncd.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.status.AtomicCounter;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.NodeCounter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a running daemon: one an agent, or one for all, and the janitor's. Started and
 * stopped by the daemon's thread.
 */
final class AgentThreads implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentThreads.class);

    /** Between rounds of the janitor that found something to do. */
    private static final long JANITOR_PAUSE_MS = 5;

    /** And after one that found nothing: each round takes a core for tens of microseconds. */
    private static final long JANITOR_REST_MS = 20;

    private static final long JANITOR_JOIN_SECONDS = 2;

    private final String idle;
    private final CounterSet<NodeCounter> counters;
    private final List<AgentRunner> runners = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Thread janitor;

    /**
     * @param idle strategy of the configuration; with fewer cores than spinning agents the rest
     *     backs off.
     */
    AgentThreads(String idle, CounterSet<NodeCounter> counters) {
        this.idle = idle;
        this.counters = counters;
    }

    void start(List<Agent> agents, IntSupplier janitorStep) {
        janitor = new Thread(() -> runJanitor(janitorStep), "janitor");
        janitor.start();
        for (Agent agent : agents) {
            runners.add(runner(agent));
        }
        runners.forEach(AgentRunner::startOnThread);
        int cores = Runtime.getRuntime().availableProcessors();
        if (idle.equals("busy-spin") && agents.size() >= cores) {
            LOGGER.warn(
                    "busy-spin refused spinning_agents={} cores={} action=backoff-used",
                    agents.size(),
                    cores);
        }
    }

    boolean isStarted() {
        return janitor != null;
    }

    private AgentRunner runner(Agent agent) {
        boolean hasCore = runners.size() + 1 < Runtime.getRuntime().availableProcessors();
        String strategy = idle.equals("busy-spin") && !hasCore ? "backoff" : idle;
        AtomicCounter noCounter = null;
        return new AgentRunner(Settings.idle(strategy), this::onError, noCounter, agent);
    }

    private void onError(Throwable error) {
        counters.increment(NodeCounter.ERRORS);
        LOGGER.error(
                "unexpected error=\"{}\" action=report-it-with-this-trace",
                error.toString(),
                error);
    }

    private void runJanitor(IntSupplier step) {
        try {
            long pauseMs = JANITOR_PAUSE_MS;
            while (!stopped.await(pauseMs, TimeUnit.MILLISECONDS)) {
                pauseMs = step.getAsInt() > 0 ? JANITOR_PAUSE_MS : JANITOR_REST_MS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The agents close on their own threads, then the janitor ends. */
    @Override
    public void close() {
        runners.forEach(AgentRunner::close);
        stopped.countDown();
        if (janitor != null) {
            try {
                janitor.join(TimeUnit.SECONDS.toMillis(JANITOR_JOIN_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
