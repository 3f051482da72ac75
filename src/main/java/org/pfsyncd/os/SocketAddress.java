package org.pfsyncd.os;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * struct sockaddr_in (16 bytes) and sockaddr_in6 (28 bytes) in native memory ({@code
 * netinet/in.h}): family in host order, port and address in network order. Immutable after
 * construction.
 */
public final class SocketAddress {
    static final int IN_LENGTH = 16;
    static final int IN6_LENGTH = 28;
    static final int PORT_OFFSET = 2;
    static final int IN_ADDRESS_OFFSET = 4;
    static final int IN6_ADDRESS_OFFSET = 8;
    static final int IN6_SCOPE_OFFSET = 24;

    private final MemorySegment memory;
    private final int length;

    /**
     * @param memory 28 bytes that outlive the address.
     * @param port 0 for raw sockets.
     * @param scope interface index of a link-local IPv6 address, else 0.
     */
    SocketAddress(MemorySegment memory, InetAddress address, int port, int scope) {
        this.memory = memory;
        UnsafeBuffer buffer = new UnsafeBuffer(memory.address(), IN6_LENGTH);
        buffer.setMemory(0, IN6_LENGTH, (byte) 0);
        boolean isV4 = address instanceof Inet4Address;
        length = isV4 ? IN_LENGTH : IN6_LENGTH;
        buffer.putShort(0, (short) (isV4 ? LibcSockets.AF_INET : LibcSockets.AF_INET6));
        buffer.putShort(PORT_OFFSET, (short) port, java.nio.ByteOrder.BIG_ENDIAN);
        buffer.putBytes(isV4 ? IN_ADDRESS_OFFSET : IN6_ADDRESS_OFFSET, address.getAddress());
        if (!isV4) {
            buffer.putInt(IN6_SCOPE_OFFSET, scope);
        }
    }

    long address() {
        return memory.address();
    }

    int length() {
        return length;
    }
}
