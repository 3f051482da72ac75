package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A raw IPv4 or IPv6 socket of one protocol, or a UDP socket, bound to an interface (spec pfsync.md
 * section 1.1, chronicle.md section 9): TTL 255, DF, low-delay TOS, no multicast loop, membership
 * by interface index, and deaf to groups it did not join. Opened and closed by one thread, used by
 * one.
 */
public final class RawSocket implements AutoCloseable {
    private static final int TTL = 255;
    private static final int TOS_LOW_DELAY = 0x10;
    private static final int MEMINFO_LENGTH = 36;
    private static final int MEMINFO_DROPS_OFFSET = 32;
    static final int IFREQ_LENGTH = 40;
    static final int IFREQ_MTU_OFFSET = 16;
    static final int IP_MREQN_LENGTH = 12;
    static final int IPV6_MREQ_LENGTH = 20;
    private static final int SEND_LIMIT = 65_535;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = LibcSockets.callState(arena);
    private final MemorySegment optionValue = arena.allocate(4, 4);
    private final UnsafeBuffer scratch = ReceiveBatch.buffer(arena, 64);
    private final UnsafeBuffer sendSlab = ReceiveBatch.buffer(arena, SEND_LIMIT + 1L);
    private final MemorySegment destinationMemory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
    private final MemorySegment localMemory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
    private final MemorySegment interfaceRequest = arena.allocate(IFREQ_LENGTH, 8);
    private final MemorySegment joinRequest = arena.allocate(IPV6_MREQ_LENGTH, 4);
    private final MemorySegment interfaceName;
    private final SocketConfig config;
    private final boolean isV4;
    private final boolean isRaw;
    private SocketAddress destination;
    private int fd = -1;
    private int interfaceIndex;
    private int mtu;
    private int grantedBufferBytes;

    public RawSocket(SocketConfig config) {
        this.config = config;
        isV4 = config.destination() instanceof Inet4Address;
        isRaw = config.protocol() != 0;
        interfaceName = arena.allocateFrom(config.interfaceName(), StandardCharsets.US_ASCII);
    }

    /** Index the interface's name has now, or {@code -errno}; a system call. */
    public int currentInterfaceIndex() {
        return LibcSockets.interfaceIndex(interfaceName, state);
    }

    /** Opens the socket: 0, or {@code -errno} with nothing left open. */
    public int open() {
        interfaceIndex = Math.max(0, currentInterfaceIndex());
        if (interfaceIndex == 0) {
            return -LibcSockets.ENODEV;
        }
        int type = isRaw ? LibcSockets.SOCK_RAW : LibcSockets.SOCK_DGRAM;
        int opened =
                LibcSockets.socket(
                        isV4 ? LibcSockets.AF_INET : LibcSockets.AF_INET6,
                        type,
                        config.protocol(),
                        state);
        if (opened < 0) {
            return opened;
        }
        fd = opened;
        int result = configure();
        if (result < 0) {
            closeSocket();
        }
        return result;
    }

    private int configure() {
        destination =
                new SocketAddress(
                        destinationMemory, config.destination(), config.port(), interfaceIndex);
        int result = bindToDevice();
        result = first(result, isV4 ? configureV4() : configureV6());
        result = first(result, growReceiveBuffer());
        if (result == 0 && config.destination().isMulticastAddress()) {
            result = join();
        }
        if (result == 0 && config.local() != null) {
            SocketAddress local =
                    new SocketAddress(localMemory, config.local(), config.port(), interfaceIndex);
            result = LibcSockets.bind(fd, local.address(), local.length(), state);
        }
        return first(result, refreshMtu());
    }

    private static int first(int earlier, int later) {
        return earlier < 0 ? earlier : Math.min(later, 0);
    }

    private int bindToDevice() {
        return LibcSockets.setsockopt(
                fd, LibcSockets.SOL_SOCKET, LibcSockets.SO_BINDTODEVICE, interfaceName, state);
    }

    private int configureV4() {
        int ip = LibcSockets.SOL_IP;
        int result = set(ip, LibcSockets.IP_TTL, TTL);
        result = first(result, set(ip, LibcSockets.IP_MULTICAST_TTL, TTL));
        result = first(result, set(ip, LibcSockets.IP_MULTICAST_LOOP, 0));
        result = first(result, set(ip, LibcSockets.IP_MULTICAST_ALL, 0));
        result = first(result, set(ip, LibcSockets.IP_TOS, TOS_LOW_DELAY));
        result = first(result, set(ip, LibcSockets.IP_MTU_DISCOVER, LibcSockets.PMTUDISC_DO));
        result = first(result, set(ip, LibcSockets.IP_RECVTTL, 1));
        return first(result, set(ip, LibcSockets.IP_PKTINFO, 1));
    }

