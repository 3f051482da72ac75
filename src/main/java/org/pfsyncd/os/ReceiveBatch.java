package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Slabs and headers for recvmmsg(2): struct mmsghdr of 64 bytes, msghdr of 56, iovec of 16, cmsghdr
 * of 16 before its data ({@code bits/socket.h}, 64-bit). Owned by the receiving thread; its arena
 * outlives it.
 */
public final class ReceiveBatch implements AutoCloseable {
    /** Frames a system call. */
    public static final int SIZE = 32;

    static final int MMSGHDR_LENGTH = 64;
    static final int IOVEC_LENGTH = 16;
    static final int IOVEC_SIZE_OFFSET = 8;
    static final int NAME_OFFSET = 0;
    static final int NAME_LENGTH_OFFSET = 8;
    static final int IOV_OFFSET = 16;
    static final int IOV_COUNT_OFFSET = 24;
    static final int CONTROL_OFFSET = 32;
    static final int CONTROL_LENGTH_OFFSET = 40;
    static final int FLAGS_OFFSET = 48;
    static final int RECEIVED_OFFSET = 56;

    /** 65,535 bytes of IP payload behind the longest IP header, rounded up. */
    private static final int SLAB_LENGTH = 65_600;

    private static final int CONTROL_LENGTH = 128;
    static final int CMSG_LEVEL_OFFSET = 8;
    static final int CMSG_TYPE_OFFSET = 12;
    static final int CMSG_DATA_OFFSET = 16;
    static final int IPI_ADDRESS_OFFSET = 8;
    static final int IPI6_INTERFACE_OFFSET = 16;

    private final Arena arena = Arena.ofShared();
    private final UnsafeBuffer headers;
    private final UnsafeBuffer names;
    private final UnsafeBuffer controls;
    private final UnsafeBuffer slabs;
    private final MemorySegment state;

    public ReceiveBatch() {
        headers = buffer(arena, SIZE * MMSGHDR_LENGTH);
        UnsafeBuffer vectors = buffer(arena, SIZE * IOVEC_LENGTH);
        names = buffer(arena, SIZE * SocketAddress.IN6_LENGTH);
        controls = buffer(arena, SIZE * CONTROL_LENGTH);
        slabs = buffer(arena, SIZE * SLAB_LENGTH);
        state = LibcSockets.callState(arena);
        for (int i = 0; i < SIZE; i++) {
            int header = i * MMSGHDR_LENGTH;
            vectors.putLong(i * IOVEC_LENGTH, slabs.addressOffset() + (long) i * SLAB_LENGTH);
            vectors.putLong(i * IOVEC_LENGTH + IOVEC_SIZE_OFFSET, SLAB_LENGTH);
            headers.putLong(
                    header + NAME_OFFSET,
                    names.addressOffset() + (long) i * SocketAddress.IN6_LENGTH);
            headers.putLong(header + IOV_OFFSET, vectors.addressOffset() + (long) i * IOVEC_LENGTH);
            headers.putLong(header + IOV_COUNT_OFFSET, 1);
            headers.putLong(
                    header + CONTROL_OFFSET, controls.addressOffset() + (long) i * CONTROL_LENGTH);
        }
    }

    static UnsafeBuffer buffer(Arena arena, long length) {
        return new UnsafeBuffer(arena.allocate(length, 64).address(), (int) length);
    }

    /**
     * Receives up to {@code limit} waiting frames, at most {@link #SIZE}; their number, 0, or
     * {@code -errno}.
     */
    public int receive(RawSocket socket, int limit) {
        return receive(socket.fd(), limit);
    }

    /** As {@link #receive(RawSocket, int)}. */
    public int receive(PeerSocket socket, int limit) {
        return receive(socket.fd(), limit);
    }

    /** As {@link #receive(RawSocket, int)}. */
    public int receive(PacketSocket socket, int limit) {
        return receive(socket.fd(), limit);
    }

    private int receive(int fd, int limit) {
        int count = Math.min(limit, SIZE);
        for (int i = 0; i < count; i++) {
            int header = i * MMSGHDR_LENGTH;
            headers.putInt(header + NAME_LENGTH_OFFSET, SocketAddress.IN6_LENGTH);
            headers.putLong(header + CONTROL_LENGTH_OFFSET, CONTROL_LENGTH);
        }
        int n = LibcSockets.recvmmsg(fd, headers.addressOffset(), count, state);
        return n == -LibcSockets.EAGAIN ? 0 : n;
    }

    /** Holds every slab. */
    public UnsafeBuffer slabs() {
        return slabs;
    }

    /** Offset of frame {@code i} in {@link #slabs}; of a raw IPv4 socket with its IP header. */
    public int offset(int i) {
        return i * SLAB_LENGTH;
    }

