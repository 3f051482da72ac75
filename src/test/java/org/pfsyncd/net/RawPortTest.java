package org.pfsyncd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pfsyncd.os.ForgingSender;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.support.FrameLog;
import org.pfsyncd.support.NetworkNamespaces;

/** The port over real raw sockets of protocol 240, from one namespace to another over veth. */
@Tag("privileged")
class RawPortTest {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final String GROUP_6 = "ff12::f0";
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private final FrameLog log = new FrameLog();
    private NetworkNamespaces namespaces;

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

    private static PortConfig config(String destination, int bufferBytes) {
        return new PortConfig(
                PortConfig.PFSYNC, NetworkNamespaces.INTERFACE, destination, null, 0, bufferBytes);
    }

    /** The socket stays in the namespace in which it was opened. */
    private static SocketPort open(String namespace, String destination) throws Exception {
        return open(namespace, config(destination, BUFFER_BYTES));
    }

    private static SocketPort open(String namespace, PortConfig config) throws Exception {
        return in(namespace, () -> SocketPort.open(config));
    }

    private static <T> T in(String namespace, Callable<T> task) throws Exception {
        return NetworkNamespaces.await(NetworkNamespaces.inside(namespace, task), 20);
    }

    private static int send(SocketPort port, String text) {
        UnsafeBuffer frame = FrameLog.frame(text);
        return port.send(frame, 0, frame.capacity());
    }

    /** Polls until a frame with this text was heard; veth delivers within microseconds. */
    private FrameLog.Frame hear(SocketPort port, String text) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (System.nanoTime() - deadlineNs < 0) {
            port.poll(log, 1);
            if (!log.frames.isEmpty() && log.last().text().equals(text)) {
                return log.last();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError(text + " was not heard; heard " + log.texts());
    }

    /** Sends until heard: an interface that came up a moment ago may still lose frames. */
    private FrameLog.Frame sendUntilHeard(SocketPort from, SocketPort to, String text) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (System.nanoTime() - deadlineNs < 0) {
            send(from, text);
            to.poll(log, 10);
            if (!log.frames.isEmpty() && log.last().text().equals(text)) {
                return log.last();
            }
        }
        throw new AssertionError(text + " was not heard; heard " + log.texts());
    }