    private int configureV6() {
        int ip = LibcSockets.SOL_IPV6;
        int result = set(ip, LibcSockets.IPV6_UNICAST_HOPS, TTL);
        result = first(result, set(ip, LibcSockets.IPV6_MULTICAST_HOPS, TTL));
        result = first(result, set(ip, LibcSockets.IPV6_MULTICAST_LOOP, 0));
        result = first(result, set(ip, LibcSockets.IPV6_MULTICAST_ALL, 0));
        result = first(result, set(ip, LibcSockets.IPV6_TCLASS, TOS_LOW_DELAY));
        result = first(result, set(ip, LibcSockets.IPV6_MTU_DISCOVER, LibcSockets.PMTUDISC_DO));
        result = first(result, set(ip, LibcSockets.IPV6_RECVHOPLIMIT, 1));
        return first(result, set(ip, LibcSockets.IPV6_RECVPKTINFO, 1));
    }

    /**
     * struct ip_mreqn (group, address, ifindex) or ipv6_mreq (group, ifindex): {@code linux/in.h},
     * {@code in6.h}.
     */
    private int join() {
        byte[] group = config.destination().getAddress();
        int length = isV4 ? IP_MREQN_LENGTH : IPV6_MREQ_LENGTH;
        MemorySegment request = joinRequest.asSlice(0, length);
        MemorySegment.copy(group, 0, request, ValueLayout.JAVA_BYTE, 0, group.length);
        request.set(ValueLayout.JAVA_INT, length - 4L, interfaceIndex);
        int level = isV4 ? LibcSockets.SOL_IP : LibcSockets.SOL_IPV6;
        int membership = isV4 ? LibcSockets.IP_ADD_MEMBERSHIP : LibcSockets.IPV6_ADD_MEMBERSHIP;
        int result = LibcSockets.setsockopt(fd, level, membership, request, state);
        if (result < 0) {
            return result;
        }
        return isV4
                ? LibcSockets.setsockopt(fd, level, LibcSockets.IP_MULTICAST_IF, request, state)
                : set(level, LibcSockets.IPV6_MULTICAST_IF, interfaceIndex);
    }

    private int growReceiveBuffer() {
        int wanted = config.receiveBufferBytes();
        if (set(LibcSockets.SOL_SOCKET, LibcSockets.SO_RCVBUFFORCE, wanted) < 0) {
            set(LibcSockets.SOL_SOCKET, LibcSockets.SO_RCVBUF, wanted);
        }
        scratch.putInt(0, 4);
        int result =
                LibcSockets.getsockopt(
                        fd,
                        LibcSockets.SOL_SOCKET,
                        LibcSockets.SO_RCVBUF,
                        scratch.addressOffset() + 8,
                        scratch.addressOffset(),
                        state);
        // The kernel doubles what was asked for, to account for its own overhead.
        grantedBufferBytes = scratch.getInt(8) / 2;
        return result;
    }

    /** Reads the MTU anew: an administrator may change it under an open socket. */
    public int refreshMtu() {
        interfaceRequest.fill((byte) 0).copyFrom(interfaceName);
        int result =
                LibcSockets.ioctl(fd, LibcSockets.SIOCGIFMTU, interfaceRequest.address(), state);
        if (result >= 0) {
            mtu = interfaceRequest.get(ValueLayout.JAVA_INT, IFREQ_MTU_OFFSET);
        }
        return result;
    }

    private int set(int level, int option, int value) {
        optionValue.set(ValueLayout.JAVA_INT, 0, value);
        return LibcSockets.setsockopt(fd, level, option, optionValue, state);
    }

    int fd() {
        return fd;
    }

    SocketAddress destination() {
        return destination;
    }

    public boolean isOpen() {
        return fd >= 0;
    }

    public boolean isV4() {
        return isV4;
    }

    public boolean isRaw() {
        return isRaw;
    }

    /** Index of the interface at the time of opening; 0 if it did not exist. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    public int mtu() {
        return mtu;
    }

    /** Receive buffer granted, bytes. */
    public int grantedBufferBytes() {
        return grantedBufferBytes;
    }

    /** Sends one frame: bytes, or {@code -errno}. */
    public int send(DirectBuffer frame, int offset, int length) {
        if (length > SEND_LIMIT) {
            return -LibcSockets.EMSGSIZE;
        }
        sendSlab.putBytes(0, frame, offset, length);
        return (int)
                LibcSockets.sendto(
                        fd,
                        sendSlab.addressOffset(),
                        length,
                        destination.address(),
                        destination.length(),
                        state);
    }

    /** Frames the kernel dropped before they were read: the ninth word of SO_MEMINFO. */
    public long drops() {
        scratch.putInt(0, MEMINFO_LENGTH);
        int result =
                LibcSockets.getsockopt(
                        fd,
                        LibcSockets.SOL_SOCKET,
                        LibcSockets.SO_MEMINFO,
                        scratch.addressOffset() + 8,
                        scratch.addressOffset(),
                        state);
        return result < 0 ? 0 : scratch.getInt(8 + MEMINFO_DROPS_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Closes the socket; it may be opened again. */
    public void closeSocket() {
        if (fd >= 0) {
            LibcSockets.close(fd, state);
            fd = -1;
        }
    }

    @Override
    public void close() {
        closeSocket();
        arena.close();
    }
}
