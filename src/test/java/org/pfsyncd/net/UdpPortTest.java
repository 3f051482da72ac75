package org.pfsyncd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.FrameLog;

/** The port over UDP on loopback, which needs no privilege: two ends, each an address of 127/8. */
class UdpPortTest {
    private static final int PORT = 24_000 + (int) (ProcessHandle.current().pid() % 8_000);
    private static final int BUFFER_BYTES = 1 << 17;

    private final SocketPort a = open("127.77.0.1", "127.77.0.2");
    private final SocketPort b = open("127.77.0.2", "127.77.0.1");
    private final FrameLog log = new FrameLog();

    private static SocketPort open(String local, String destination) {
        return SocketPort.open(new PortConfig(0, "lo", destination, local, PORT, BUFFER_BYTES));
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    @Test
    void shouldCarryAFrameWithItsTtlAndAddresses() {
        UnsafeBuffer frame = FrameLog.frame("..hello");
        assertEquals(5, a.send(frame, 2, 5));

        assertEquals(1, b.poll(log, 10));
        FrameLog.Frame heard = log.last();
        assertEquals("hello", heard.text());
        assertEquals(255, heard.ttl());
        assertEquals(4, heard.af());
        assertEquals("7f4d0001000000000000000000000000", heard.source());
        assertEquals("7f4d0002000000000000000000000000", heard.destination());
        assertEquals(b.interfaceIndex(), heard.interfaceIndex());
        assertEquals(heard.expectedInterfaceIndex(), heard.interfaceIndex());
        assertTrue(b.interfaceIndex() > 0);
        assertEquals(0, b.poll(log, 10));
    }

    @Test
    void shouldCarryAnEmptyFrameAndTheLongest() {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[65_536]);
        assertEquals(0, a.send(frame, 0, 0));
        assertEquals(65_507, a.send(frame, 0, 65_507), "65,535 less IP and UDP header");
        assertEquals(-LibcSockets.EMSGSIZE, a.send(frame, 0, 65_508));
        assertEquals(-LibcSockets.EMSGSIZE, a.send(frame, 0, 65_536), "beyond our slab");

        assertEquals(2, b.poll(log, 10));
        assertEquals(0, log.frames.get(0).length());
        assertEquals(65_507, log.last().length());
    }

    @Test
    void shouldPollNoMoreThanAskedAcrossBatches() {
        for (int i = 0; i < 70; i++) {
            a.send(FrameLog.frame("f" + i), 0, 2);
        }
        assertEquals(33, b.poll(log, 33), "one more than a batch");
        assertEquals(37, b.poll(log, 1_000));
        assertEquals(0, b.poll(log, 1_000));
    }

    @Test
    void shouldSendWhatWasQueuedInOrder() {
        for (int i = 0; i < 33; i++) {
            UnsafeBuffer frame = FrameLog.frame("q" + i);
            assertEquals(frame.capacity(), a.queue(frame, 0, frame.capacity()));
            assertEquals(i < 32 ? 0 : 32, b.poll(log, 100), "sent only when full, at " + i);
        }
        assertEquals(1, a.flush());
        assertEquals(0, a.flush(), "nothing left");
        b.poll(log, 100);
        assertEquals(IntStream.range(0, 33).mapToObj(i -> "q" + i).toList(), log.texts());
    }

    @Test
    void shouldNotLetALargeFrameOvertakeTheQueue() {
        UnsafeBuffer large = new UnsafeBuffer(new byte[20_000]);
        a.queue(FrameLog.frame("first"), 0, 5);
        assertEquals(20_000, a.queue(large, 0, 20_000));

        assertEquals(2, b.poll(log, 10));
        assertEquals("first", log.texts().get(0));
        assertEquals(20_000, log.last().length());
    }

    @Test
    void shouldCountWhatTheKernelDropped() {
        SocketPort tiny =
                SocketPort.open(new PortConfig(0, "lo", "127.77.0.4", "127.77.0.3", PORT, 4_096));
        try (tiny;
                SocketPort sender = open("127.77.0.4", "127.77.0.3")) {
            assertEquals(0, tiny.drops());
            UnsafeBuffer frame = new UnsafeBuffer(new byte[1_000]);
            for (int i = 0; i < 500; i++) {
                sender.send(frame, 0, 1_000);
            }
            int heard = tiny.poll(log, 1_000);
            assertTrue(heard > 0 && heard < 500, "heard " + heard);
            assertEquals(500, heard + tiny.drops());
        }
    }