    @Test
    void shouldCarryTheGroupOverIpv4() throws Exception {
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP);
                SocketPort b = open(namespaces.nameB(), PortConfig.PFSYNC_GROUP)) {
            assertEquals(5, send(a, "hello"));

            FrameLog.Frame heard = hear(b, "hello");
            assertEquals(5, heard.length(), "without its IP header");
            assertEquals(255, heard.ttl());
            assertEquals(4, heard.af());
            assertEquals("0a000009000000000000000000000000", heard.source());
            assertEquals("e00000f0000000000000000000000000", heard.destination());
            assertEquals(b.interfaceIndex(), heard.interfaceIndex());
            assertEquals(b.interfaceIndex(), heard.expectedInterfaceIndex());
            assertEquals(1500, a.mtu());
            assertEquals(0, a.poll(log, 10), "the sender does not hear itself");
        }
    }

    @Test
    void shouldCarryTheGroupOverIpv6() throws Exception {
        try (SocketPort a = open(namespaces.nameA(), GROUP_6);
                SocketPort b = open(namespaces.nameB(), GROUP_6)) {
            FrameLog.Frame heard = sendUntilHeard(a, b, "six");

            assertEquals(255, heard.ttl());
            assertEquals(6, heard.af());
            assertEquals("fe800000000000000000000000000009", heard.source());
            assertEquals("ff1200000000000000000000000000f0", heard.destination());
            assertEquals(b.interfaceIndex(), heard.interfaceIndex());
        }
    }

    @Test
    void shouldCarryUnicastOfBothFamilies() throws Exception {
        try (SocketPort a = open(namespaces.nameA(), NetworkNamespaces.ADDRESS_B);
                SocketPort b = open(namespaces.nameB(), NetworkNamespaces.ADDRESS_A);
                SocketPort a6 = open(namespaces.nameA(), "fe80::3");
                SocketPort b6 = open(namespaces.nameB(), "fe80::9")) {
            assertEquals(4, send(a, "four"));
            assertEquals(255, hear(b, "four").ttl());
            assertEquals("0a000003000000000000000000000000", log.last().destination());

            assertEquals(255, sendUntilHeard(a6, b6, "six").ttl());
            assertEquals("fe800000000000000000000000000003", log.last().destination());
        }
    }

    @Test
    void shouldNotHearAGroupThatWasNotJoined() throws Exception {
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP);
                SocketPort stranger = open(namespaces.nameB(), NetworkNamespaces.ADDRESS_A);
                SocketPort member = open(namespaces.nameB(), PortConfig.PFSYNC_GROUP)) {
            send(a, "group");
            hear(member, "group");
            assertEquals(0, stranger.poll(log, 10));
        }
    }

    @Test
    void shouldSeeATtlThatWasLowered() throws Exception {
        shouldSeeTtl(PortConfig.PFSYNC_GROUP);
    }

    @Test
    void shouldSeeAHopLimitThatWasLowered() throws Exception {
        shouldSeeTtl(GROUP_6);
    }

    private void shouldSeeTtl(String group) throws Exception {
        try (SocketPort a = open(namespaces.nameA(), group);
                SocketPort b = open(namespaces.nameB(), group);
                ForgingSender forger = in(namespaces.nameA(), () -> forger(group))) {
            assertEquals(255, sendUntilHeard(a, b, "honest").ttl());
            for (int ttl : new int[] {254, 1, 255}) {
                forger.send(ttl, FrameLog.frame("ttl" + ttl));
                assertEquals(ttl, hear(b, "ttl" + ttl).ttl());
            }
        }
    }

    private static ForgingSender forger(String group) {
        return new ForgingSender(PortConfig.PFSYNC, NetworkNamespaces.INTERFACE, group);
    }

    @Test
    void shouldRefuseMoreThanTheMtuAndSendWhatIsBehindIt() throws Exception {
        UnsafeBuffer large = new UnsafeBuffer(new byte[1481]);
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP);
                SocketPort b = open(namespaces.nameB(), PortConfig.PFSYNC_GROUP)) {
            assertEquals(1480, a.send(large, 0, 1480), "with its IP header exactly the MTU");
            assertEquals(-LibcSockets.EMSGSIZE, a.send(large, 0, 1481));

            a.queue(large, 0, 1481);
            assertEquals(-LibcSockets.EMSGSIZE, a.flush());

            a.queue(FrameLog.frame("before"), 0, 6);
            a.queue(large, 0, 1481);
            a.queue(FrameLog.frame("after"), 0, 5);
            assertEquals(2, a.flush());
            hear(b, "after");
            assertTrue(log.texts().contains("before"));
        }
    }

    @Test
    void shouldLearnAnMtuThatWasChanged() throws Exception {
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP)) {
            NetworkNamespaces.setLink(namespaces.nameA(), "mtu", "1400");
            assertFalse(in(namespaces.nameA(), a::checkInterface));
            assertEquals(1400, a.mtu());
        }
    }

    @Test
    void shouldCountWhatATinyBufferDropped() throws Exception {
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP);
                SocketPort tiny =
                        open(namespaces.nameB(), config(PortConfig.PFSYNC_GROUP, 4_096))) {
            assertEquals(0, tiny.drops());
            UnsafeBuffer frame = new UnsafeBuffer(new byte[1_000]);
            for (int i = 0; i < 500; i++) {
                assertEquals(1_000, a.send(frame, 0, 1_000));
            }
            int heard = 0;
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (heard + tiny.drops() < 500 && System.nanoTime() - deadlineNs < 0) {
                heard += tiny.poll(log, 1_000);
            }
            assertTrue(heard > 0 && heard < 500, "heard " + heard);
            assertEquals(500, heard + tiny.drops());
        }
    }

    @Test
    void shouldHearAgainAfterTheInterfaceWasCreatedAnew() throws Exception {
        String nameB = namespaces.nameB();
        try (SocketPort b = open(nameB, PortConfig.PFSYNC_GROUP)) {
            int before = b.interfaceIndex();
            assertFalse(in(nameB, b::checkInterface));

            namespaces.recreateInterface();
            assertTrue(in(nameB, b::checkInterface));
            assertFalse(in(nameB, b::checkInterface), "once");
            assertTrue(b.isUp());
            assertNotEquals(before, b.interfaceIndex());
            try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP)) {
                FrameLog.Frame heard = sendUntilHeard(a, b, "again");
                assertEquals(b.interfaceIndex(), heard.interfaceIndex());
            }
        }
    }

    @Test
    void shouldWaitForAnInterfaceThatIsGone() throws Exception {
        String nameB = namespaces.nameB();
        try (SocketPort b = open(nameB, PortConfig.PFSYNC_GROUP)) {
            namespaces.deleteInterface();
            assertFalse(in(nameB, b::checkInterface));
            assertFalse(b.isUp());
            assertEquals(-LibcSockets.ENETDOWN, send(b, "x"));

            namespaces.createInterface();
            assertTrue(in(nameB, b::checkInterface));
            try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP)) {
                sendUntilHeard(a, b, "back");
            }
        }
    }

    @Test
    void shouldKeepItsMembershipWhileTheInterfaceIsDown() throws Exception {
        String nameB = namespaces.nameB();
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP);
                SocketPort b = open(nameB, PortConfig.PFSYNC_GROUP)) {
            NetworkNamespaces.setLink(nameB, "down");
            assertTrue(send(b, "x") < 0, "an errno, not an exception");
            assertFalse(in(nameB, b::checkInterface), "the interface is still the same");

            NetworkNamespaces.setLink(nameB, "up");
            sendUntilHeard(a, b, "up again");
        }
    }

    @Test
    void shouldOpenOnAnInterfaceThatIsDown() throws Exception {
        String nameB = namespaces.nameB();
        NetworkNamespaces.setLink(nameB, "down");
        try (SocketPort a = open(namespaces.nameA(), PortConfig.PFSYNC_GROUP);
                SocketPort b = open(nameB, PortConfig.PFSYNC_GROUP)) {
            NetworkNamespaces.setLink(nameB, "up");
            in(nameB, b::checkInterface);
            sendUntilHeard(a, b, "up");
        }
    }

    @Test
    void shouldKeepTwoEndsOfLoopbackApart() throws Exception {
        String name = namespaces.nameA();
        try (SocketPort one = open(name, loopback("127.0.0.1", "127.0.0.2"));
                SocketPort two = open(name, loopback("127.0.0.2", "127.0.0.1"))) {
            assertEquals(3, send(one, "ing"));
            assertEquals("7f000001000000000000000000000000", hear(two, "ing").source());
            assertEquals(0, one.poll(log, 10), "bound to another address");

            assertEquals(4, send(two, "pong"));
            assertEquals("7f000002000000000000000000000000", hear(one, "pong").source());
        }
    }

    private static PortConfig loopback(String local, String destination) {
        return new PortConfig(PortConfig.PFSYNC, "lo", destination, local, 0, BUFFER_BYTES);
    }

    @Test
    void shouldSayWhichRightIsMissing() throws Exception {
        assumeTrue(Files.isExecutable(SETPRIV), "skipped: no " + SETPRIV);
        Process unprivileged =
                new ProcessBuilder(
                                SETPRIV.toString(),
                                "--bounding-set=-net_raw",
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-Xmx64m",
                                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Opener.class.getName())
                        .start();
        try {
            assertEquals(
                    "raw socket refused (EPERM): grant CAP_NET_RAW, or start through"
                            + " ops/pfsyncd.service",
                    unprivileged.inputReader().readLine());
        } finally {
            unprivileged.destroyForcibly();
        }
    }

    /** Another process, without the right to raw sockets: prints why it cannot have one. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) {
            try {
                SocketPort.open(loopback("127.0.0.1", "127.0.0.2")).close();
                System.out.println("opened");
            } catch (PortException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
