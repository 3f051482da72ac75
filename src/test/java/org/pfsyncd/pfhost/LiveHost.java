package org.pfsyncd.pfhost;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.NetworkNamespaces;

/**
 * A scripted host on a real segment: raw sockets, real time, a thread of its own in a network
 * namespace. That thread owns host and {@link Heard}; others give it work ({@link #ask}).
 */
public final class LiveHost implements AutoCloseable {
    private static final long PAUSE_NS = 200_000;
    private static final long PATIENCE_S = 10;

    private final BlockingQueue<Runnable> wishes = new LinkedBlockingQueue<>();
    private final Heard heard = new Heard();
    private final PfHostSettings settings;
    private final CompletableFuture<Void> life;
    private volatile boolean isOver;
    private PfHost host;

    /** Is there, but not up: see {@link PfHost#up} and {@link PfHost#upInSync}. */
    public LiveHost(String namespace, String interfaceName, PfHostSettings settings) {
        this.settings = settings;
        life = NetworkNamespaces.inside(namespace, () -> live(interfaceName));
    }

    private Void live(String interfaceName) {
        PortConfig config = PortConfig.pfsync(interfaceName, PortConfig.PFSYNC_GROUP, null);
        try (SocketPort port = SocketPort.open(config)) {
            Talk talk = new Talk(port, System::nanoTime).countOnly().hearing(heard);
            host = new PfHost(settings, talk, System.nanoTime());
            while (!isOver) {
                for (Runnable wish = wishes.poll(); wish != null; wish = wishes.poll()) {
                    wish.run();
                }
                host.work(System.nanoTime());
                Await.pause(PAUSE_NS);
            }
        }
        return null;
    }

    /** Something that its thread finds out or does; waits for the result. */
    public <T> T ask(Function<PfHost, T> what) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        wishes.add(() -> answer.complete(what.apply(host)));
        try {
            CompletableFuture.anyOf(answer, life)
                    .get(PATIENCE_S, java.util.concurrent.TimeUnit.SECONDS);
            return answer.getNow(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(settings.name + " does not answer", e);
        }
    }

    /** As {@link #ask} where nothing is to be known. */
    public void tell(Consumer<PfHost> what) {
        ask(
                asked -> {
                    what.accept(asked);
                    return true;
                });
    }

    /** What arrived so far, asked on its thread. */
    public <T> T askHeard(Function<Heard, T> what) {
        return ask(asked -> what.apply(heard));
    }

    /** Off at once, as by the mains switch: nothing is said. */
    @Override
    public void close() {
        isOver = true;
        try {
            NetworkNamespaces.await(life, PATIENCE_S);
        } catch (Exception e) {
            throw new AssertionError(settings.name + " does not end", e);
        }
    }
}
