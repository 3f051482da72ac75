package org.pfsyncd.os;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import org.junit.jupiter.api.Test;

/** The offsets that the bindings use, against the C structures rebuilt field by field. */
class LayoutTest {
    /** {@code bits/types/struct_iovec.h}. */
    private static final StructLayout IOVEC =
            MemoryLayout.structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len"));

    /** {@code bits/socket.h}. */
    private static final StructLayout MSGHDR =
            MemoryLayout.structLayout(
                    ADDRESS.withName("msg_name"),
                    JAVA_INT.withName("msg_namelen"),
                    MemoryLayout.paddingLayout(4),
                    ADDRESS.withName("msg_iov"),
                    JAVA_LONG.withName("msg_iovlen"),
                    ADDRESS.withName("msg_control"),
                    JAVA_LONG.withName("msg_controllen"),
                    JAVA_INT.withName("msg_flags"),
                    MemoryLayout.paddingLayout(4));

    private static final StructLayout MMSGHDR =
            MemoryLayout.structLayout(
                    MSGHDR.withName("msg_hdr"),
                    JAVA_INT.withName("msg_len"),
                    MemoryLayout.paddingLayout(4));

    private static final StructLayout CMSGHDR =
            MemoryLayout.structLayout(
                    JAVA_LONG.withName("cmsg_len"),
                    JAVA_INT.withName("cmsg_level"),
                    JAVA_INT.withName("cmsg_type"));

    /** {@code linux/in.h}. */
    private static final StructLayout SOCKADDR_IN =
            MemoryLayout.structLayout(
                    JAVA_SHORT.withName("sin_family"),
                    JAVA_SHORT.withName("sin_port"),
                    JAVA_INT.withName("sin_addr"),
                    MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("sin_zero"));

