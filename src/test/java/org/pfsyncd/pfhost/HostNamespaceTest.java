package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.support.NetworkNamespaces;

/** Two scripted hosts over real raw sockets and a veth pair. */
@Tag("privileged")
@Tag("apart")
class HostNamespaceTest {
    private static final int FLOWS = 50;
    private static final long PATIENCE_NS = 10_000_000_000L;

    @Test
    @Timeout(value = 40, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldSynchroniseOverARealSegment() throws Exception {
        try (NetworkNamespaces namespaces = NetworkNamespaces.create()) {
            CompletableFuture<Boolean> isDone = new CompletableFuture<>();
            CompletableFuture<Integer> holder =
                    NetworkNamespaces.inside(
                            namespaces.nameA(), () -> live(1, false, host -> isDone::isDone));
            CompletableFuture<Integer> booted =
                    NetworkNamespaces.inside(
                            namespaces.nameB(),
                            () ->
                                    live(
                                            2,
                                            true,
                                            host ->
                                                    () ->
                                                            host.states().size() >= 2 * FLOWS
                                                                    && !host.isAsking()));
            try {
                assertEquals(2 * FLOWS, NetworkNamespaces.await(booted, 20));
            } finally {
                isDone.complete(true);
            }
            assertEquals(2 * FLOWS, NetworkNamespaces.await(holder, 20));
        }
    }

    /** When a host has done what it was for. */
    private interface End {
        BooleanSupplier of(PfHost host);
    }

    private static int live(int hostId, boolean isBooting, End end) {
        try (SocketPort port =
                SocketPort.open(
                        PortConfig.pfsync(
                                NetworkNamespaces.INTERFACE, PortConfig.PFSYNC_GROUP, null))) {
            PfHostSettings settings = PfHostSettings.of("host", PfSystem.FREEBSD_14);
            PfHost host = new PfHost(settings.hostId(hostId), port, System.nanoTime());
            if (isBooting) {
                host.up();
            } else {
                host.upInSync();
                for (int i = 0; i < FLOWS; i++) {
                    host.packet(
                            Flow.udp("10.1.0.10", 1000 + i, "10.2.0.10", 53),
                            Segment.datagram(true, 10));
                }
            }
            BooleanSupplier isOver = end.of(host);
            long deadlineNs = System.nanoTime() + PATIENCE_NS;
            while (!isOver.getAsBoolean() && System.nanoTime() - deadlineNs < 0) {
                host.work(System.nanoTime());
                Thread.onSpinWait();
            }
            return host.states().size();
        }
    }
}
