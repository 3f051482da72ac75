package org.pfsyncd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.FrameLog;
import org.pfsyncd.support.FrameSums;

/** The peer port over UDP on loopback, which needs no privilege: each end an address of 127/8. */
class UdpPeerPortTest {
    private static final int PORT = 33_000 + (int) (ProcessHandle.current().pid() % 8_000);
    private static final int BUFFER_BYTES = 1 << 17;

    private final SocketPeerPort a = open("127.78.0.1", true);
    private final SocketPeerPort b = open("127.78.0.2", true);
    private final Lane toB = a.lane("127.78.0.2");
    private final FrameLog log = new FrameLog();

    private static SocketPeerPort open(String local, boolean isOffloading) {
        return SocketPeerPort.open(config(local, null, 0), isOffloading);
    }

    private static PeerPortConfig config(String local, String interfaceName, int mtu) {
        return new PeerPortConfig(0, PORT, local, interfaceName, mtu, 4, BUFFER_BYTES);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    @Test
    void shouldCarryAFrameWithItsSourceAndTtl() {
        UnsafeBuffer frame = FrameLog.frame("..hello");
        assertEquals(5, toB.send(frame, 2, 5));

        assertEquals(1, b.poll(log, 10));
        FrameLog.Frame heard = log.last();
        assertEquals("hello", heard.text());
        assertEquals(255, heard.ttl());
        assertEquals(4, heard.af());
        assertEquals("7f4e0001000000000000000000000000", heard.source());
        assertEquals("7f4e0002000000000000000000000000", heard.destination());
        assertEquals(heard.interfaceIndex(), heard.expectedInterfaceIndex());
        assertEquals(0, b.poll(log, 10));
    }

    @Test
    void shouldCarryIpv6BesideIpv4OnTheSamePort() {
        PeerPortConfig six = new PeerPortConfig(0, PORT, "::1", "lo", 0, 6, BUFFER_BYTES);
        try (SocketPeerPort port = SocketPeerPort.open(six)) {
            Lane self = port.lane("::1");
            for (int i = 0; i < 64; i++) {
                self.queue(FrameLog.frame("six"), 0, 3);
            }
            assertEquals(64, self.flush());
            assertEquals(64, port.poll(log, 100));
            assertEquals("six", log.last().text());
            assertEquals(6, log.last().af());
            assertEquals(255, log.last().ttl());
            assertEquals("00000000000000000000000000000001", log.last().source());
        }
    }

    @Test
    void shouldHearAnyoneAndAnswerEach() {
        try (SocketPeerPort c = open("127.78.0.3", true)) {
            Lane cToB = c.lane("127.78.0.2");
            Lane bToA = b.lane("127.78.0.1");
            Lane bToC = b.lane("127.78.0.3");
            toB.send(FrameLog.frame("from a"), 0, 6);
            cToB.send(FrameLog.frame("from c"), 0, 6);
            assertEquals(2, b.poll(log, 10));
            assertEquals(List.of("from a", "from c"), log.texts());
            assertEquals("7f4e0003000000000000000000000000", log.last().source());

            bToA.send(FrameLog.frame("to a"), 0, 4);
            bToC.send(FrameLog.frame("to c"), 0, 4);
            assertEquals(1, a.poll(log, 10));
            assertEquals("to a", log.last().text());
            assertEquals(1, c.poll(log, 10));
            assertEquals("to c", log.last().text());
        }
    }

    @Test
    void shouldHandOutTheFramesOfARunOneByOne() {
        queueTexts(64);
        assertEquals(64, toB.flush());
        assertEquals(0, toB.flush(), "nothing left");

        assertEquals(10, b.poll(log, 10), "within a joined datagram");
        assertEquals(0, b.poll(log, 0));
        toB.send(FrameLog.frame("behind"), 0, 6);
        assertEquals(55, b.poll(log, 100));
        assertEquals(0, b.poll(log, 100));
        List<String> expected = new ArrayList<>(texts(64));
        expected.add("behind");
        assertEquals(expected, log.texts());
    }

    private void queueTexts(int count) {
        for (String text : texts(count)) {
            assertEquals(text.length(), toB.queue(FrameLog.frame(text), 0, text.length()));
        }
    }

    private static List<String> texts(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("frame " + (1_000 + i));
        }
        return texts;
    }

