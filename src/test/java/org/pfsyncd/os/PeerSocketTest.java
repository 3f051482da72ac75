package org.pfsyncd.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only this package can see of a peer socket: its descriptor, and a kernel that refuses. */
class PeerSocketTest {
    private static final int PORT = 15_000 + (int) (ProcessHandle.current().pid() % 8_000);
    private static final InetAddress LOCAL = InetAddress.ofLiteral("127.79.0.1");
    private static final int EOPNOTSUPP = 95;

    /** {@code asm-generic/socket.h}. */
    private static final int SO_NO_CHECK = 11;

    private final PeerSocket socket =
            new PeerSocket(new PeerSocketConfig(0, true, "lo", LOCAL, PORT, 1 << 17, true));
    private final SegmentBatch batch = new SegmentBatch(socket, LOCAL);
    private final ReceiveBatch received = new ReceiveBatch();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[700]);

    @AfterEach
    void close() {
        batch.close();
        socket.close();
        received.close();
    }

    @Test
    void shouldKeepItsDescriptorWhenOpenedAnew() {
        int fd = socket.fd();
        for (int i = 0; i < 10; i++) {
            assertEquals(0, socket.open());
            assertEquals(fd, socket.fd());
            assertEquals(700, batch.sendNow(frame, 0, 700));
            assertEquals(1, received.receive(socket, 10));
            socket.shut();
            assertEquals(fd, socket.fd());
        }
    }

    /** What a sender meets that saw the socket up and is late. */
    @Test
    void shouldSendNothingByWayOfThePlaceholder() {
        assertEquals(0, socket.open());
        socket.shut();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = LibcSockets.callState(arena);
            MemorySegment memory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
            SocketAddress to = new SocketAddress(memory, LOCAL, PORT, 0);
            long bytes = memory.address();
            assertEquals(
                    -EOPNOTSUPP,
                    LibcSockets.sendto(socket.fd(), bytes, 1, to.address(), to.length(), state));
        }
        assertEquals(-LibcSockets.ENETDOWN, batch.sendNow(frame, 0, 1));
        batch.add(frame, 0, 1);
        assertEquals(-LibcSockets.ENETDOWN, batch.send());
    }

    @Test
    void shouldGiveItsPortFreeWhenShut() {
        assertEquals(0, socket.open());
        try (PeerSocket other =
                new PeerSocket(new PeerSocketConfig(0, true, "lo", LOCAL, PORT, 1 << 17, true))) {
            assertEquals(-LibcSockets.EADDRINUSE, other.open());
            assertFalse(other.isUp());
            socket.shut();
            assertEquals(0, other.open());
            assertTrue(other.isUp());
        }
    }

    @Test
    void shouldSendARunAsOneMessageAndSinglyOnceRefused() {
        assertEquals(0, socket.open());
        assertTrue(socket.isSegmenting(), "this kernel cuts datagrams");
        addSixtyFour();
        assertEquals(64, batch.send());
        assertEquals(1, received.receive(socket, ReceiveBatch.SIZE), "joined");
        assertEquals(64 * 700, received.length(0));
        assertEquals(700, received.segmentLength(0));

        // Without checksums the kernel will not cut: EINVAL.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            MemorySegment state = LibcSockets.callState(arena);
            int level = LibcSockets.SOL_SOCKET;
            int result = LibcSockets.setsockopt(socket.fd(), level, SO_NO_CHECK, one, state);
            assertEquals(0, result);
        }
        for (int round = 0; round < 2; round++) {
            addSixtyFour();
            assertEquals(64, batch.send());
            for (int i = 0; i < 2; i++) {
                assertEquals(32, received.receive(socket, ReceiveBatch.SIZE));
                assertEquals(700, received.length(31));
                assertEquals(700, received.segmentLength(31));
            }
        }
    }

    private void addSixtyFour() {
        for (int i = 0; i < 64; i++) {
            assertTrue(batch.hasRoom(700));
            batch.add(frame, 0, 700);
        }
    }
}
