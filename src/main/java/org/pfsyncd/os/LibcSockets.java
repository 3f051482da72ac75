package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Socket bindings. Pointers are plain addresses of memory the caller owns; {@code state} is
 * call-state scratch owned by the calling thread. Results are kernel style: 0 or more, or {@code
 * -errno}. Constants cite their header.
 */
public final class LibcSockets {
    // bits/socket.h, bits/socket_type.h
    static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_DONTWAIT = 0x40;

    // asm-generic/socket.h
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_BINDTODEVICE = 25;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_MEMINFO = 55;

    // linux/in.h
    static final int SOL_IP = 0;
    static final int IP_TOS = 1;
    static final int IP_TTL = 2;
    static final int IP_PKTINFO = 8;
    static final int IP_MTU_DISCOVER = 10;
    static final int IP_RECVTTL = 12;
    static final int IP_MULTICAST_IF = 32;
    static final int IP_MULTICAST_TTL = 33;
    static final int IP_MULTICAST_LOOP = 34;
    static final int IP_ADD_MEMBERSHIP = 35;
    static final int IP_MULTICAST_ALL = 49;
    static final int PMTUDISC_DO = 2;

    // linux/in6.h
    static final int SOL_IPV6 = 41;
    static final int IPV6_UNICAST_HOPS = 16;
    static final int IPV6_MULTICAST_IF = 17;
    static final int IPV6_MULTICAST_HOPS = 18;
    static final int IPV6_MULTICAST_LOOP = 19;
    static final int IPV6_ADD_MEMBERSHIP = 20;
    static final int IPV6_MTU_DISCOVER = 23;
    static final int IPV6_MULTICAST_ALL = 29;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_RECVPKTINFO = 49;
    static final int IPV6_PKTINFO = 50;
    static final int IPV6_RECVHOPLIMIT = 51;
    static final int IPV6_HOPLIMIT = 52;
    static final int IPV6_TCLASS = 67;

    // linux/udp.h
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    // linux/sockios.h
    static final int SIOCGIFMTU = 0x8921;

    // asm-generic/errno-base.h, errno.h
    public static final int EPERM = 1;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMSGSIZE = 90;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENOBUFS = 105;

    private static final Native SOCKET = Native.bind("socket");
    private static final Native CLOSE = Native.bind("close");
    private static final Native BIND = Native.bind("bind");
    private static final Native SETSOCKOPT = Native.bind("setsockopt");
    private static final Native GETSOCKOPT = Native.bind("getsockopt");
    private static final Native SENDTO = Native.bind("sendto");
    private static final Native RECVMMSG = Native.bind("recvmmsg");
    private static final Native SENDMMSG = Native.bind("sendmmsg");
    private static final Native IF_NAMETOINDEX = Native.bind("if_nametoindex");
    private static final Native IOCTL = Native.bind("ioctl");
    private static final Native DUP3 = Native.bind("dup3");
    private static final Native SETNS = Native.bind("setns");

    private LibcSockets() {}

    /** Call-state scratch in an arena. */
    static MemorySegment callState(Arena arena) {
        return arena.allocate(Native.CALL_STATE);
    }

    /** socket(2), non-blocking, closed on exec. */
    static int socket(int family, int type, int protocol, MemorySegment state) {
        return SOCKET.call(state, family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    }

    /** close(2). */
    static int close(int fd, MemorySegment state) {
        return CLOSE.call(state, fd);
    }

    /** dup3(2), closed on exec: {@code onto} becomes {@code fd} in one step. */
    static int dup(int fd, int onto, MemorySegment state) {
        // O_CLOEXEC has the value of SOCK_CLOEXEC.
        return DUP3.call(state, fd, onto, SOCK_CLOEXEC);
    }

    /** bind(2). */
    static int bind(int fd, long address, int length, MemorySegment state) {
        return BIND.call(state, fd, address, length);
    }

    /** setsockopt(2). */
    static int setsockopt(int fd, int level, int option, MemorySegment value, MemorySegment state) {
        return SETSOCKOPT.call(state, fd, level, option, value.address(), value.byteSize());
    }

    /** getsockopt(2); {@code lengthAddress} holds the room and receives what was written. */
    static int getsockopt(
            int fd, int level, int option, long value, long lengthAddress, MemorySegment state) {
        return GETSOCKOPT.call(state, fd, level, option, value, lengthAddress);
    }

    /** sendto(2). */
    static int sendto(
            int fd, long bytes, long length, long address, int addressLength, MemorySegment state) {
        return SENDTO.call(state, fd, bytes, length, MSG_DONTWAIT, address, addressLength);
    }

    /** recvmmsg(2) without waiting. */
    static int recvmmsg(int fd, long messages, int count, MemorySegment state) {
        return RECVMMSG.call(state, fd, messages, count, MSG_DONTWAIT);
    }

    /** sendmmsg(2) without waiting. */
    static int sendmmsg(int fd, long messages, int count, MemorySegment state) {
        return SENDMMSG.call(state, fd, messages, count, MSG_DONTWAIT);
    }

    /** if_nametoindex(3): the index, or {@code -errno}. */
    static int interfaceIndex(MemorySegment name, MemorySegment state) {
        int index = IF_NAMETOINDEX.call(state, name.address());
        return index == 0 ? Native.error(state) : index;
    }

    /** ioctl(2) with a pointer argument. */
    static int ioctl(int fd, long request, long argument, MemorySegment state) {
        return IOCTL.call(state, fd, request, argument);
    }

    /** setns(2): moves the calling thread into a namespace, for tests that own one. */
    public static int setns(int fd, int type) {
        return SETNS.call(Native.threadState(), fd, type);
    }
}
