package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sets and reads the options of a socket. Owned by the thread that owns the socket; lives in the
 * arena given.
 */
final class SocketOptions {
    static final int IFREQ_LENGTH = 40;
    static final int IFREQ_MTU_OFFSET = 16;
    private static final int TTL = 255;
    private static final int TOS_LOW_DELAY = 0x10;
    private static final int MEMINFO_LENGTH = 36;
    private static final int MEMINFO_DROPS_OFFSET = 32;

    private final MemorySegment state;
    private final MemorySegment optionValue;
    private final MemorySegment interfaceRequest;
    private final UnsafeBuffer scratch;

    SocketOptions(Arena arena, MemorySegment state) {
        this.state = state;
        optionValue = arena.allocate(4, 4);
        interfaceRequest = arena.allocate(IFREQ_LENGTH, 8);
        scratch = ReceiveBatch.buffer(arena, 64);
    }

    static int first(int earlier, int later) {
        return earlier < 0 ? earlier : Math.min(later, 0);
    }

    int set(int fd, int level, int option, int value) {
        optionValue.set(ValueLayout.JAVA_INT, 0, value);
        return LibcSockets.setsockopt(fd, level, option, optionValue, state);
    }

    /** Binds to the interface of this name, zero-terminated. */
    int bindToDevice(int fd, MemorySegment interfaceName) {
        return LibcSockets.setsockopt(
                fd, LibcSockets.SOL_SOCKET, LibcSockets.SO_BINDTODEVICE, interfaceName, state);
    }

    /** TTL 255, low delay, DF; TTL, destination and interface of what is received. */
    int unicast(int fd, boolean isV4) {
        return isV4 ? unicastV4(fd) : unicastV6(fd);
    }

    private int unicastV4(int fd) {
        int ip = LibcSockets.SOL_IP;
        int result = set(fd, ip, LibcSockets.IP_TTL, TTL);
        result = first(result, set(fd, ip, LibcSockets.IP_TOS, TOS_LOW_DELAY));
        result = first(result, set(fd, ip, LibcSockets.IP_MTU_DISCOVER, LibcSockets.PMTUDISC_DO));
        result = first(result, set(fd, ip, LibcSockets.IP_RECVTTL, 1));
        return first(result, set(fd, ip, LibcSockets.IP_PKTINFO, 1));
    }

    private int unicastV6(int fd) {
        int ip = LibcSockets.SOL_IPV6;
        int result = set(fd, ip, LibcSockets.IPV6_UNICAST_HOPS, TTL);
        result = first(result, set(fd, ip, LibcSockets.IPV6_TCLASS, TOS_LOW_DELAY));
        result = first(result, set(fd, ip, LibcSockets.IPV6_MTU_DISCOVER, LibcSockets.PMTUDISC_DO));
        result = first(result, set(fd, ip, LibcSockets.IPV6_RECVHOPLIMIT, 1));
        return first(result, set(fd, ip, LibcSockets.IPV6_RECVPKTINFO, 1));
    }

    /** Multicast with TTL 255, not heard by ourselves, and deaf to groups it did not join. */
    int multicast(int fd, boolean isV4) {
        int ip = isV4 ? LibcSockets.SOL_IP : LibcSockets.SOL_IPV6;
        int ttl = isV4 ? LibcSockets.IP_MULTICAST_TTL : LibcSockets.IPV6_MULTICAST_HOPS;
        int loop = isV4 ? LibcSockets.IP_MULTICAST_LOOP : LibcSockets.IPV6_MULTICAST_LOOP;
        int all = isV4 ? LibcSockets.IP_MULTICAST_ALL : LibcSockets.IPV6_MULTICAST_ALL;
        int result = set(fd, ip, ttl, TTL);
        result = first(result, set(fd, ip, loop, 0));
        return first(result, set(fd, ip, all, 0));
    }

    /** Asks for a receive buffer: bytes granted, or {@code -errno}. */
    int growReceiveBuffer(int fd, int wanted) {
        if (set(fd, LibcSockets.SOL_SOCKET, LibcSockets.SO_RCVBUFFORCE, wanted) < 0) {
            set(fd, LibcSockets.SOL_SOCKET, LibcSockets.SO_RCVBUF, wanted);
        }
        int result = get(fd, LibcSockets.SO_RCVBUF, 4);
        // The kernel doubles what was asked for, to account for its own overhead.
        return result < 0 ? result : scratch.getInt(8) / 2;
    }

    /** Asks for a send buffer; what is granted will do. */
    void growSendBuffer(int fd, int wanted) {
        if (set(fd, LibcSockets.SOL_SOCKET, LibcSockets.SO_SNDBUFFORCE, wanted) < 0) {
            set(fd, LibcSockets.SOL_SOCKET, LibcSockets.SO_SNDBUF, wanted);
        }
    }

    /** Frames the kernel dropped before they were read: the ninth word of SO_MEMINFO. */
    long drops(int fd) {
        int result = get(fd, LibcSockets.SO_MEMINFO, MEMINFO_LENGTH);
        return result < 0 ? 0 : scratch.getInt(8 + MEMINFO_DROPS_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Reads an option of the socket level to byte 8 of the scratch. */
    private int get(int fd, int option, int length) {
        scratch.putInt(0, length);
        return LibcSockets.getsockopt(
                fd,
                LibcSockets.SOL_SOCKET,
                option,
                scratch.addressOffset() + 8,
                scratch.addressOffset(),
                state);
    }

    /** MTU of the interface of this name, bytes, or {@code -errno}. */
    int mtu(int fd, MemorySegment interfaceName) {
        interfaceRequest.fill((byte) 0).copyFrom(interfaceName);
        int result =
                LibcSockets.ioctl(fd, LibcSockets.SIOCGIFMTU, interfaceRequest.address(), state);
        return result < 0 ? result : interfaceRequest.get(ValueLayout.JAVA_INT, IFREQ_MTU_OFFSET);
    }
}