    private static final StructLayout IN_PKTINFO =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("ipi_ifindex"),
                    JAVA_INT.withName("ipi_spec_dst"),
                    JAVA_INT.withName("ipi_addr"));

    private static final StructLayout IP_MREQN =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("imr_multiaddr"),
                    JAVA_INT.withName("imr_address"),
                    JAVA_INT.withName("imr_ifindex"));

    /** {@code linux/in6.h}. */
    private static final MemoryLayout IN6_ADDR = MemoryLayout.sequenceLayout(16, JAVA_BYTE);

    private static final StructLayout SOCKADDR_IN6 =
            MemoryLayout.structLayout(
                    JAVA_SHORT.withName("sin6_family"),
                    JAVA_SHORT.withName("sin6_port"),
                    JAVA_INT.withName("sin6_flowinfo"),
                    IN6_ADDR.withName("sin6_addr"),
                    JAVA_INT.withName("sin6_scope_id"));

    private static final StructLayout IN6_PKTINFO =
            MemoryLayout.structLayout(
                    IN6_ADDR.withName("ipi6_addr"), JAVA_INT.withName("ipi6_ifindex"));

    private static final StructLayout IPV6_MREQ =
            MemoryLayout.structLayout(
                    IN6_ADDR.withName("ipv6mr_multiaddr"), JAVA_INT.withName("ipv6mr_interface"));

    /** {@code linux/if.h}: a name of IFNAMSIZ bytes, then a union of 24. */
    private static final StructLayout IFREQ =
            MemoryLayout.structLayout(
                    MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("ifr_name"),
                    JAVA_INT.withName("ifr_mtu"),
                    MemoryLayout.paddingLayout(20));

    private static long offset(MemoryLayout struct, String field) {
        return struct.byteOffset(groupElement(field));
    }

    @Test
    void shouldPlaceMessageHeadersAsTheKernelDoes() {
        assertEquals(64, MMSGHDR.byteSize());
        assertEquals(MMSGHDR.byteSize(), ReceiveBatch.MMSGHDR_LENGTH);
        assertEquals(offset(MMSGHDR, "msg_len"), ReceiveBatch.RECEIVED_OFFSET);
        assertEquals(offset(MSGHDR, "msg_name"), ReceiveBatch.NAME_OFFSET);
        assertEquals(offset(MSGHDR, "msg_namelen"), ReceiveBatch.NAME_LENGTH_OFFSET);
        assertEquals(offset(MSGHDR, "msg_iov"), ReceiveBatch.IOV_OFFSET);
        assertEquals(offset(MSGHDR, "msg_iovlen"), ReceiveBatch.IOV_COUNT_OFFSET);
        assertEquals(offset(MSGHDR, "msg_control"), ReceiveBatch.CONTROL_OFFSET);
        assertEquals(offset(MSGHDR, "msg_controllen"), ReceiveBatch.CONTROL_LENGTH_OFFSET);
        assertEquals(IOVEC.byteSize(), ReceiveBatch.IOVEC_LENGTH);
        assertEquals(offset(IOVEC, "iov_len"), ReceiveBatch.IOVEC_SIZE_OFFSET);
    }

    @Test
    void shouldPlaceControlMessagesAsTheKernelDoes() {
        assertEquals(CMSGHDR.byteSize(), ReceiveBatch.CMSG_DATA_OFFSET);
        assertEquals(offset(CMSGHDR, "cmsg_level"), ReceiveBatch.CMSG_LEVEL_OFFSET);
        assertEquals(offset(CMSGHDR, "cmsg_type"), ReceiveBatch.CMSG_TYPE_OFFSET);
        long segment = CMSGHDR.byteSize() + JAVA_SHORT.byteSize();
        assertEquals(segment, SegmentBatch.CONTROL_USED, "CMSG_LEN of UDP_SEGMENT's u16");
        assertEquals((segment + 7) & -8, SegmentBatch.CONTROL_LENGTH, "CMSG_SPACE of it");
        assertEquals(12, IN_PKTINFO.byteSize());
        assertEquals(0, offset(IN_PKTINFO, "ipi_ifindex"));
        assertEquals(offset(IN_PKTINFO, "ipi_addr"), ReceiveBatch.IPI_ADDRESS_OFFSET);
        assertEquals(20, IN6_PKTINFO.byteSize());
        assertEquals(0, offset(IN6_PKTINFO, "ipi6_addr"));
        assertEquals(offset(IN6_PKTINFO, "ipi6_ifindex"), ReceiveBatch.IPI6_INTERFACE_OFFSET);
    }

    @Test
    void shouldPlaceAddressesAsTheKernelDoes() {
        assertEquals(SOCKADDR_IN.byteSize(), SocketAddress.IN_LENGTH);
        assertEquals(offset(SOCKADDR_IN, "sin_addr"), SocketAddress.IN_ADDRESS_OFFSET);
        assertEquals(offset(SOCKADDR_IN, "sin_port"), SocketAddress.PORT_OFFSET);
        assertEquals(SOCKADDR_IN6.byteSize(), SocketAddress.IN6_LENGTH);
        assertEquals(offset(SOCKADDR_IN6, "sin6_addr"), SocketAddress.IN6_ADDRESS_OFFSET);
        assertEquals(offset(SOCKADDR_IN6, "sin6_port"), SocketAddress.PORT_OFFSET);
        assertEquals(offset(SOCKADDR_IN6, "sin6_scope_id"), SocketAddress.IN6_SCOPE_OFFSET);
    }

    @Test
    void shouldPlaceRequestsAsTheKernelDoes() {
        assertEquals(IP_MREQN.byteSize(), RawSocket.IP_MREQN_LENGTH);
        assertEquals(8, offset(IP_MREQN, "imr_ifindex"), "the last word, as join() writes it");
        assertEquals(IPV6_MREQ.byteSize(), RawSocket.IPV6_MREQ_LENGTH);
        assertEquals(16, offset(IPV6_MREQ, "ipv6mr_interface"), "the last word, likewise");
        assertEquals(IFREQ.byteSize(), SocketOptions.IFREQ_LENGTH);
        assertEquals(offset(IFREQ, "ifr_mtu"), SocketOptions.IFREQ_MTU_OFFSET);
    }
}
