package org.pfsyncd.agent;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * Offers commands to the sync agent and waits for their answers. Any thread but the sync agent's;
 * bounded, and a full queue or a late answer is an exception that says so.
 */
public final class SyncCommands {
    private static final int QUEUE_LIMIT = 64;
    private static final long ANSWER_SECONDS = 5;

    private final ManyToOneConcurrentArrayQueue<SyncCommand> queue =
            new ManyToOneConcurrentArrayQueue<>(QUEUE_LIMIT);

    /** Runs {@code question} on the sync agent's thread and returns its answer. */
    public <T> T ask(Function<SyncAgent, T> question) throws TimeoutException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean isOffered = queue.offer((agent, nowNs, nowMs) -> complete(answer, question, agent));
        if (!isOffered) {
            throw new TimeoutException(
                    "the sync agent has " + QUEUE_LIMIT + " commands waiting; try again");
        }
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("interrupted while waiting for the sync agent");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException bad) {
                throw bad;
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new TimeoutException(
                    "the sync agent did not answer within " + ANSWER_SECONDS + " s");
        }
    }

    private static <T> void complete(
            CompletableFuture<T> answer, Function<SyncAgent, T> question, SyncAgent agent) {
        try {
            answer.complete(question.apply(agent));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    /** By the sync agent: at most one command a cycle. */
    int drain(SyncAgent agent, long nowNs, long nowMs) {
        SyncCommand command = queue.poll();
        if (command == null) {
            return 0;
        }
        command.run(agent, nowNs, nowMs);
        return 1;
    }
}
