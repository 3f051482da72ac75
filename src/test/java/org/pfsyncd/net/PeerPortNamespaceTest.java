package org.pfsyncd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.FrameLog;
import org.pfsyncd.support.NetworkNamespaces;

/** The peer port from one namespace to another over veth: raw and UDP, IPv4 and IPv6. */
@Tag("privileged")
@Tag("apart")
class PeerPortNamespaceTest {
    private static final int PROTOCOL = 253;
    private static final int PORT = 4_754;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int EPERM = 1;

    private final FrameLog log = new FrameLog();
    private NetworkNamespaces namespaces;

    /** Both ends of one kind of carrier, and a lane from the first to the second. */
    private final class Pair implements AutoCloseable {
        final SocketPeerPort a;
        final SocketPeerPort b;
        final Lane toB;

        Pair(int protocol, int family, boolean isOffloading) throws Exception {
            // fe80::9 is not the only link-local address.
            String local = family == 4 ? NetworkNamespaces.ADDRESS_A : "fe80::9";
            a = open(namespaces.nameA(), config(protocol, family, local), isOffloading);
            b = open(namespaces.nameB(), config(protocol, family, null), true);
            toB = a.lane(family == 4 ? NetworkNamespaces.ADDRESS_B : "fe80::3");
            sendUntilHeard(toB, b, "ready");
            log.frames.clear();
        }

        @Override
        public void close() {
            a.close();
            b.close();
        }
    }

    @BeforeEach
    void join() throws IOException {
        namespaces = NetworkNamespaces.create();
    }

    @AfterEach
    void leave() throws IOException {
        if (namespaces != null) {
            namespaces.close();
        }
    }

    private static PeerPortConfig config(int protocol, int family, String local) {
        String name = NetworkNamespaces.INTERFACE;
        return new PeerPortConfig(protocol, PORT, local, name, 0, family, BUFFER_BYTES);
    }

    /** The socket stays in the namespace in which it was opened. */
    private static SocketPeerPort open(
            String namespace, PeerPortConfig config, boolean isOffloading) throws Exception {
        return in(namespace, () -> SocketPeerPort.open(config, isOffloading));
    }

    private static <T> T in(String namespace, Callable<T> task) throws Exception {
        return NetworkNamespaces.await(NetworkNamespaces.inside(namespace, task), 20);
    }

    /** Sends until heard: an interface that came up a moment ago may still lose frames. */
    private void sendUntilHeard(Lane lane, PeerPort to, String text) {
        UnsafeBuffer frame = FrameLog.frame(text);
        assertTrue(
                Await.until(
                        5_000,
                        () -> {
                            lane.send(frame, 0, frame.capacity());
                            to.poll(log, 1_000);
                            return log.texts().contains(text);
                        }),
                text + " was not heard; heard " + log.texts());
        Await.until(50, () -> to.poll(log, 1_000) == 0);
    }

    /** Polls until that many were heard, and a little longer for what should not come. */
    private void hear(PeerPort port, int count) {
        Await.until(5_000, () -> port.poll(log, 7) >= 0 && log.frames.size() >= count);
        Await.until(30, () -> port.poll(log, 7) > 0);
        assertEquals(count, log.frames.size());
    }

    @Test
    void shouldCarryRawIpv4() throws Exception {
        shouldCarry(PROTOCOL, 4, 1_480);
    }

    @Test
    void shouldCarryRawIpv6() throws Exception {
        shouldCarry(PROTOCOL, 6, 1_460);
    }

    @Test
    void shouldCarryUdpOverIpv4() throws Exception {
        shouldCarry(0, 4, 1_472);
    }

    @Test
    void shouldCarryUdpOverIpv6() throws Exception {
        shouldCarry(0, 6, 1_452);
    }

    private void shouldCarry(int protocol, int family, int frameLimit) throws Exception {
        try (Pair pair = new Pair(protocol, family, true)) {
            assertEquals(frameLimit, pair.toB.frameLimit());
            UnsafeBuffer frame = new UnsafeBuffer(new byte[frameLimit + 1]);
            for (int i = 0; i < 64; i++) {
                assertEquals(frameLimit, pair.toB.queue(frame, 0, frameLimit));
            }
            assertEquals(64, pair.toB.flush());
            hear(pair.b, 64);
            for (FrameLog.Frame heard : log.frames) {
                assertEquals(frameLimit, heard.length(), "without IP and UDP header");
                assertEquals(255, heard.ttl());
                assertEquals(family, heard.af());
                assertEquals(heard.expectedInterfaceIndex(), heard.interfaceIndex());
            }
            assertEquals(
                    family == 4
                            ? "0a000009000000000000000000000000"
                            : "fe800000000000000000000000000009",
                    log.last().source());
            assertEquals(0, pair.b.drops());
            assertEquals(0, pair.a.poll(log, 10), "the sender does not hear itself");

            log.frames.clear();
            assertEquals(-LibcSockets.EMSGSIZE, pair.toB.send(frame, 0, frameLimit + 1));
            shouldSendWhatIsBehindWhatIsTooLong(pair, frameLimit);
        }
    }