    @Test
    void shouldStayDownAndSayErrnoWithoutItsInterface() {
        try (SocketPort port =
                SocketPort.open(
                        new PortConfig(0, "nosuch0", "127.77.0.2", null, PORT, BUFFER_BYTES))) {
            UnsafeBuffer frame = FrameLog.frame("x");
            assertFalse(port.isUp());
            assertEquals(0, port.interfaceIndex());
            assertEquals(-LibcSockets.ENETDOWN, port.send(frame, 0, 1));
            for (int i = 0; i < 100; i++) {
                assertEquals(-LibcSockets.ENETDOWN, port.queue(frame, 0, 1), "at " + i);
            }
            assertEquals(-LibcSockets.ENETDOWN, port.flush());
            assertEquals(0, port.poll(log, 10));
            assertEquals(0, port.drops());
            assertFalse(port.checkInterface());
        }
    }

    @Test
    void shouldStayDownWithoutItsAddress() {
        try (SocketPort port =
                SocketPort.open(
                        new PortConfig(0, "lo", "127.77.0.2", "192.0.2.1", PORT, BUFFER_BYTES))) {
            assertFalse(port.isUp());
            assertFalse(port.checkInterface());
        }
    }

    @Test
    void shouldKeepItsSocketWhileTheInterfaceIsTheSame() {
        assertTrue(a.isUp());
        assertFalse(a.checkInterface());
        assertTrue(a.isUp());
        assertEquals(65_536, a.mtu(), "of lo");
    }

    @Test
    void shouldWarnOfASmallBufferNamingTheSysctl() {
        assertEquals(null, a.bufferWarning());
        try (SocketPort port =
                SocketPort.open(
                        new PortConfig(
                                0, "lo", "127.77.0.6", "127.77.0.5", PORT, Integer.MAX_VALUE))) {
            // Even when forced the kernel grants at most half of what an int holds.
            assertTrue(
                    port.bufferWarning()
                            .endsWith(
                                    "wanted 2147483647: grant CAP_NET_ADMIN, or sysctl -w"
                                            + " net.core.rmem_max=2147483647"),
                    port.bufferWarning());
        }
    }

    @Test
    void shouldRefuseWhatIsNoAddressWithoutAskingANameServer() {
        for (String bad : new String[] {"localhost", "999.1.1.1", "", "10.0.0.2 ", "fe80::g"}) {
            PortException refusal =
                    assertThrows(PortException.class, () -> open("127.77.0.9", bad), bad);
            assertTrue(refusal.getMessage().startsWith(bad + " is not a numeric address"));
        }
        assertThrows(PortException.class, () -> open("127.77.0.9", "ff12::f0"), "two families");
    }

    @Test
    void shouldNotAllocateForAFrame() {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[300]);
        long[] bytes = new long[1];
        FrameHandler count = (buffer, offset, length, info) -> bytes[0] += length;
        // 50 windows of this length leave a compiler on a busy machine about five seconds.
        Allocation.assertNoneInSteadyState(
                10_000,
                () -> {
                    a.send(frame, 0, 300);
                    a.queue(frame, 0, 300);
                    a.flush();
                    b.poll(count, 64);
                    b.drops();
                });
        assertTrue(bytes[0] > 600, "frames arrived");
    }

    @Test
    void shouldDoNothingOnceClosed() {
        a.close();
        a.close();
        assertFalse(a.isUp());
        assertFalse(a.checkInterface());
        assertEquals(-LibcSockets.ENETDOWN, a.send(FrameLog.frame("x"), 0, 1));
        assertEquals(-LibcSockets.ENETDOWN, a.queue(FrameLog.frame("x"), 0, 1));
        assertEquals(-LibcSockets.ENETDOWN, a.flush());
        assertEquals(0, a.poll(log, 10));
        assertEquals(0, a.drops());
        assertEquals(null, a.bufferWarning());
    }

    private byte[] escaped;

    @Test
    void shouldNoticeAHandlerThatAllocates() {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[300]);
        FrameHandler copying = (buffer, offset, length, info) -> escaped = new byte[length];
        long quietest =
                Allocation.quietestWindowBytes(
                        () -> {
                            a.send(frame, 0, 300);
                            b.poll(copying, 64);
                        },
                        100);
        assertTrue(quietest >= 100 * 300, quietest + " B, last " + escaped.length);
    }
}
