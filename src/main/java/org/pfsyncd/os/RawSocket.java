package org.pfsyncd.os;

import static org.pfsyncd.os.SocketOptions.first;

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
    static final int IP_MREQN_LENGTH = 12;
    static final int IPV6_MREQ_LENGTH = 20;
    private static final int SEND_LIMIT = 65_535;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = LibcSockets.callState(arena);
    private final SocketOptions options = new SocketOptions(arena, state);
    private final UnsafeBuffer sendSlab = ReceiveBatch.buffer(arena, SEND_LIMIT + 1L);
    private final MemorySegment destinationMemory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
    private final MemorySegment localMemory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
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
        int result = options.bindToDevice(fd, interfaceName);
        result = first(result, options.unicast(fd, isV4));
        result = first(result, options.multicast(fd, isV4));
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
                : options.set(fd, level, LibcSockets.IPV6_MULTICAST_IF, interfaceIndex);
    }

    private int growReceiveBuffer() {
        int granted = options.growReceiveBuffer(fd, config.receiveBufferBytes());
        grantedBufferBytes = Math.max(0, granted);
        return granted;
    }

    /** Reads the MTU anew: an administrator may change it under an open socket. */
    public int refreshMtu() {
        int result = options.mtu(fd, interfaceName);
        mtu = result < 0 ? mtu : result;
        return result;
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
        return LibcSockets.sendto(
                fd,
                sendSlab.addressOffset(),
                length,
                destination.address(),
                destination.length(),
                state);
    }

    /**
     * Also hears groups that other sockets of this host joined on the interface, without joining:
     * 0, or {@code -errno}. IPv4.
     */
    public int hearGroupsOfOthers() {
        return options.set(fd, LibcSockets.SOL_IP, LibcSockets.IP_MULTICAST_ALL, 1);
    }

    /** Frames the kernel dropped before they were read. */
    public long drops() {
        return options.drops(fd);
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