    public int length(int i) {
        return headers.getInt(i * MMSGHDR_LENGTH + RECEIVED_OFFSET);
    }

    /**
     * Length of the datagrams that the kernel joined to frame {@code i}, of which the last may be
     * shorter (UDP_GRO, {@code linux/udp.h}); its whole length if it is one.
     */
    public int segmentLength(int i) {
        int at = control(i, LibcSockets.SOL_UDP, LibcSockets.UDP_GRO);
        int segment = at < 0 ? 0 : controls.getInt(at);
        return segment > 0 ? segment : length(i);
    }

    /** Copies the source address of frame {@code i} from the socket address, in 16 bytes. */
    public void source(int i, boolean isV4, UnsafeBuffer into) {
        int at = i * SocketAddress.IN6_LENGTH;
        if (isV4) {
            into.putLong(0, 0);
            into.putLong(8, 0);
            into.putBytes(0, names, at + SocketAddress.IN_ADDRESS_OFFSET, 4);
        } else {
            into.putBytes(0, names, at + SocketAddress.IN6_ADDRESS_OFFSET, 16);
        }
    }

    /** Offset in {@link #controls} of the data of a control message, or -1. */
    private int control(int i, int level, int type) {
        int base = i * CONTROL_LENGTH;
        long end = base + headers.getLong(i * MMSGHDR_LENGTH + CONTROL_LENGTH_OFFSET);
        int at = base;
        while (at + CMSG_DATA_OFFSET <= end) {
            long length = controls.getLong(at);
            if (length < CMSG_DATA_OFFSET) {
                return -1;
            }
            if (controls.getInt(at + CMSG_LEVEL_OFFSET) == level
                    && controls.getInt(at + CMSG_TYPE_OFFSET) == type) {
                return at + CMSG_DATA_OFFSET;
            }
            at += (int) ((length + 7) & -8L);
        }
        return -1;
    }

    /** TTL or hop limit of frame {@code i}, or -1 if the kernel did not say. */
    public int ttl(int i, boolean isV4) {
        int at =
                isV4
                        ? control(i, LibcSockets.SOL_IP, LibcSockets.IP_TTL)
                        : control(i, LibcSockets.SOL_IPV6, LibcSockets.IPV6_HOPLIMIT);
        return at < 0 ? -1 : controls.getInt(at);
    }

    /** Interface on which frame {@code i} arrived, or -1. */
    public int interfaceIndex(int i, boolean isV4) {
        int at =
                isV4
                        ? control(i, LibcSockets.SOL_IP, LibcSockets.IP_PKTINFO)
                        : control(i, LibcSockets.SOL_IPV6, LibcSockets.IPV6_PKTINFO);
        if (at < 0) {
            return -1;
        }
        return controls.getInt(isV4 ? at : at + IPI6_INTERFACE_OFFSET);
    }

    /** Copies the destination address of frame {@code i}, in 16 bytes. */
    public void destination(int i, boolean isV4, UnsafeBuffer into) {
        into.putLong(0, 0);
        into.putLong(8, 0);
        int at =
                isV4
                        ? control(i, LibcSockets.SOL_IP, LibcSockets.IP_PKTINFO)
                        : control(i, LibcSockets.SOL_IPV6, LibcSockets.IPV6_PKTINFO);
        if (at >= 0) {
            into.putBytes(0, controls, isV4 ? at + IPI_ADDRESS_OFFSET : at, isV4 ? 4 : 16);
        }
    }

    /** Interface on which packet {@code i} of a packet socket came or went: its index. */
    public int linkInterface(int i) {
        return names.getInt(i * SocketAddress.IN6_LENGTH + PacketSocket.LL_INTERFACE_OFFSET);
    }

    /** Kind of packet {@code i}: {@link PacketSocket#OUTGOING} or another. */
    public int linkKind(int i) {
        return names.getByte(i * SocketAddress.IN6_LENGTH + PacketSocket.LL_KIND_OFFSET) & 0xFF;
    }

    /** EtherType of packet {@code i} behind any VLAN tag. */
    public int etherType(int i) {
        int at = i * SocketAddress.IN6_LENGTH + PacketSocket.LL_PROTOCOL_OFFSET;
        return names.getShort(at, java.nio.ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    /** VLAN id of packet {@code i} of a packet socket, or -1 if it has no tag. */
    public int vlan(int i) {
        int at = control(i, PacketSocket.SOL_PACKET, PacketSocket.PACKET_AUXDATA);
        boolean isTagged = at >= 0 && (controls.getInt(at) & PacketSocket.AUX_VLAN_VALID) != 0;
        return isTagged ? controls.getShort(at + PacketSocket.AUX_VLAN_OFFSET) & 0x0FFF : -1;
    }

    @Override
    public void close() {
        arena.close();
    }
}
