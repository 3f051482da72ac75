package org.pfsyncd.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A packet socket (packet(7)) that hears pfsync, and what else proves that a host is alive, on all
 * interfaces: before the host's own packet filter, whatever TTL, VLAN or destination. It sends
 * nothing, joins nothing, and takes nothing from anybody else's socket. Opened, used and closed by
 * one thread.
 *
 * <p>A filter in the kernel (classic BPF) passes IPv4 protocols 240, 112 (CARP), 2 (IGMP) and 1
 * (ICMP), IPv6 with next header 240, and ARP; the rest of a firewall's traffic never reaches us.
 */
public final class PacketSocket implements AutoCloseable {
    /** Kind of a packet that left this host ({@code linux/if_packet.h}). */
    public static final int OUTGOING = 4;

    /** Kind of a packet for another host, seen only in promiscuous mode. */
    public static final int OTHER_HOST = 3;

    // bits/socket.h, linux/if_ether.h, asm-generic/socket.h
    static final int AF_PACKET = 17;
    private static final short ETH_P_ALL_BE = 0x0300;
    private static final int SO_ATTACH_FILTER = 26;

    // linux/if_packet.h
    static final int SOL_PACKET = 263;
    static final int PACKET_AUXDATA = 8;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final short PACKET_MR_PROMISC = 1;
    static final int SOCKADDR_LL_LENGTH = 20;
    static final int LL_PROTOCOL_OFFSET = 2;
    static final int LL_INTERFACE_OFFSET = 4;
    static final int LL_KIND_OFFSET = 10;
    static final int AUX_VLAN_OFFSET = 16;
    static final int AUX_VLAN_VALID = 0x10;
    private static final int MREQ_LENGTH = 16;

    // linux/filter.h, linux/bpf_common.h
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int JUMP_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int SKF_AD_PROTOCOL = -0x1000;

    /**
     * Code, jump if true, jump if false (both relative), operand; offsets are from the network
     * header.
     */
    private static final int[][] FILTER = {
        {LOAD_HALF, 0, 0, SKF_AD_PROTOCOL},
        {JUMP_EQUAL, 9, 0, 0x0806}, // ARP: pass
        {JUMP_EQUAL, 0, 5, 0x0800}, // not IPv4: look for IPv6
        {LOAD_BYTE, 0, 0, 9},
        {JUMP_EQUAL, 6, 0, 240},
        {JUMP_EQUAL, 5, 0, 112},
        {JUMP_EQUAL, 4, 0, 2},
        {JUMP_EQUAL, 3, 4, 1},
        {JUMP_EQUAL, 0, 3, 0x86DD},
        {LOAD_BYTE, 0, 0, 6},
        {JUMP_EQUAL, 0, 1, 240},
        {RETURN, 0, 0, 0xFFFF},
        {RETURN, 0, 0, 0},
    };

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = LibcSockets.callState(arena);
    private final SocketOptions options = new SocketOptions(arena, state);
    private int fd = -1;

    /** Opens the socket: 0, or {@code -errno} with nothing left open. */
    public int open(int receiveBufferBytes) {
        // Protocol 0 hears nothing until the filter is in place and bind says what is wanted.
        int opened = LibcSockets.socket(AF_PACKET, LibcSockets.SOCK_DGRAM, 0, state);
        if (opened < 0) {
            return opened;
        }
        fd = opened;
        int result = attachFilter();
        result = SocketOptions.first(result, options.set(fd, SOL_PACKET, PACKET_AUXDATA, 1));
        result = SocketOptions.first(result, options.growReceiveBuffer(fd, receiveBufferBytes));
        result = SocketOptions.first(result, bindToAll());
        if (result < 0) {
            closeSocket();
        }
        return result;
    }

    /** struct sock_fprog (length 2, padding 6, pointer 8) and sock_filter (8 bytes each). */
    private int attachFilter() {
        UnsafeBuffer program = ReceiveBatch.buffer(arena, FILTER.length * 8L);
        for (int i = 0; i < FILTER.length; i++) {
            program.putShort(i * 8, (short) FILTER[i][0]);
            program.putByte(i * 8 + 2, (byte) FILTER[i][1]);
            program.putByte(i * 8 + 3, (byte) FILTER[i][2]);
            program.putInt(i * 8 + 4, FILTER[i][3]);
        }
        MemorySegment request = arena.allocate(16, 8);
        request.set(ValueLayout.JAVA_SHORT, 0, (short) FILTER.length);
        request.set(ValueLayout.JAVA_LONG, 8, program.addressOffset());
        return LibcSockets.setsockopt(fd, LibcSockets.SOL_SOCKET, SO_ATTACH_FILTER, request, state);
    }

    private int bindToAll() {
        UnsafeBuffer address = ReceiveBatch.buffer(arena, SOCKADDR_LL_LENGTH);
        address.putShort(0, (short) AF_PACKET);
        address.putShort(LL_PROTOCOL_OFFSET, ETH_P_ALL_BE, ByteOrder.nativeOrder());
        return LibcSockets.bind(fd, address.addressOffset(), SOCKADDR_LL_LENGTH, state);
    }

    /**
     * Also hears, on one interface, multicast that nobody joined and unicast to others, until
     * closed: 0, or {@code -errno}. struct packet_mreq.
     */
    public int hearAll(int interfaceIndex) {
        MemorySegment request = arena.allocate(MREQ_LENGTH, 4);
        request.set(ValueLayout.JAVA_INT, 0, interfaceIndex);
        request.set(ValueLayout.JAVA_SHORT, 4, PACKET_MR_PROMISC);
        return LibcSockets.setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, state);
    }

    /** Packets the kernel dropped because we did not read in time. */
    public long drops() {
        return options.drops(fd);
    }

    int fd() {
        return fd;
    }

    private void closeSocket() {
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