    @Test
    void shouldCountWhatAFullBatchSentBeforeTheFlush() {
        queueTexts(128);
        assertEquals(0, b.poll(log, 1_000), "full, and not yet sent");
        queueTexts(1);
        assertEquals(128, b.poll(log, 1_000));
        assertEquals(129, toB.flush());
        assertEquals(1, b.poll(log, 1_000));
    }

    /** Lengths at random, with runs: all the same, all but the last, one empty, growing. */
    @Test
    void shouldCarryTheSameWithAndWithoutOffload() {
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] lengths = new int[1 + random.nextInt(100)];
            int length = 0;
            for (int i = 0; i < lengths.length; i++) {
                length = random.nextInt(8) == 0 ? random.nextInt(1_400) : length;
                lengths[i] = random.nextInt(12) == 0 ? random.nextInt(length + 1) : length;
            }
            shouldCarry(lengths, "seed " + seed);
        }
        shouldCarry(new int[] {65_507, 40_000, 25_000, 1}, "long");
        shouldCarry(new int[] {0, 0, 5, 5, 0, 5, 4, 0}, "empty");
    }

    private void shouldCarry(int[] lengths, String what) {
        try (SocketPeerPort plain = open("127.78.0.4", false)) {
            Lane plainLane = plain.lane("127.78.0.2");
            for (Lane lane : List.of(toB, plainLane)) {
                UnsafeBuffer frame = new UnsafeBuffer(new byte[65_535]);
                List<String> expected = new ArrayList<>();
                FrameSums heard = new FrameSums();
                int sent = 0;
                for (int i = 0; i < lengths.length; i++) {
                    frame.setMemory(0, lengths[i], (byte) i);
                    assertEquals(lengths[i], lane.queue(frame, 0, lengths[i]), what);
                    expected.add(FrameSums.of(frame, 0, lengths[i]));
                    if (i % 50 == 49) {
                        sent += lane.flush();
                        b.poll(heard, 1_000);
                    }
                }
                sent += lane.flush();
                b.poll(heard, 1_000);
                assertEquals(expected, heard.sums, what);
                assertEquals(lengths.length, sent, what);
            }
        }
    }

    @Test
    void shouldHearARunWithoutOffloadToo() {
        try (SocketPeerPort plain = open("127.78.0.4", false)) {
            Lane toPlain = a.lane("127.78.0.4");
            for (String text : texts(64)) {
                toPlain.queue(FrameLog.frame(text), 0, text.length());
            }
            assertEquals(64, toPlain.flush());
            assertEquals(64, plain.poll(log, 1_000));
            assertEquals(texts(64), log.texts());
        }
    }

    @Test
    void shouldCarryAnEmptyFrameAndTheLongest() {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[65_536]);
        assertEquals(0, toB.send(frame, 0, 0));
        assertEquals(65_507, toB.send(frame, 0, 65_507), "65,535 less IP and UDP header");
        assertEquals(-LibcSockets.EMSGSIZE, toB.send(frame, 0, 65_508));
        assertEquals(-LibcSockets.EMSGSIZE, toB.send(frame, 0, 65_536), "beyond our slab");
        assertEquals(-LibcSockets.EMSGSIZE, toB.queue(frame, 0, 65_536));
        assertEquals(65_508, toB.queue(frame, 0, 65_508));
        assertEquals(-LibcSockets.EMSGSIZE, toB.flush());

        assertEquals(2, b.poll(log, 10));
        assertEquals(0, log.frames.get(0).length());
        assertEquals(65_507, log.last().length());
    }

    @Test
    void shouldSendFromTwoThreadsOnTheSameSocket() throws Exception {
        int each = 5_000;
        AtomicInteger[] heard = {new AtomicInteger(), new AtomicInteger()};
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Lane lane = a.lane("127.78.0.2");
            int id = i;
            senders.add(CompletableFuture.runAsync(() -> sendNumbers(lane, id, each, heard[id])));
        }
        List<String> wrong = new ArrayList<>();
        FrameHandler check =
                (buffer, offset, length, info) -> {
                    int id = buffer.getInt(offset);
                    int number = heard[id].get();
                    if (length != lengthOf(id, number)
                            || buffer.getInt(offset + 4) != number
                            || buffer.getInt(offset + length - 4) != id) {
                        wrong.add(id + " " + buffer.getInt(offset + 4) + " for " + number);
                    }
                    heard[id].incrementAndGet();
                };
        assertTrue(
                Await.until(
                        20_000,
                        () -> {
                            while (b.poll(check, 100) > 0) {}
                            return heard[0].get() + heard[1].get() >= 2 * each;
                        }),
                "heard " + heard[0] + " and " + heard[1] + ", dropped " + b.drops());
        for (CompletableFuture<Void> sender : senders) {
            sender.get(5, TimeUnit.SECONDS);
        }
        assertEquals(List.of(), wrong);
    }

    private static int lengthOf(int id, int number) {
        return 100 + 50 * id + number / 100 % 20;
    }

    /** Never more than 64 frames ahead of the receiver, whose buffer is small. */
    private static void sendNumbers(Lane lane, int id, int count, AtomicInteger heard) {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[1_000]);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (int i = 0; i < count; i++) {
            int length = lengthOf(id, i);
            frame.putInt(0, id);
            frame.putInt(4, i);
            frame.putInt(length - 4, id);
            assertEquals(length, lane.queue(frame, 0, length));
            if (i % 32 == 31 || i == count - 1) {
                assertTrue(lane.flush() > 0);
                while (i - heard.get() > 32 && System.nanoTime() - deadlineNs < 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void shouldKnowTheLongestFrame() {
        assertEquals(1_472, toB.frameLimit(), "no interface, 1,500 less 28");
        try (SocketPeerPort lo = SocketPeerPort.open(config("127.78.0.5", "lo", 0));
                SocketPeerPort given = SocketPeerPort.open(config("127.78.0.6", "lo", 1_400))) {
            assertEquals(65_507, lo.lane("127.78.0.2").frameLimit());
            assertEquals(1_372, given.lane("127.78.0.2").frameLimit());
        }
        PeerPortConfig six = new PeerPortConfig(0, PORT, "::1", null, 0, 6, BUFFER_BYTES);
        try (SocketPeerPort port = SocketPeerPort.open(six)) {
            assertEquals(1_452, port.lane("::1").frameLimit());
        }
    }

    @Test
    void shouldWaitForAPortThatIsTaken() {
        assertNull(a.downReason());
        try (SocketPeerPort second = open("127.78.0.1", true)) {
            Lane lane = second.lane("127.78.0.2");
            assertFalse(second.isUp());
            assertEquals(
                    "UDP port "
                            + PORT
                            + " on 127.78.0.1 is down, tried each second: another process has the"
                            + " port: stop it, or choose another",
                    second.downReason());
            assertFalse(second.checkInterface());
            assertEquals(-LibcSockets.ENETDOWN, lane.send(FrameLog.frame("x"), 0, 1));

            a.close();
            assertTrue(second.checkInterface());
            assertFalse(second.checkInterface(), "once");
            assertEquals(1, lane.send(FrameLog.frame("x"), 0, 1));
            assertEquals(1, b.poll(log, 10));
        }
    }

    @Test
    void shouldStayDownAndSayErrnoWithoutItsInterfaceOrAddress() {
        for (PeerPortConfig config :
                List.of(config(null, "nosuch0", 0), config("192.0.2.1", null, 0))) {
            try (SocketPeerPort port = SocketPeerPort.open(config)) {
                Lane lane = port.lane("127.78.0.2");
                UnsafeBuffer frame = FrameLog.frame("x");
                assertFalse(port.isUp());
                for (int i = 0; i < 200; i++) {
                    assertEquals(-LibcSockets.ENETDOWN, lane.queue(frame, 0, 1), "at " + i);
                }
                assertEquals(-LibcSockets.ENETDOWN, lane.flush());
                assertEquals(-LibcSockets.ENETDOWN, lane.send(frame, 0, 1));
                assertEquals(0, port.poll(log, 10));
                assertEquals(0, port.drops());
                assertFalse(port.checkInterface());
                assertTrue(port.downReason().startsWith("UDP port " + PORT), port.downReason());
            }
        }
    }

    @Test
    void shouldCountWhatTheKernelDropped() {
        PeerPortConfig config = new PeerPortConfig(0, PORT, "127.78.0.7", null, 0, 4, 4_096);
        try (SocketPeerPort tiny = SocketPeerPort.open(config)) {
            Lane lane = a.lane("127.78.0.7");
            UnsafeBuffer frame = new UnsafeBuffer(new byte[1_000]);
            for (int i = 0; i < 500; i++) {
                assertEquals(1_000, lane.send(frame, 0, 1_000));
            }
            int heard = tiny.poll(log, 1_000);
            assertTrue(heard > 0 && heard < 500, "heard " + heard);
            assertEquals(500, heard + tiny.drops());
        }
    }

    @Test
    void shouldWarnOfASmallBufferNamingTheSysctl() {
        assertNull(a.bufferWarning());
        PeerPortConfig config =
                new PeerPortConfig(0, PORT, "127.78.0.8", null, 0, 4, Integer.MAX_VALUE);
        try (SocketPeerPort port = SocketPeerPort.open(config)) {
            String warning = port.bufferWarning();
            assertTrue(warning.endsWith("net.core.rmem_max=2147483647"), warning);
        }
    }

    /**
     * A system call may cost the JDK's slice of the call state, 40 bytes, where the compiler saw
     * the call before it was hot; a frame costs nothing.
     */
    @Test
    void shouldNotAllocateForAFrame() {
        int steps = 2_000;
        int systemCalls = 3;
        int sliceBytes = 40;
        UnsafeBuffer frame = new UnsafeBuffer(new byte[300]);
        long[] bytes = new long[1];
        FrameHandler count = (buffer, offset, length, info) -> bytes[0] += length;
        long quietest =
                Allocation.quietestWindowBytes(
                        () -> {
                            for (int i = 0; i < 64; i++) {
                                toB.queue(frame, 0, 300);
                            }
                            toB.flush();
                            b.poll(count, 100);
                            b.drops();
                            b.checkInterface();
                        },
                        steps);
        assertTrue(bytes[0] >= 64L * 300 * steps, "frames arrived");
        assertTrue(quietest <= (long) steps * systemCalls * sliceBytes, quietest + " B");
    }

    @Test
    void shouldDoNothingOnceClosed() {
        queueTexts(1);
        a.close();
        a.close();
        assertFalse(a.isUp());
        assertFalse(a.checkInterface());
        assertEquals(-LibcSockets.ENETDOWN, toB.send(FrameLog.frame("x"), 0, 1));
        assertEquals(-LibcSockets.ENETDOWN, toB.queue(FrameLog.frame("x"), 0, 1));
        assertEquals(-LibcSockets.ENETDOWN, toB.flush());
        assertEquals(0, a.poll(log, 10));
        assertEquals(0, a.drops());
        assertNull(a.bufferWarning());
    }
}
