package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends pfsync in Ethernet frames with a VLAN tag, as a firewall whose syncdev is a VLAN does; no
 * VLAN interface is needed. Opened in the namespace it sends in.
 */
public final class TaggingSender implements AutoCloseable {
    private static final int HEADERS = 18 + 20;
    private static final byte[] GROUP_MAC = {0x01, 0x00, 0x5E, 0x00, 0x00, (byte) 0xF0};

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = LibcSockets.callState(arena);
    private final int fd;

    public TaggingSender(String interfaceName) {
        fd = LibcSockets.socket(PacketSocket.AF_PACKET, LibcSockets.SOCK_RAW, 0, state);
        int index = LibcSockets.interfaceIndex(arena.allocateFrom(interfaceName), state);
        MemorySegment address = arena.allocate(PacketSocket.SOCKADDR_LL_LENGTH, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) PacketSocket.AF_PACKET);
        address.set(ValueLayout.JAVA_SHORT, 2, Short.reverseBytes((short) 0x8100));
        address.set(ValueLayout.JAVA_INT, PacketSocket.LL_INTERFACE_OFFSET, index);
        require(fd);
        require(index);
        require(LibcSockets.bind(fd, address.address(), PacketSocket.SOCKADDR_LL_LENGTH, state));
    }

    /** One packet to 224.0.0.240, TTL 255. */
    public void send(int vlan, String from, byte[] payload) {
        int length = HEADERS + payload.length;
        UnsafeBuffer frame = ReceiveBatch.buffer(arena, length);
        frame.putBytes(0, GROUP_MAC);
        frame.putByte(6, (byte) 0x02);
        frame.putShort(12, (short) 0x8100, ByteOrder.BIG_ENDIAN);
        frame.putShort(14, (short) vlan, ByteOrder.BIG_ENDIAN);
        frame.putShort(16, (short) 0x0800, ByteOrder.BIG_ENDIAN);
        frame.putShort(18, (short) 0x4510, ByteOrder.BIG_ENDIAN);
        frame.putShort(20, (short) (20 + payload.length), ByteOrder.BIG_ENDIAN);
        frame.putShort(24, (short) 0x4000, ByteOrder.BIG_ENDIAN);
        frame.putByte(26, (byte) 255);
        frame.putByte(27, (byte) 240);
        frame.putBytes(30, InetAddress.ofLiteral(from).getAddress());
        frame.putBytes(34, InetAddress.ofLiteral("224.0.0.240").getAddress());
        frame.putBytes(HEADERS, payload);
        require(LibcSockets.sendto(fd, frame.addressOffset(), length, 0, 0, state));
    }

    private static void require(int result) {
        if (result < 0) {
            throw new AssertionError("errno " + -result);
        }
    }

    @Override
    public void close() {
        LibcSockets.close(fd, state);
        arena.close();
    }
}
