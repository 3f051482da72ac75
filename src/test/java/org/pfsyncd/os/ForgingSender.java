package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import org.agrona.DirectBuffer;

/** A raw sender whose TTL or hop limit a test chooses. Opened in the namespace it sends in. */
public final class ForgingSender implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final RawSocket socket;
    private final boolean isV4;

    public ForgingSender(int protocol, String interfaceName, String destination) {
        InetAddress to = InetAddress.ofLiteral(destination);
        socket =
                new RawSocket(new SocketConfig(protocol, interfaceName, null, to, 0, BUFFER_BYTES));
        isV4 = socket.isV4();
        require(socket.open());
    }

    /** Sends one frame with this TTL; bytes sent. */
    public int send(int ttl, DirectBuffer frame) {
        int level = isV4 ? LibcSockets.SOL_IP : LibcSockets.SOL_IPV6;
        int option = isV4 ? LibcSockets.IP_MULTICAST_TTL : LibcSockets.IPV6_MULTICAST_HOPS;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, ttl);
            MemorySegment state = LibcSockets.callState(arena);
            require(LibcSockets.setsockopt(socket.fd(), level, option, value, state));
        }
        return require(socket.send(frame, 0, frame.capacity()));
    }

    private static int require(int result) {
        if (result < 0) {
            throw new AssertionError("errno " + -result);
        }
        return result;
    }

    @Override
    public void close() {
        socket.close();
    }
}
