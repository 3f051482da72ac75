package org.pfsyncd.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Socket bindings. Pointers are plain addresses of memory the caller owns; {@code state} is
 * call-state scratch owned by the calling thread. Results are kernel style: 0 or more, or {@code
 * -errno}. Constants cite their header.
 */
@SuppressWarnings("restricted")
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

    private static final MethodHandle SOCKET =
            Native.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            Native.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            Native.bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            Native.bind(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            Native.bind(
                    "getsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SENDTO =
            Native.bind(
                    "sendto",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG,
                            JAVA_INT));
    private static final MethodHandle RECVMMSG =
            Native.bind(
                    "recvmmsg",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SENDMMSG =
            Native.bind(
                    "sendmmsg",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle IF_NAMETOINDEX =
            Native.bind("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle IOCTL =
            Native.bindVariadic(
                    "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), 2);
    private static final MethodHandle DUP3 =
            Native.bind("dup3", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS =
            Native.bind("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private LibcSockets() {}

    /** Binds all functions, for those who do not want the first call to do it. */
    public static void link() {
        // The class is initialised by being called.
    }

    /** Call-state scratch in an arena. */
    static MemorySegment callState(Arena arena) {
        return arena.allocate(Native.CALL_STATE);
    }

    /** socket(2), non-blocking, closed on exec. */
    static int socket(int family, int type, int protocol, MemorySegment state) {
        try {
            int fd =
                    (int)
                            SOCKET.invokeExact(
                                    state, family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
            return (int) Native.fold(fd, state);
        } catch (Throwable t) {
            throw undeclared("socket", t);
        }
    }

    /** close(2). */
    static int close(int fd, MemorySegment state) {
        try {
            int result = (int) CLOSE.invokeExact(state, fd);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("close", t);
        }
    }

    /** dup3(2), closed on exec: {@code onto} becomes {@code fd} in one step. */
    static int dup(int fd, int onto, MemorySegment state) {
        try {
            // O_CLOEXEC has the value of SOCK_CLOEXEC.
            int result = (int) DUP3.invokeExact(state, fd, onto, SOCK_CLOEXEC);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("dup3", t);
        }
    }

    /** bind(2). */
    static int bind(int fd, long address, int length, MemorySegment state) {
        try {
            int result = (int) BIND.invokeExact(state, fd, address, length);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("bind", t);
        }
    }

    /** setsockopt(2). */
    static int setsockopt(int fd, int level, int option, MemorySegment value, MemorySegment state) {
        try {
            int result =
                    (int)
                            SETSOCKOPT.invokeExact(
                                    state,
                                    fd,
                                    level,
                                    option,
                                    value.address(),
                                    (int) value.byteSize());
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("setsockopt", t);
        }
    }

    /** getsockopt(2); {@code lengthAddress} holds the room and receives what was written. */
    static int getsockopt(
            int fd, int level, int option, long value, long lengthAddress, MemorySegment state) {
        try {
            int result =
                    (int) GETSOCKOPT.invokeExact(state, fd, level, option, value, lengthAddress);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("getsockopt", t);
        }
    }

    /** sendto(2). */
    static long sendto(
            int fd, long bytes, long length, long address, int addressLength, MemorySegment state) {
        try {
            long n =
                    (long)
                            SENDTO.invokeExact(
                                    state, fd, bytes, length, MSG_DONTWAIT, address, addressLength);
            return Native.fold(n, state);
        } catch (Throwable t) {
            throw undeclared("sendto", t);
        }
    }

    /** recvmmsg(2) without waiting. */
    static int recvmmsg(int fd, long messages, int count, MemorySegment state) {
        try {
            int n = (int) RECVMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT, 0L);
            return (int) Native.fold(n, state);
        } catch (Throwable t) {
            throw undeclared("recvmmsg", t);
        }
    }

    /** sendmmsg(2) without waiting. */
    static int sendmmsg(int fd, long messages, int count, MemorySegment state) {
        try {
            int n = (int) SENDMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT);
            return (int) Native.fold(n, state);
        } catch (Throwable t) {
            throw undeclared("sendmmsg", t);
        }
    }

    /** if_nametoindex(3): the index, or {@code -errno}. */
    static int interfaceIndex(MemorySegment name, MemorySegment state) {
        try {
            int index = (int) IF_NAMETOINDEX.invokeExact(state, name);
            return index > 0 ? index : (int) Native.fold(-1, state);
        } catch (Throwable t) {
            throw undeclared("if_nametoindex", t);
        }
    }

    /** ioctl(2) with a pointer argument. */
    static int ioctl(int fd, long request, long argument, MemorySegment state) {
        try {
            int result = (int) IOCTL.invokeExact(state, fd, request, argument);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("ioctl", t);
        }
    }

    /** setns(2): moves the calling thread into a namespace, for tests that own one. */
    public static int setns(int fd, int type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Native.CALL_STATE);
            int result = (int) SETNS.invokeExact(state, fd, type);
            return (int) Native.fold(result, state);
        } catch (Throwable t) {
            throw undeclared("setns", t);
        }
    }

    private static AssertionError undeclared(String function, Throwable t) {
        return new AssertionError(function + " is declared to throw nothing", t);
    }
}