    /** A run of which only the shorter last fits, and one after it that fits. */
    private void shouldSendWhatIsBehindWhatIsTooLong(Pair pair, int frameLimit) {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[frameLimit + 1]);
        for (int length : new int[] {frameLimit + 1, frameLimit + 1, 10, 9, 9}) {
            pair.toB.queue(frame, 0, length);
        }
        assertEquals(3, pair.toB.flush());
        hear(pair.b, 3);
        assertEquals(List.of(10, 9, 9), log.frames.stream().map(FrameLog.Frame::length).toList());
        pair.toB.queue(frame, 0, frameLimit + 1);
        assertEquals(-LibcSockets.EMSGSIZE, pair.toB.flush());
    }

    @Test
    void shouldWalkTheStackOnceForARunOverIpv4() throws Exception {
        shouldWalkTheStack(4, true, 1);
        shouldWalkTheStack(4, false, 64);
    }

    @Test
    void shouldWalkTheStackOnceForARunOverIpv6() throws Exception {
        shouldWalkTheStack(6, true, 1);
        shouldWalkTheStack(6, false, 64);
    }

    private void shouldWalkTheStack(int family, boolean isOffloading, int times) throws Exception {
        try (Pair pair = new Pair(0, family, isOffloading)) {
            long sentBefore = datagrams(namespaces.nameA(), family, "Out");
            long heardBefore = datagrams(namespaces.nameB(), family, "In");
            UnsafeBuffer frame = new UnsafeBuffer(new byte[1_000]);
            for (int i = 0; i < 64; i++) {
                pair.toB.queue(frame, 0, 1_000);
            }
            assertEquals(64, pair.toB.flush());
            hear(pair.b, 64);
            assertEquals(times, datagrams(namespaces.nameA(), family, "Out") - sentBefore);
            assertEquals(times, datagrams(namespaces.nameB(), family, "In") - heardBefore);
            log.frames.clear();
        }
    }

    /** Datagrams that UDP of a namespace has sent or received, as the kernel counts them. */
    private static long datagrams(String namespace, int family, String way) throws Exception {
        String directory = "/proc/thread-self/net/";
        if (family == 6) {
            String all = in(namespace, () -> Files.readString(Path.of(directory, "snmp6")));
            return all.lines()
                    .filter(line -> line.startsWith("Udp6" + way + "Datagrams"))
                    .mapToLong(
                            line ->
                                    Long.parseLong(
                                            line.substring(line.lastIndexOf(' ') + 1).strip()))
                    .sum();
        }
        String all = in(namespace, () -> Files.readString(Path.of(directory, "snmp")));
        List<String[]> lines =
                all.lines()
                        .filter(line -> line.startsWith("Udp:"))
                        .map(line -> line.split(" ", -1))
                        .toList();
        int column = Arrays.asList(lines.get(0)).indexOf(way + "Datagrams");
        return Long.parseLong(lines.get(1)[column]);
    }

    @Test
    void shouldFollowTheRouteWithoutAnInterface() throws Exception {
        PeerPortConfig config =
                new PeerPortConfig(
                        PROTOCOL, 0, NetworkNamespaces.ADDRESS_A, null, 0, 4, BUFFER_BYTES);
        PeerPortConfig any = new PeerPortConfig(PROTOCOL, 0, null, null, 0, 4, BUFFER_BYTES);
        try (SocketPeerPort a = open(namespaces.nameA(), config, true);
                SocketPeerPort b = open(namespaces.nameB(), any, true)) {
            Lane lane = a.lane(NetworkNamespaces.ADDRESS_B);
            sendUntilHeard(lane, b, "routed");
            assertEquals(1_480, lane.frameLimit());
            int unreachable = a.lane("192.0.2.1").send(FrameLog.frame("x"), 0, 1);
            assertTrue(unreachable < -EPERM, "no route: errno " + -unreachable);

            // Bound to no interface, the socket outlives this one.
            namespaces.recreateInterface();
            assertFalse(in(namespaces.nameA(), a::checkInterface));
            sendUntilHeard(lane, b, "routed again");
        }
    }

    @Test
    void shouldLearnAnMtuThatWasChanged() throws Exception {
        try (Pair pair = new Pair(0, 4, true)) {
            NetworkNamespaces.setLink(namespaces.nameA(), "mtu", "1400");
            assertFalse(in(namespaces.nameA(), pair.a::checkInterface));
            assertEquals(1_372, pair.toB.frameLimit());
            shouldSendWhatIsBehindWhatIsTooLong(pair, 1_372);
        }
    }

    @Test
    void shouldHearAndSendAgainAfterTheInterfaceWasCreatedAnew() throws Exception {
        for (int protocol : new int[] {PROTOCOL, 0}) {
            for (int family : new int[] {4, 6}) {
                try (Pair pair = new Pair(protocol, family, true)) {
                    namespaces.deleteInterface();
                    assertFalse(in(namespaces.nameA(), pair.a::checkInterface));
                    assertFalse(pair.a.isUp());
                    assertTrue(pair.a.downReason().endsWith("create it"), pair.a.downReason());
                    assertEquals(-LibcSockets.ENETDOWN, pair.toB.send(FrameLog.frame("x"), 0, 1));
                    namespaces.createInterface();
                    assertTrue(in(namespaces.nameA(), pair.a::checkInterface));
                    assertFalse(in(namespaces.nameA(), pair.a::checkInterface), "once");
                    assertTrue(in(namespaces.nameB(), pair.b::checkInterface));
                    sendUntilHeard(pair.toB, pair.b, "again " + protocol + " " + family);
                }
            }
        }
    }

    /**
     * While two lanes send without a pause, the interface goes and comes and other sockets take
     * every number that becomes free: not one frame may leave by way of those.
     */
    @Test
    void shouldNotSendByAnotherSocketWhileOpenedAnew() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger sent = new AtomicInteger();
        try (Pair pair = new Pair(0, 4, true);
                SocketPeerPort witness = open(namespaces.nameB(), witnessConfig(), true)) {
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Lane lane = pair.a.lane(NetworkNamespaces.ADDRESS_B);
                senders.add(CompletableFuture.runAsync(() -> sendUntil(isOver, lane, sent)));
            }
            try {
                for (int i = 0; i < 4; i++) {
                    namespaces.recreateInterface();
                    in(namespaces.nameB(), pair.b::checkInterface);
                    in(namespaces.nameB(), witness::checkInterface);
                    in(namespaces.nameA(), () -> openManyWhileChecking(pair.a));
                    int before = sent.get();
                    assertTrue(Await.until(5_000, () -> sent.get() > before + 100), "sends on");
                    pair.b.poll((buffer, offset, length, info) -> {}, 100_000);
                }
            } finally {
                isOver.set(true);
                for (CompletableFuture<Void> sender : senders) {
                    sender.get(5, TimeUnit.SECONDS);
                }
            }
            log.frames.clear();
            witness.poll(log, 10);
            assertEquals(List.of(), log.texts(), "by a raw socket of another protocol");
            sendUntilHeard(pair.toB, pair.b, "still right");
        }
    }

    /** Hears what would be sent on a descriptor that now belongs to a socket of protocol 253. */
    private static PeerPortConfig witnessConfig() {
        return config(PROTOCOL, 4, null);
    }

    private static boolean openManyWhileChecking(SocketPeerPort port) {
        List<SocketPeerPort> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                strangers.add(SocketPeerPort.open(witnessConfig()));
            }
            boolean result = port.checkInterface();
            for (int i = 0; i < 20; i++) {
                strangers.add(SocketPeerPort.open(witnessConfig()));
            }
            return result;
        } finally {
            strangers.forEach(SocketPeerPort::close);
        }
    }

    private static void sendUntil(AtomicBoolean isOver, Lane lane, AtomicInteger sent) {
        UnsafeBuffer frame = FrameLog.frame("astray?");
        while (!isOver.get()) {
            lane.queue(frame, 0, 7);
            lane.queue(frame, 0, 7);
            sent.addAndGet(Math.max(0, lane.flush()));
            sent.addAndGet(lane.send(frame, 0, 7) > 0 ? 1 : 0);
        }
    }
}
